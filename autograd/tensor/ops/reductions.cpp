#include "autograd/tensor/ops/reductions.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/math/typeset.h"
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

Indices place_of(const Tensor& x, std::optional<Axis> axis, bool keepdims, Extreme which, std::string_view op) {
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
  return sum_axes(deviations * deviations, axes, keepdims) / freedom(x.shape(), correction);
}

Array Std::value(const Array& x) const {
  return norm_axes(centered(x, axes), 2.0, axes, keepdims) / std::sqrt(freedom(x.shape(), correction));
}

Tensor prod(const Tensor& x, const Axes& axes, bool keepdims) { return apply(over<Prod>(x, axes, keepdims), x); }

Tensor max(const Tensor& x, const Axes& axes, bool keepdims) {
  return apply(over<ExtremeOf<Extreme::largest>>(x, axes, keepdims), x);
}
Tensor min(const Tensor& x, const Axes& axes, bool keepdims) {
  return apply(over<ExtremeOf<Extreme::smallest>>(x, axes, keepdims), x);
}

Indices argmax(const Tensor& x, std::optional<Axis> axis, bool keepdims) {
  detail::refuse_in_trace(x, "argmax");
  return place_of(x, axis, keepdims, Extreme::largest, "argmax");
}
Indices argmin(const Tensor& x, std::optional<Axis> axis, bool keepdims) {
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

Tensor cumsum(const Tensor& x, Axis axis) { return apply(CumSum{{}, one_axis(x, axis, CumSum::name), false}, x); }

Tensor cumprod(const Tensor& x, Axis axis) { return apply(CumProd{{}, one_axis(x, axis, CumProd::name), false}, x); }

// ------------------------------------------------------------------------------- the rules as they are taught (taught_rule.h)

namespace {

using detail::along, detail::call_on, detail::times, detail::where_equal;

Formula the_others() { return call_on("∏", Formula(std::string("the others"))); }

/// The numbers that go into one result.
double group_size(std::uint32_t axes, const Shape& shape) {
  return static_cast<double>(shape.size()) / static_cast<double>(reduced(shape, axes, false).size());
}

/// The rule of a variance or a deviation whose slope is `above` over n − correction, times `factor` if there is one.
TaughtRule taught_deviation(std::uint32_t axes, double correction, const TaughtStep& step, const Formula& above,
                            const Formula* factor) {
  const double n = group_size(axes, step.shape);
  const Formula freedom = Formula(n) - Formula(correction);
  return {times(step.gradient, above / (factor == nullptr ? freedom : freedom * *factor)),
          fmt::format("the mean is that of the {} numbers{}", n, along(axes, step.shape.rank()))};
}

/// x − mean(x, axis=1, keepdims=true), along the axes that the op was called with.
Formula deviations(const TaughtStep& step) {
  std::vector<Formula> axes;
  for (const Formula& option : step.options) {
    if (option.text().starts_with("axis=")) axes.push_back(option);
  }
  if (!axes.empty()) axes.emplace_back(std::string("keepdims=true"));
  return step.x[0] - call_on("mean", step.x[0], axes);
}

}  // namespace

TaughtRule Prod::taught(std::size_t, const TaughtStep& step) const {
  return {times(step.gradient, the_others()),
          fmt::format("in each place the product of all the other numbers{}", along(axes, step.shape.rank()))};
}

template <Extreme Which>
TaughtRule ExtremeOf<Which>::taught(std::size_t, const TaughtStep& step) const {
  const Formula& x = step.x[0];
  return {
      times(step.gradient, where_equal(x, step.y)),
      fmt::format("{} = {} holds (1, else 0) where the {}{} is; ties is how many numbers share it, and the gradient",
                  text::typeset(x.text()), text::typeset(step.y.text()),
                  Which == Extreme::largest ? "maximum" : "minimum", along(this->axes, step.shape.rank()))};
}

TaughtRule Var::taught(std::size_t, const TaughtStep& step) const {
  return taught_deviation(axes, correction, step, Formula::product(Formula(2.0), deviations(step)), nullptr);
}
TaughtRule Std::taught(std::size_t, const TaughtStep& step) const {
  return taught_deviation(axes, correction, step, deviations(step), &step.y);
}

std::optional<Formula> Norm::spelled(const Formula& x) const {
  if (p == 2.0) return sqrt(call_on("Σ", pow(x, 2)));
  if (p == 1.0) return call_on("Σ", bind(Abs{}, x));
  return std::nullopt;
}

TaughtRule Norm::taught(std::size_t, const TaughtStep& step) const {
  const Formula& x = step.x[0];
  const std::string where = along(axes, step.shape.rank());
  const auto rule = [&](const Formula& slope, std::string reason) {
    return TaughtRule{times(step.gradient, slope), std::move(reason)};
  };
  if (p == 0.0) return rule(Formula(0.0), "a count does not change when its numbers move a little");
  if (p == 1.0) return rule(bind(Sign{}, x), "");
  const Formula size = bind(Abs{}, x);
  if (std::isinf(p)) {
    return rule(times(bind(Sign{}, x), where_equal(size, step.y)),
                fmt::format("only where |{}| is the {}{}; ties is how many numbers share it", text::typeset(x.text()),
                            p > 0.0 ? "largest" : "smallest", where));
  }
  const std::string reason = where.empty() ? "" : fmt::format("each norm is taken{}", where);
  if (p == 2.0) return rule(x / step.y, reason);
  return rule(times(bind(Sign{}, x), bind(Power{{}, p - 1.0, 1.0}, size / step.y)), reason);
}

TaughtRule CumSum::taught(std::size_t, const TaughtStep& step) const {
  const Formula& g = step.gradient;
  return {reverse ? call_on("cumsum", g) : call_on("flip", call_on("cumsum", call_on("flip", g))),
          fmt::format("each number went into every {} sum{}: it receives all their gradients",
                      reverse ? "earlier" : "later", along(axes, step.shape.rank()))};
}

TaughtRule CumProd::taught(std::size_t, const TaughtStep& step) const {
  return {
      call_on("Σ", times(step.gradient, the_others())),
      fmt::format("each number is a factor of its own product and of every {} one{}: Σ adds up, for each of these, its "
                  "number of G times its other factors",
                  reverse ? "earlier" : "later", along(axes, step.shape.rank()))};
}

// ----------------------------------------------------------------------------------------------- what the ops are made of

namespace {

/// √x where it has a derivative; at 0 a constant, as norms and deviations have it.
Tensor root(const Tensor& x) {
  const std::vector<double> values = x.value().to_vector();
  if (std::ranges::find(values, 0.0) == values.end()) return sqrt(x);
  const Tensor is_zero = bind(Equal{}, x, 0.0);
  return bind(Where{}, is_zero, 0.0, sqrt(x));
}

Tensor total(const Tensor& x, std::uint32_t axes, bool keepdims) { return apply(Sum{{}, axes, keepdims}, x); }

}  // namespace

Tensor Var::composed(const Tensor& x) const {
  const double n = group_size(axes, x.shape());
  const Tensor mean = total(x, axes, true) / n;
  return total(square(x - broadcast_to(mean, x.shape())), axes, keepdims) / (n - correction);
}
Tensor Std::composed(const Tensor& x) const {
  Var squared;
  squared.axes = axes;
  squared.keepdims = keepdims;
  squared.correction = correction;
  return root(squared.composed(x));
}

std::optional<Tensor> Norm::composed(const Tensor& x) const {
  if (p == 1.0) return total(abs(x), axes, keepdims);
  return p == 2.0 ? std::optional(root(total(square(x), axes, keepdims))) : std::nullopt;
}

namespace {

bool any_number(const Array& a, auto holds) {
  const std::vector<double> numbers = a.to_vector();
  return std::any_of(numbers.begin(), numbers.end(), holds);
}

bool is_zero(double v) { return v == 0.0; }

}  // namespace

bool detail::is_shared(const Array& shares) {
  return any_number(shares, [](double v) { return v > 0.0 && v < 1.0; });
}

std::string_view Std::convention(const Array&, const Array& y) const {
  return any_number(y, is_zero) ? "std has no derivative where all numbers are equal: 0 is taken" : "";
}

std::string_view Norm::convention(const Array& x, const Array& y) const {
  if (std::isinf(p)) {
    const Extreme which = p > 0.0 ? Extreme::largest : Extreme::smallest;
    if (detail::is_shared(extreme_shares(abs(x), axes, which))) {
      return "this norm has no derivative where several entries have the extreme size: they share it";
    }
  } else if (p <= 1.0 && any_number(x, is_zero)) {
    return "this norm has no derivative where an entry is 0: 0 is taken for that entry";
  }
  return any_number(y, is_zero) ? "the norm has no derivative where it is 0: 0 is taken" : "";
}

std::string_view Norm::second_convention(const Array& x, const Array&) const {
  const bool bends = p > 1.0 && p < 2.0 && any_number(x, is_zero);
  return bends ? "this norm has no second derivative where an entry is 0: 0 is taken for that entry" : "";
}

std::optional<Tensor> Norm::squared(const Tensor& x) const {
  return p == 2.0 ? std::optional(total(square(x), axes, keepdims)) : std::nullopt;
}

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
