#include "autograd/tensor/ops/indexing.h"

#include <fmt/format.h>

#include <array>
#include <utility>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/tensor/boxed_rule.h"
#include "autograd/tensor/ops/joining.h"
#include "autograd/tensor/ops/reshape.h"
#include "autograd/tensor/ops/shape_checks.h"

namespace gradus {

namespace {

Tensor seen_through(const Tensor& x, const Window& window) {
  return window.changes_nothing() ? x : apply(Extract{{}, window}, x);
}

Tensor rows(const Tensor& weight, std::vector<std::int64_t> numbers, const Shape& shape) {
  return take(weight, Indices(shape, std::move(numbers)), 0);
}

}  // namespace

Shape Pad::result_shape(std::span<const Shape> x) const {
  if (window.shape() != x[0]) detail::refuse_shape(name, "the window belongs to other sizes", x[0]);
  return window.whole();
}

Shape Extract::result_shape(std::span<const Shape> x) const {
  if (window.whole() != x[0]) detail::refuse_shape(name, "the window belongs to other sizes", x[0]);
  return window.shape();
}

template <bool pointwise>
Shape ScatterAdd<pointwise>::result_shape(std::span<const Shape> x) const {
  const Shape found = lookup.shape(shape);
  if (found != x[0]) {
    throw ShapeError(
        fmt::format("[{}] {} numbers do not suit indices for {}", name, to_string(x[0]), to_string(found)));
  }
  return shape;
}
template Shape ScatterAdd<true>::result_shape(std::span<const Shape>) const;
template Shape ScatterAdd<false>::result_shape(std::span<const Shape>) const;

TaughtRule Pad::taught(std::size_t, const TaughtStep& step) const {
  const Formula slices(in_slices(window));
  return {detail::call_on("slice", step.gradient, std::span<const Formula>(&slices, 1)),
          "what lies inside the padding receives its part of G"};
}

TaughtRule Extract::taught(std::size_t, const TaughtStep& step) const {
  if (window.is_everything()) {
    return {detail::call_on("slice", step.gradient, step.options), "the numbers go back to where they came from"};
  }
  return {detail::call_on("pad", step.gradient, step.options),
          "these places, which were taken, receive G; all else, which was not read, receives 0"};
}

template <bool pointwise>
TaughtRule Gather<pointwise>::taught(std::size_t, const TaughtStep& step) const {
  return {detail::call_on("scatter_add", step.gradient, step.options),
          "each number receives the sum of G over all places that it was copied to"};
}

template <bool pointwise>
TaughtRule ScatterAdd<pointwise>::taught(std::size_t, const TaughtStep& step) const {
  return {detail::call_on("gather", step.gradient, step.options),
          "each number receives G of the place that it was added to"};
}

Tensor ops::slice(const Tensor& x, std::span<const Slice> slices) { return seen_through(x, Window(x.shape(), slices)); }

Tensor ops::slice(const Tensor& x, std::initializer_list<Slice> slices) {
  return ops::slice(x, std::span<const Slice>(slices.begin(), slices.size()));
}

Tensor ops::slice(const Tensor& x, const Slice& s, Axis axis) {
  std::array<Slice, max_rank> slices;
  const auto k = static_cast<std::size_t>(normalize_axis(axis, x.rank(), Extract::name));
  slices[k] = s;
  return ops::slice(x, std::span<const Slice>(slices).first(k + 1));
}

Tensor flip(const Tensor& x, const Axes& axes) {
  const std::uint32_t mask = axes.mask(x.rank(), "flip");
  std::array<Slice, max_rank> slices;
  for (std::size_t k = 0; k < slices.size(); ++k) {
    if (((mask >> k) & 1U) != 0) slices[k].step = -1;
  }
  return ops::slice(x, std::span<const Slice>(slices).first(static_cast<std::size_t>(x.rank())));
}

Tensor take(const Tensor& x, const Indices& indices, Axis axis) {
  return apply(Gather<false>{{}, Lookup(x.shape(), indices, axis, false, "take")}, x);
}

Tensor take(const Tensor& x, const Indices& indices) { return take(reshape(x, Shape{x.size()}), indices, 0); }

Tensor gather(const Tensor& x, Axis axis, const Indices& index) {
  return apply(Gather<true>{{}, Lookup(x.shape(), index, axis, true, "gather")}, x);
}

Tensor scatter_add(const Tensor& x, Axis axis, const Indices& index, const Tensor& source) {
  const Shape shape = x.shape();
  const Lookup lookup(shape, index, axis, true, "scatter_add");
  const Shape from = source.shape();
  bool fits = from.rank() == shape.rank();
  for (int k = 0; fits && k < shape.rank(); ++k) fits = index.shape()[k] <= from[k];
  if (!fits) {
    throw ShapeError(fmt::format("[scatter_add] the source does not cover the indices: {} for {}", to_string(from),
                                 to_string(index.shape())));
  }
  const std::array<std::int64_t, max_rank> start{};
  const Tensor used = seen_through(source, Window::block(from, start, index.shape()));
  return x + apply(ScatterAdd<true>{{}, lookup, shape}, used);
}

Tensor embedding(const Tensor& weight, const Indices& indices, std::optional<std::int64_t> padding) {
  const Shape shape = weight.shape();
  if (shape.rank() != 2) {
    throw ShapeError(fmt::format("[embedding] the weight must be a matrix [rows, features]: {}", to_string(shape)));
  }
  const Lookup lookup(shape, indices, 0, false, "embedding");
  if (!padding) return apply(Gather<false>{{}, lookup}, weight);
  const std::int64_t blank = Lookup(shape, {*padding}, 0, false, "embedding").indices[0];
  // The padding's row is a constant, and the others are looked up behind it.
  std::vector<std::int64_t> others;
  std::vector<std::int64_t> places;
  for (const std::int64_t i : lookup.indices.values()) {
    places.push_back(i == blank ? 0 : static_cast<std::int64_t>(others.size()) + 1);
    if (i != blank) others.push_back(i);
  }
  const Tensor constant(Window::along(shape, 0, blank, 1).look(weight.value()));
  const Shape list{static_cast<std::int64_t>(others.size())};
  return rows(concat({constant, rows(weight, std::move(others), list)}), std::move(places), indices.shape());
}

// Saved graphs name these (save/saved_ops.cpp).
template const detail::RuleEntry& detail::unlisted_rule<Extract>();
template const detail::RuleEntry& detail::unlisted_rule<Gather<true>>();
template const detail::RuleEntry& detail::unlisted_rule<Gather<false>>();
template const detail::RuleEntry& detail::unlisted_rule<ScatterAdd<true>>();
template const detail::RuleEntry& detail::unlisted_rule<ScatterAdd<false>>();

}  // namespace gradus
