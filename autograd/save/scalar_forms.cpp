#include "autograd/save/scalar_forms.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <vector>

#include "autograd/math/ops.h"
#include "autograd/save/op_forms.h"
#include "autograd/tensor/ops/indexing.h"
#include "autograd/tensor/ops/joining.h"
#include "autograd/tensor/ops/reductions.h"
#include "autograd/tensor/ops/reshape.h"
#include "autograd/tensor/ops/softmax.h"

namespace gradus::detail {

namespace {

Tensor largest(const Tensor& x, std::uint32_t axes, bool keepdims) {
  ExtremeOf<Extreme::largest> op;
  op.axes = axes;
  op.keepdims = keepdims;
  return apply(op, x);
}

/// The same of numbers of which the largest is 0.
template <class Op>
Tensor shifted(const Op& op, const Tensor& x) {
  return op.composed(x - largest(x, op.axes, true));
}

Tensor sum_of_exponentials(const LogSumExp& op, const Tensor& x) {
  const Tensor scaled = exp(x - largest(x, op.axes, true));
  return log(apply(Sum{{}, op.axes, op.keepdims}, scaled)) + largest(x, op.axes, op.keepdims);
}

std::vector<Tensor> along(const Tensor& x, int axis) {
  std::vector<Tensor> parts;
  for (std::int64_t k = 0; k < x.shape()[axis]; ++k) parts.push_back(ops::slice(x, Slice(k, k + 1), axis));
  return parts;
}

/// √(a² + b²), two at a time: no square is formed, and at the origin the gradient is 0.
std::optional<Tensor> length(const Norm& op, const Tensor& x) {
  if (x.size() == 0) return std::nullopt;
  Tensor y = abs(x);
  if (op.p == 1.0) return apply(Sum{{}, op.axes, op.keepdims}, y);
  if (op.p == std::numeric_limits<double>::infinity()) return largest(y, op.axes, op.keepdims);
  if (op.p != 2.0) return std::nullopt;
  for (int axis = 0; axis < x.rank(); ++axis) {
    if (((op.axes >> axis) & 1U) == 0) continue;
    const std::vector<Tensor> parts = along(y, axis);
    y = parts[0];
    for (const Tensor& part : std::span(parts).subspan(1)) y = hypot(y, part);
  }
  return reshape(y, reduced(x.shape(), op.axes, op.keepdims));
}

std::optional<Tensor> products(const CumProd& op, const Tensor& x) {
  if (x.size() == 0) return std::nullopt;
  const int axis = std::countr_zero(op.axes);
  std::vector<Tensor> parts = along(x, axis);
  if (op.reverse) std::ranges::reverse(parts);
  for (std::size_t k = 1; k < parts.size(); ++k) parts[k] = parts[k - 1] * parts[k];
  if (op.reverse) std::ranges::reverse(parts);
  return concat(parts, axis);
}

OpForms all_scalar_forms() {
  OpForms forms;
  forms.add<LogSumExp>(
      [](const LogSumExp& op, const Tensor& x) -> std::optional<Tensor> { return sum_of_exponentials(op, x); });
  forms.add<Norm>([](const Norm& op, const Tensor& x) { return length(op, x); });
  forms.add<CumProd>([](const CumProd& op, const Tensor& x) { return products(op, x); });
  forms.add<Softmax, LogSoftmax>(
      [](const auto& op, const Tensor& x) -> std::optional<Tensor> { return shifted(op, x); });
  forms.add<CrossEntropy>([](const CrossEntropy& op, const Tensor& x) -> std::optional<Tensor> {
    return op.less_scores_of_labels(
        [](const Tensor& rows) {
          return sum_of_exponentials(LogSumExp{{}, 0b10, false}, rows);
        },
        x);
  });
  return forms;
}

}  // namespace

std::optional<Tensor> scalar_form(const Rule& rule, std::span<const Tensor> x) {
  static const OpForms forms = all_scalar_forms();
  return forms.result(rule, x);
}

}  // namespace gradus::detail
