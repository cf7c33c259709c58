#include "nn/loss.h"

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

}  // namespace gradus::nn
