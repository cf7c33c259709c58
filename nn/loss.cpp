#include "nn/loss.h"

#include <fmt/format.h>

#include "autograd/base/error.h"
#include "autograd/tensor/softmax.h"
#include "autograd/tensor/structural.h"

namespace gradus::nn {

Tensor mse_loss(const Tensor& prediction, const Tensor& target) {
  if (prediction.shape() != target.shape()) {
    throw ShapeError(fmt::format("[mse_loss] shapes differ: prediction {}, target {}", to_string(prediction.shape()),
                                 to_string(target.shape())));
  }
  const ScopeGuard scope("MSE", "loss");
  const Tensor error = prediction - target;
  return mean(error * error);
}

Tensor cross_entropy(const Tensor& logits, std::span<const std::int64_t> labels) {
  const ScopeGuard scope("cross-entropy", "loss");
  return mean(gradus::cross_entropy(logits, labels));
}

}  // namespace gradus::nn
