#include "autograd/tensor/ops/losses.h"

#include <fmt/format.h>

#include <cmath>

#include "autograd/base/error.h"
#include "autograd/math/loss_ops.h"
#include "autograd/tensor/boxed_rule.h"
#include "autograd/tensor/ops/loss_shapes.h"
#include "autograd/tensor/ops/reductions.h"

namespace gradus {

void detail::require_same_shape(std::string_view op, std::string_view first, const Tensor& a, std::string_view second,
                                const Tensor& b) {
  if (a.value().same_shape(b.value())) return;
  throw ShapeError(
      fmt::format("[{}] shapes differ: {} {}, {} {}", op, first, to_string(a.shape()), second, to_string(b.shape())));
}

Tensor reduce(const Tensor& losses, Reduction reduction) {
  if (losses.rank() == 0) return losses;  // of one number there is nothing to reduce
  switch (reduction) {
    case Reduction::none:
      return losses;
    case Reduction::mean:
      return mean(losses);
    case Reduction::sum:
      return sum(losses);
    case Reduction::batch_mean:
      break;
  }
  return sum(losses) / static_cast<double>(losses.shape()[0]);
}

namespace {

using detail::require_same_shape;

Tensor error_of(std::string_view op, const Tensor& prediction, const Tensor& target) {
  require_same_shape(op, "prediction", prediction, "target", target);
  return prediction - target;
}

}  // namespace

Tensor mse(const Tensor& prediction, const Tensor& target, Reduction reduction) {
  const Tensor error = error_of("mse", prediction, target);
  return reduce(error * error, reduction);
}

Tensor mae(const Tensor& prediction, const Tensor& target, Reduction reduction) {
  return reduce(abs(error_of("mae", prediction, target)), reduction);
}

Tensor huber(const Tensor& prediction, const Tensor& target, double delta, Reduction reduction) {
  if (!(delta > 0.0 && std::isfinite(delta))) {
    throw ValueError(fmt::format("[huber] delta must be a positive number: {}", delta));
  }
  return reduce(bind(Huber{{}, delta, delta}, error_of("huber", prediction, target)), reduction);
}

Tensor smooth_l1(const Tensor& prediction, const Tensor& target, double beta, Reduction reduction) {
  if (!(beta >= 0.0 && std::isfinite(beta))) {
    throw ValueError(fmt::format("[smooth_l1] beta must be 0 or a positive number: {}", beta));
  }
  const Tensor error = error_of("smooth_l1", prediction, target);
  return reduce(beta == 0.0 ? abs(error) : bind(Huber{{}, beta, 1.0}, error), reduction);
}

Tensor hinge(const Tensor& prediction, const Tensor& target, double margin, Reduction reduction) {
  require_same_shape("hinge", "prediction", prediction, "target", target);
  return reduce(relu(margin - prediction * target), reduction);
}

Tensor cosine_similarity(const Tensor& a, const Tensor& b, Axis axis, double eps) {
  require_same_shape("cosine_similarity", "first", a, "second", b);
  const int reduced_axis = normalize_axis(axis, a.rank(), "cosine_similarity");
  const auto direction = [&](const Tensor& x) { return x / clamp_min(norm(x, 2.0, reduced_axis, true), eps); };
  const Tensor first = direction(a);  // before the other: what a graph shows is the order of computation
  return sum(first * direction(b), reduced_axis);
}

Tensor bce(const Tensor& prediction, const Tensor& target, Reduction reduction) {
  require_same_shape("bce", "prediction", prediction, "target", target);
  for (const double p : prediction.value().to_vector()) {
    if (p < 0.0 || p > 1.0) throw ValueError(fmt::format("[bce] a prediction outside [0, 1]: {}", p));
  }
  return reduce(bind(Bce{}, prediction, target), reduction);
}

Tensor bce_with_logits(const Tensor& logits, const Tensor& target, Reduction reduction) {
  require_same_shape("bce_with_logits", "logits", logits, "target", target);
  return reduce(bind(BceWithLogits{}, logits, target), reduction);
}

Tensor bce_with_logits(const Tensor& logits, const Tensor& target, const Tensor& positive_weight, Reduction reduction) {
  require_same_shape("bce_with_logits", "logits", logits, "target", target);
  if (!broadcasts_to(positive_weight.shape(), logits.shape())) {
    throw ShapeError(fmt::format("[bce_with_logits] positive_weight {} does not broadcast to the logits {}",
                                 to_string(positive_weight.shape()), to_string(logits.shape())));
  }
  // A target of 1 and one of 0, weighed: both terms are positive, so nothing cancels.
  const Tensor weight_of_yes = positive_weight * target;
  const Tensor yes = chain_product(weight_of_yes, bind(BceWithLogits{}, logits, 1.0));
  const Tensor weight_of_no = 1.0 - target;
  const Tensor no = chain_product(weight_of_no, bind(BceWithLogits{}, logits, 0.0));
  return reduce(yes + no, reduction);
}

Tensor kl_div(const Tensor& log_prediction, const Tensor& target, bool log_target, Reduction reduction) {
  require_same_shape("kl_div", "log_prediction", log_prediction, "target", target);
  const Tensor terms = log_target ? bind(KlLogTerm{}, log_prediction, target) : bind(KlTerm{}, log_prediction, target);
  return reduce(terms, reduction);
}

// Saved graphs name these (save/saved_ops.cpp).
template const detail::ElementwiseOp& detail::unlisted_op<Huber>();
template const detail::ElementwiseOp& detail::unlisted_op<Bce>();
template const detail::ElementwiseOp& detail::unlisted_op<BceWithLogits>();
template const detail::ElementwiseOp& detail::unlisted_op<KlTerm>();
template const detail::ElementwiseOp& detail::unlisted_op<KlLogTerm>();

}  // namespace gradus
