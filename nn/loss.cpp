#include "nn/loss.h"

#include <fmt/format.h>

#include "autograd/base/error.h"
#include "autograd/tensor/structural.h"

namespace gradus::nn {

namespace {

// A row for each label, with 1 at the label.
Array one_hot(std::span<const std::int64_t> labels, std::int64_t classes, DType dtype) {
  Array rows = Array::zeros({static_cast<std::int64_t>(labels.size()), classes}, DType::float64);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (labels[i] < 0 || labels[i] >= classes) {
      throw ValueError(
          fmt::format("[cross_entropy] label {} of row {} is none of the {} classes", labels[i], i, classes));
    }
    rows.mutable_data<double>()[static_cast<std::int64_t>(i) * classes + labels[i]] = 1.0;
  }
  return rows.to(dtype);
}

}  // namespace

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
  const Shape shape = logits.shape();
  if (shape.rank() != 2 || shape[0] != static_cast<std::int64_t>(labels.size())) {
    throw ShapeError(
        fmt::format("[cross_entropy] logits of shape [batch, classes] and a label for each row are needed: "
                    "{} with {} labels",
                    to_string(shape), labels.size()));
  }
  const ScopeGuard scope("cross-entropy", "loss");
  const Tensor target(one_hot(labels, shape[1], logits.dtype()), "labels");
  // −log softmax(x)[k] = log Σ exp(x) − x[k]
  return mean(logsumexp(logits, 1) - sum(logits * target, 1));
}

}  // namespace gradus::nn
