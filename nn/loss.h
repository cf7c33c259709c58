// Losses: one number that says how wrong a prediction is.
#pragma once
#include <cstdint>
#include <span>

#include "autograd/tensor/tensor.h"

namespace gradus::nn {

/// mean (prediction − target)².  Throws ShapeError unless both have the same shape: [100, 1] and [100] do not.
GRADUS_API Tensor mse_loss(const Tensor& prediction, const Tensor& target);

/// mean over the rows of −log softmax(logits)[row, label], computed without overflow, for logits of shape
/// [batch, classes].  Throws ShapeError when the number of labels is not the batch, ValueError for a label that is no
/// class.
GRADUS_API Tensor cross_entropy(const Tensor& logits, std::span<const std::int64_t> labels);

}  // namespace gradus::nn
