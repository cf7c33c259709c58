#include "nn/loss.h"

#include <fmt/format.h>

#include <cmath>
#include <numbers>
#include <string_view>

#include "autograd/base/error.h"
#include "autograd/math/ops.h"
#include "autograd/tensor/ops/reductions.h"
#include "autograd/tensor/ops/reshape.h"

namespace gradus::nn {

Tensor mse_loss(const Tensor& prediction, const Tensor& target, Reduction reduction) {
  const ScopeGuard scope("MSE", ModuleRole::loss);
  return mse(prediction, target, reduction);
}

Tensor mae_loss(const Tensor& prediction, const Tensor& target, Reduction reduction) {
  const ScopeGuard scope("MAE", ModuleRole::loss);
  return mae(prediction, target, reduction);
}

Tensor huber_loss(const Tensor& prediction, const Tensor& target, double delta, Reduction reduction) {
  const ScopeGuard scope("Huber", ModuleRole::loss);
  return huber(prediction, target, delta, reduction);
}

Tensor smooth_l1_loss(const Tensor& prediction, const Tensor& target, double beta, Reduction reduction) {
  const ScopeGuard scope("smooth L1", ModuleRole::loss);
  return smooth_l1(prediction, target, beta, reduction);
}

Tensor hinge_loss(const Tensor& prediction, const Tensor& target, double margin, Reduction reduction) {
  const ScopeGuard scope("hinge", ModuleRole::loss);
  return hinge(prediction, target, margin, reduction);
}

Tensor cosine_loss(const Tensor& a, const Tensor& b, Axis axis, double eps, Reduction reduction) {
  const ScopeGuard scope("cosine", ModuleRole::loss);
  return reduce(1.0 - cosine_similarity(a, b, axis, eps), reduction);
}

Tensor bce_loss(const Tensor& prediction, const Tensor& target, Reduction reduction) {
  const ScopeGuard scope("BCE", ModuleRole::loss);
  return bce(prediction, target, reduction);
}

Tensor bce_with_logits_loss(const Tensor& logits, const Tensor& target, Reduction reduction) {
  const ScopeGuard scope("BCE", ModuleRole::loss);
  return bce_with_logits(logits, target, reduction);
}

Tensor bce_with_logits_loss(const Tensor& logits, const Tensor& target, const Tensor& positive_weight,
                            Reduction reduction) {
  const ScopeGuard scope("BCE", ModuleRole::loss);
  return bce_with_logits(logits, target, positive_weight, reduction);
}

Tensor kl_div_loss(const Tensor& log_prediction, const Tensor& target, bool log_target, Reduction reduction) {
  const ScopeGuard scope("KL divergence", ModuleRole::loss);
  return kl_div(log_prediction, target, log_target, reduction);
}

Tensor cross_entropy(const Tensor& logits, std::span<const std::int64_t> labels, const ClassOptions& options) {
  const ScopeGuard scope("cross-entropy", ModuleRole::loss);
  return gradus::cross_entropy(logits, labels, options);
}

Tensor cross_entropy(const Tensor& logits, const Indices& labels, const ClassOptions& options) {
  const ScopeGuard scope("cross-entropy", ModuleRole::loss);
  return gradus::cross_entropy(logits, labels, options);
}

Tensor cross_entropy(const Tensor& logits, const Tensor& target, const ClassOptions& options) {
  const ScopeGuard scope("cross-entropy", ModuleRole::loss);
  return gradus::cross_entropy(logits, target, options);
}

Tensor nll_loss(const Tensor& log_probabilities, const Indices& labels, const ClassOptions& options) {
  const ScopeGuard scope("NLL", ModuleRole::loss);
  return nll(log_probabilities, labels, options);
}

namespace {

void require_shape_of(std::string_view loss, const Tensor& first, const Tensor& other) {
  if (first.shape() == other.shape()) return;
  throw ShapeError(
      fmt::format("[{}] shapes differ: {} and {}", loss, to_string(first.shape()), to_string(other.shape())));
}

// ‖a − b + ε‖ₚ along the last axis
Tensor distance(const Tensor& a, const Tensor& b, const TripletOptions& options) {
  return norm(a - b + options.eps, options.p, Axes{-1});
}

}  // namespace

// max(0, d(a, p) − d(a, n) + m)
Tensor triplet_margin_loss(const Tensor& anchor, const Tensor& positive, const Tensor& negative,
                           const TripletOptions& options, Reduction reduction) {
  require_shape_of("triplet_margin_loss", anchor, positive);
  require_shape_of("triplet_margin_loss", anchor, negative);
  const ScopeGuard scope("triplet", ModuleRole::loss);
  Tensor away = distance(anchor, negative, options);
  if (options.swap) away = minimum(away, distance(positive, negative, options));
  return reduce(relu(distance(anchor, positive, options) - away + options.margin), reduction);
}

// max(0, −y (a − b) + m)
Tensor margin_ranking_loss(const Tensor& a, const Tensor& b, const Tensor& target, double margin, Reduction reduction) {
  require_shape_of("margin_ranking_loss", a, b);
  require_shape_of("margin_ranking_loss", a, target);
  const ScopeGuard scope("margin ranking", ModuleRole::loss);
  return reduce(relu(margin - target * (a - b)), reduction);
}

// ln cosh e = |e| + ln(1 + e^(−2|e|)) − ln 2, and near 0, where that has no digits left, ln(1 + 2 sinh²(e/2))
Tensor log_cosh_loss(const Tensor& prediction, const Tensor& target, Reduction reduction) {
  require_shape_of("log_cosh_loss", prediction, target);
  const ScopeGuard scope("log-cosh", ModuleRole::loss);
  const Tensor e = prediction - target;
  const Tensor near = log1p(2.0 * square(sinh(0.5 * e)));
  const Tensor far = abs(e) + softplus(-2.0 * abs(e)) - std::numbers::ln2;
  return reduce(where(abs(e) < 1.0, near, far), reduction);
}

// (ln v + (x − t)²/v)/2
Tensor gaussian_nll_loss(const Tensor& prediction, const Tensor& target, const Tensor& variance, bool full, double eps,
                         Reduction reduction) {
  constexpr std::string_view name = "gaussian_nll_loss";
  require_shape_of(name, prediction, target);
  const Shape shape = prediction.shape();
  Tensor v = variance;
  if (v.rank() + 1 == shape.rank()) v = unsqueeze(v, -1);
  const bool fits = v.shape() == shape || (v.rank() == shape.rank() && v.rank() > 0 && v.size(-1) == 1 &&
                                           broadcast(v.shape(), shape, name) == shape);
  if (!fits) require_shape_of(name, prediction, variance);
  if (v.size() > 0 && min(v.detach()).item() < 0.0) {
    throw ValueError(fmt::format("[{}] a variance is {}: none may be below 0", name, min(v.detach()).item()));
  }
  const ScopeGuard scope("Gaussian NLL", ModuleRole::loss);
  v = v + (maximum(v, eps) - v).detach();
  const Tensor losses = 0.5 * (log(v) + square(prediction - target) / v);
  return reduce(full ? losses + 0.5 * std::log(2.0 * std::numbers::pi) : losses, reduction);
}

// eˣ − t x, or λ − t ln(λ + ε);  ln t! ≈ t ln t − t + ln(2π t)/2
Tensor poisson_nll_loss(const Tensor& prediction, const Tensor& target, const PoissonOptions& options,
                        Reduction reduction) {
  require_shape_of("poisson_nll_loss", prediction, target);
  const ScopeGuard scope("Poisson NLL", ModuleRole::loss);
  Tensor losses =
      options.log_input ? exp(prediction) - target * prediction : prediction - target * log(prediction + options.eps);
  if (options.full) {
    const Tensor t = maximum(target, 1.0);
    const Tensor stirling = t * log(t) - t + 0.5 * log(2.0 * std::numbers::pi * t);
    losses = losses + where(target > 1.0, stirling, 0.0 * t);
  }
  return reduce(losses, reduction);
}

// α (1 − p)^γ · cross-entropy, where p is the probability of what is true:  1 − p = σ(−x) t + σ(x)(1 − t)
Tensor sigmoid_focal_loss(const Tensor& logits, const Tensor& target, double alpha, double gamma, Reduction reduction) {
  require_shape_of("sigmoid_focal_loss", logits, target);
  const ScopeGuard scope("focal", ModuleRole::loss);
  const Tensor missed = sigmoid(-logits) * target + sigmoid(logits) * (1.0 - target);
  Tensor losses = pow(missed, gamma) * bce_with_logits(logits, target, Reduction::none);
  if (alpha >= 0.0) losses = losses * (alpha * target + (1.0 - alpha) * (1.0 - target));
  return reduce(losses, reduction);
}

}  // namespace gradus::nn
