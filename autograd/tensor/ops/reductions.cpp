#include "autograd/tensor/ops/reductions.h"

#include <cmath>

#include "autograd/base/error.h"
#include "autograd/tensor/boxed_rule.h"
#include "autograd/tensor/ops/shape_checks.h"
#include "autograd/tensor/trace.h"

namespace gradus {

namespace {

// The op over the given axes of x.
template <class Op>
Op over(const Tensor& x, const Axes& axes, bool keepdims) {
  Op op;
  op.axes = axes.mask(x.rank(), Op::name);
  op.keepdims = keepdims;
  return op;
}

std::uint32_t one_axis(const Tensor& x, int axis, std::string_view op) {
  return 1U << normalize_axis(axis, x.rank(), op);
}

Indices place_of(const Tensor& x, std::optional<int> axis, bool keepdims, Extreme which, std::string_view op) {
  const std::uint32_t mask = axis ? one_axis(x, *axis, op) : Axes().mask(x.rank(), op);
  return arg_extreme(x.value(), mask, keepdims, which, op);
}

Shape along_one_axis(std::uint32_t axes, const Shape& x, std::string_view op) {
  if (axes == 0 && x.rank() > 0) detail::refuse_shape(op, "no axis is given", x);
  return x;
}

}  // namespace

Shape CumSum::result_shape(std::span<const Shape> x) const { return along_one_axis(axes, x[0], name); }
Shape CumProd::result_shape(std::span<const Shape> x) const { return along_one_axis(axes, x[0], name); }

Array Var::value(const Array& x) const {
  const Array deviations = centered(x, axes);
  return gradus::sum(deviations * deviations, axes, keepdims) / freedom(x.shape(), correction);
}

Array Std::value(const Array& x) const {
  return gradus::norm(centered(x, axes), 2.0, axes, keepdims) / std::sqrt(freedom(x.shape(), correction));
}

Tensor prod(const Tensor& x, const Axes& axes, bool keepdims) { return apply(over<Prod>(x, axes, keepdims), x); }

Tensor max(const Tensor& x, const Axes& axes, bool keepdims) {
  return apply(over<ExtremeOf<Extreme::largest>>(x, axes, keepdims), x);
}
Tensor min(const Tensor& x, const Axes& axes, bool keepdims) {
  return apply(over<ExtremeOf<Extreme::smallest>>(x, axes, keepdims), x);
}

Indices argmax(const Tensor& x, std::optional<int> axis, bool keepdims) {
  detail::refuse_in_trace(x, "argmax");
  return place_of(x, axis, keepdims, Extreme::largest, "argmax");
}
Indices argmin(const Tensor& x, std::optional<int> axis, bool keepdims) {
  detail::refuse_in_trace(x, "argmin");
  return place_of(x, axis, keepdims, Extreme::smallest, "argmin");
}

Tensor var(const Tensor& x, const Axes& axes, bool keepdims, double correction) {
  auto op = over<Var>(x, axes, keepdims);
  op.correction = correction;
  return apply(op, x);
}

Tensor stddev(const Tensor& x, const Axes& axes, bool keepdims, double correction) {
  auto op = over<Std>(x, axes, keepdims);
  op.correction = correction;
  return apply(op, x);
}

Tensor norm(const Tensor& x, double p, const Axes& axes, bool keepdims) {
  if (std::isnan(p)) throw ValueError("[norm] p is NaN");
  auto op = over<Norm>(x, axes, keepdims);
  op.p = p;
  if (p < 0.0 || std::isinf(p)) require_numbers(x.shape(), op.axes, Norm::name);
  return apply(op, x);
}

Tensor cumsum(const Tensor& x, int axis) { return apply(CumSum{{}, one_axis(x, axis, CumSum::name), false}, x); }

Tensor cumprod(const Tensor& x, int axis) { return apply(CumProd{{}, one_axis(x, axis, CumProd::name), false}, x); }

// Saved graphs name these (save/saved_ops.cpp).
template const detail::RuleEntry& detail::unlisted_rule<Prod>();
template const detail::RuleEntry& detail::unlisted_rule<ExtremeOf<Extreme::largest>>();
template const detail::RuleEntry& detail::unlisted_rule<ExtremeOf<Extreme::smallest>>();
template const detail::RuleEntry& detail::unlisted_rule<Var>();
template const detail::RuleEntry& detail::unlisted_rule<Std>();
template const detail::RuleEntry& detail::unlisted_rule<Norm>();
template const detail::RuleEntry& detail::unlisted_rule<CumSum>();
template const detail::RuleEntry& detail::unlisted_rule<CumProd>();

}  // namespace gradus
