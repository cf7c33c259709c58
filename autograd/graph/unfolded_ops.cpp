#include "autograd/graph/unfolded_ops.h"

#include <algorithm>
#include <concepts>
#include <string_view>
#include <vector>

#include "autograd/array/indices.h"
#include "autograd/graph/op_forms.h"
#include "autograd/math/loss_ops.h"
#include "autograd/math/readable_forms.h"
#include "autograd/tensor/ops/indexing.h"
#include "autograd/tensor/ops/reductions.h"
#include "autograd/tensor/ops/softmax.h"
#include "autograd/tensor/ops/structural.h"

namespace gradus {

namespace {

// ------------------------------------------------------------------- ops on whole arrays, along a set of axes; see unfold.h

Axes axes_of(std::uint32_t mask) {
  std::vector<int> list;
  for (int k = 0; k < max_rank; ++k) {
    if (((mask >> k) & 1U) != 0) list.push_back(k);
  }
  return Axes(std::span<const int>(list));
}

Tensor like(const Tensor& y, const Tensor& x) { return broadcast_to(y, x.shape()); }

double count_of(const Tensor& x, std::uint32_t axes) {
  return static_cast<double>(x.size()) / static_cast<double>(reduced(x.shape(), axes, false).size());
}

Tensor total(const Tensor& x, std::uint32_t axes, bool keepdims) { return sum(x, axes_of(axes), keepdims); }

Tensor composed(const Mean& op, const Tensor& x) { return total(x, op.axes, op.keepdims) / count_of(x, op.axes); }

Tensor composed(const Softmax& op, const Tensor& x) {
  const Tensor e = exp(x);
  return e / like(total(e, op.axes, true), x);
}

Tensor composed(const LogSumExp& op, const Tensor& x) { return log(total(exp(x), op.axes, op.keepdims)); }

Tensor composed(const LogSoftmax& op, const Tensor& x) { return x - like(log(total(exp(x), op.axes, true)), x); }

/// √x where it has a derivative; at 0 a constant, as norms and deviations have it.
Tensor root(const Tensor& x) {
  const std::vector<double> values = x.value().to_vector();
  if (std::ranges::find(values, 0.0) == values.end()) return sqrt(x);
  const Tensor is_zero = bind(Equal{}, x, 0.0);
  return bind(Where{}, is_zero, 0.0, sqrt(x));
}

Tensor squared_deviations(const Tensor& x, std::uint32_t axes, bool keepdims, double correction) {
  const double n = count_of(x, axes);
  const Tensor mean = total(x, axes, true) / n;
  return total(square(x - like(mean, x)), axes, keepdims) / (n - correction);
}
Tensor composed(const Var& op, const Tensor& x) { return squared_deviations(x, op.axes, op.keepdims, op.correction); }
Tensor composed(const Std& op, const Tensor& x) {
  return root(squared_deviations(x, op.axes, op.keepdims, op.correction));
}

Tensor composed(const CrossEntropy& op, const Tensor& x) {
  return detail::less_scores_of_labels(op, log(total(exp(x), 0b10, false)), x);
}

/// √Σx² and Σ|x|; the other norms stay.
std::optional<Tensor> composed(const Norm& op, const Tensor& x) {
  if (op.p == 1.0) return total(abs(x), op.axes, op.keepdims);
  return op.p == 2.0 ? std::optional(root(total(square(x), op.axes, op.keepdims))) : std::nullopt;
}

Tensor composed(const Huber& op, const Tensor& x) {
  const Tensor size = abs(x);
  const Tensor near = square(x) * (op.slope / (2.0 * op.threshold));
  const Tensor far = op.slope * (size - 0.5 * op.threshold);
  return bind(Where{}, bind(LessEqual{}, size, op.threshold), near, far);
}

Tensor composed(const KlTerm&, const Tensor& x, const Tensor& t) { return t * (log(t) - x); }

Tensor composed(const Bce&, const Tensor& p, const Tensor& t) {
  const Tensor yes = t * log(p);
  const Tensor weight = 1.0 - t;
  return -(yes + weight * log(1.0 - p));
}
Tensor composed(const BceWithLogits&, const Tensor& x, const Tensor& t) { return composed(Bce{}, sigmoid(x), t); }

// ----------------------------------------------------------------------------------------------------- the table of them

detail::OpForms all_forms() {
  detail::OpForms forms;
  for_each_op(Elementwise{}, [&]<class Op>(const Op&) {
    forms.add<Op>([](const Op& op, const auto&... x) -> std::optional<Tensor> {
      if constexpr (is_stated<decltype(composed_of(op, attribute_number, x...))>) {
        return composed_of(op, attribute_number, x...);
      } else {
        return std::nullopt;
      }
    });
  });
  forms.add<Mean, Softmax, LogSumExp, LogSoftmax, Var, Std, CrossEntropy, Norm, BceWithLogits, Bce, KlTerm, Huber>(
      [](const auto& op, const auto&... x) -> std::optional<Tensor> { return composed(op, x...); });
  return forms;
}

}  // namespace

Tensor detail::less_scores_of_labels(const CrossEntropy& op, const Tensor& of_rows, const Tensor& x) {
  std::vector<std::int64_t> places;
  std::vector<double> counted;
  for (const std::int64_t label : op.labels.values()) {
    places.push_back(std::max<std::int64_t>(label, 0));
    counted.push_back(label < 0 ? 0.0 : 1.0);
  }
  const auto rows = static_cast<std::int64_t>(places.size());
  const Tensor of_labels = reshape(gather(x, 1, Indices(Shape{rows, 1}, places)), Shape{rows});
  const Tensor losses = of_rows - of_labels;
  if (std::ranges::find(counted, 0.0) == counted.end()) return losses;
  return bind(Where{}, Tensor(Array(Shape{rows}, counted).to(x.dtype())), losses, 0.0);
}

std::optional<Tensor> detail::composed_result(const Rule& rule, std::span<const Tensor> x) {
  static const OpForms forms = all_forms();
  return forms.result(rule, x);
}

}  // namespace gradus
