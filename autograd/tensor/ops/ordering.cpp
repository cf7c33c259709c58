#include "autograd/tensor/ops/ordering.h"

#include <fmt/format.h>

#include <limits>
#include <string>
#include <utility>

#include "autograd/array/scans.h"
#include "autograd/base/error.h"
#include "autograd/tensor/boxed_rule.h"
#include "autograd/tensor/ops/joining.h"
#include "autograd/tensor/ops/shape_checks.h"
#include "autograd/tensor/trace.h"

namespace gradus {

namespace {

std::uint32_t ordered_axis(const Tensor& x, int axis, std::string_view op) {
  return 1U << normalize_axis(axis, x.rank(), op);
}

template <class Op>
Op of_rank(const Tensor& x, const Axes& axes, bool keepdims) {
  Op op;
  op.axes = axes.mask(x.rank(), Op::name);
  op.keepdims = keepdims;
  return op;
}

template <class Op>
Array one_of_rank(const Op& op, const Array& x) {
  require_numbers(x.shape(), op.axes, Op::name);
  return order_statistics(x, op.axes, op.ranks_of(x.shape())).reshape(reduced(x.shape(), op.axes, op.keepdims));
}

int one_bit(std::uint32_t axes, const Shape& x, std::string_view op) {
  int found = -1;
  for (int k = 0; k < x.rank(); ++k) {
    if (((axes >> k) & 1U) == 0) continue;
    if (found >= 0) detail::refuse_shape(op, "more than one axis is given", x);
    found = k;
  }
  if (found < 0) detail::refuse_shape(op, "no axis is given", x);
  return found;
}

TopK largest_of(const Tensor& x, std::int64_t k, int axis, bool largest) {
  TopK op;
  op.axes = ordered_axis(x, axis, TopK::name);
  op.k = k;
  op.largest = largest;
  return op;
}

}  // namespace

Shape Sort::result_shape(std::span<const Shape> x) const {
  one_bit(axes, x[0], name);
  return x[0];
}
Array Sort::value(const Array& x) const { return order_statistics(x, axes, ranks_of(x.shape())); }

Shape TopK::result_shape(std::span<const Shape> x) const {
  const int axis = one_bit(axes, x[0], name);
  if (k < 0 || k > x[0][axis]) {
    throw ShapeError(fmt::format("[topk] there are no {} numbers along axis {} of {}", k, axis, to_string(x[0])));
  }
  std::vector<std::int64_t> sizes(x[0].begin(), x[0].end());
  sizes[static_cast<std::size_t>(axis)] = k;
  return Shape(std::span<const std::int64_t>(sizes));
}
Array TopK::value(const Array& x) const {
  const Shape shape = x.shape();
  static_cast<void>(result_shape(std::span<const Shape>(&shape, 1)));  // so many there are
  return order_statistics(x, axes, ranks_of(shape));
}

Array Median::value(const Array& x) const { return one_of_rank(*this, x); }
Array Quantile::value(const Array& x) const { return one_of_rank(*this, x); }

template <Extreme Which>
Shape CumExtreme<Which>::result_shape(std::span<const Shape> x) const {
  one_bit(axes, x[0], name);
  return x[0];
}

// Asked for by who reads files.
template Shape CumExtreme<Extreme::largest>::result_shape(std::span<const Shape> x) const;
template Shape CumExtreme<Extreme::smallest>::result_shape(std::span<const Shape> x) const;

Tensor sort(const Tensor& x, Axis axis, bool descending) {
  Sort op;
  op.axes = ordered_axis(x, axis, Sort::name);
  op.descending = descending;
  return apply(op, x);
}

TopkResult topk(const Tensor& x, std::int64_t k, Axis axis, bool largest) {
  detail::refuse_in_trace(x, "the places of topk()");
  const TopK op = largest_of(x, k, axis, largest);
  Tensor values = apply(op, x);
  return {std::move(values), order_places(x.value(), op.axes, op.ranks_of(x.shape()))};
}

Tensor topk_values(const Tensor& x, std::int64_t k, Axis axis, bool largest) {
  return apply(largest_of(x, k, axis, largest), x);
}

Tensor median(const Tensor& x, const Axes& axes, bool keepdims) { return apply(of_rank<Median>(x, axes, keepdims), x); }

Tensor quantile(const Tensor& x, double q, const Axes& axes, bool keepdims) {
  if (!(q >= 0.0 && q <= 1.0)) throw ValueError(fmt::format("[quantile] {} is no share: it must be in [0, 1]", q));
  auto op = of_rank<Quantile>(x, axes, keepdims);
  op.q = q;
  return apply(op, x);
}

Tensor quantile(const Tensor& x, std::span<const double> q, const Axes& axes, bool keepdims) {
  if (q.empty()) throw ValueError("[quantile] no quantile is asked for");
  std::vector<Tensor> all;
  for (const double one : q) all.push_back(quantile(x, one, axes, keepdims));
  return ops::stack(all, 0);
}

Tensor quantile(const Tensor& x, std::initializer_list<double> q, const Axes& axes, bool keepdims) {
  return quantile(x, std::span<const double>(q.begin(), q.size()), axes, keepdims);
}

Tensor cummax(const Tensor& x, Axis axis) {
  using Op = CumExtreme<Extreme::largest>;
  return apply(Op{{}, ordered_axis(x, axis, Op::name)}, x);
}
Tensor cummin(const Tensor& x, Axis axis) {
  using Op = CumExtreme<Extreme::smallest>;
  return apply(Op{{}, ordered_axis(x, axis, Op::name)}, x);
}

// ------------------------------------------------------------------------------- the rules as they are taught (taught_rule.h)

namespace {

std::string_view tie(const Array& x, std::uint32_t axes, const Ranks& ranks, std::string_view why) {
  return has_ties(x, axes, ranks) ? why : std::string_view();
}

/// G put back at argsort(x, …).
Formula put_back(const TaughtStep& step, std::span<const Formula> options) {
  const Formula places = detail::call_on("argsort", step.x[0], options);
  return detail::call_on("scatter_add", step.gradient, std::span<const Formula>(&places, 1));
}

TaughtRule in_shares(const TaughtStep& step, std::string reason) {
  return {detail::times(step.gradient, detail::call_on("share", step.x[0])), std::move(reason)};
}

}  // namespace

std::string_view Sort::convention(const Array& x, const Array&) const {
  return tie(x, axes, ranks_of(x.shape()),
             "sort has no derivative where numbers are equal: each receives the gradient of one place, in their order");
}
std::string_view TopK::convention(const Array& x, const Array&) const {
  return tie(x, axes, ranks_of(x.shape()),
             "topk has no derivative where numbers are equal: each receives the gradient of one place, in their order");
}
std::string_view Median::convention(const Array& x, const Array&) const {
  return tie(x, axes, ranks_of(x.shape()),
             "the median has no derivative where equal numbers are in the middle: they share it");
}
std::string_view Quantile::convention(const Array& x, const Array&) const {
  return tie(x, axes, ranks_of(x.shape()),
             "a quantile has no derivative where several numbers are equal to it: they share it");
}
template <Extreme Which>
std::string_view CumExtreme<Which>::convention(const Array& x, const Array& y) const {
  // Each number that is equal to an extreme that stands already.
  const Array before = shift(y, axes, 1, std::numeric_limits<double>::quiet_NaN());
  const std::vector<double> numbers = x.to_vector();
  const std::vector<double> standing = before.to_vector();
  for (std::size_t k = 0; k < numbers.size(); ++k) {
    if (numbers[k] == standing[k]) {
      return largest ? "a running maximum has no derivative where several numbers are equal to it: they share it"
                     : "a running minimum has no derivative where several numbers are equal to it: they share it";
    }
  }
  return "";
}

TaughtRule Sort::taught(std::size_t, const TaughtStep& step) const {
  return {put_back(step, step.options), "each number receives G of the place that it was sorted to"};
}
TaughtRule TopK::taught(std::size_t, const TaughtStep& step) const {
  return in_shares(step, fmt::format("each G goes back to where its number was taken from{}; the rest receives 0",
                                     detail::along(axes, step.shape.rank())));
}
TaughtRule Median::taught(std::size_t, const TaughtStep& step) const {
  return in_shares(
      step, fmt::format("the share is 1 for the number in the middle{}, ½ for each of two, divided among equal ones, "
                        "and 0 for the others",
                        detail::along(axes, step.shape.rank())));
}
TaughtRule Quantile::taught(std::size_t, const TaughtStep& step) const {
  return in_shares(
      step, fmt::format("the quantile lies between two numbers{}: the nearer it is to one, the larger its share; "
                        "equal ones divide theirs, and the others have 0",
                        detail::along(axes, step.shape.rank())));
}
template <Extreme Which>
TaughtRule CumExtreme<Which>::taught(std::size_t, const TaughtStep& step) const {
  return {detail::call_on("Σ", detail::times(step.gradient, detail::where_equal(step.x[0], step.y))),
          fmt::format("each number receives G of all places whose {} so far it is{}; equal ones share it",
                      largest ? "largest" : "smallest", detail::along(axes, step.shape.rank()))};
}

// Saved graphs name these (save/saved_ops.cpp).
template const detail::RuleEntry& detail::unlisted_rule<Sort>();
template const detail::RuleEntry& detail::unlisted_rule<TopK>();
template const detail::RuleEntry& detail::unlisted_rule<Median>();
template const detail::RuleEntry& detail::unlisted_rule<Quantile>();
template const detail::RuleEntry& detail::unlisted_rule<CumExtreme<Extreme::largest>>();
template const detail::RuleEntry& detail::unlisted_rule<CumExtreme<Extreme::smallest>>();

}  // namespace gradus
