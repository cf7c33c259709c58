// What the ops of a graph are made of, on tensors.
#pragma once
#include <optional>
#include <span>

#include "autograd/tensor/ops/softmax.h"
#include "autograd/tensor/rule.h"
#include "autograd/tensor/tensor.h"

namespace gradus::detail {

/// The result of a composite op in terms of simpler ones, recorded; nothing for an elementary op.
[[nodiscard]] std::optional<Tensor> composed_result(const Rule& rule, std::span<const Tensor> x);

/// What the rows of x have (log Σ exp in a cross-entropy) less the scores of their labels; 0 for rows without a label.
[[nodiscard]] Tensor less_scores_of_labels(const CrossEntropy& op, const Tensor& of_rows, const Tensor& x);

}  // namespace gradus::detail
