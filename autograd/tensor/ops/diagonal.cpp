#include "autograd/tensor/ops/diagonal.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/tensor/boxed_rule.h"
#include "autograd/tensor/ops/shape_checks.h"

namespace gradus {

namespace {

// A diagonal so far out that it is empty; further ones are all alike, and none can overflow.
std::int64_t within(std::int64_t offset, const Shape& shape) {
  const std::int64_t rows = shape[shape.rank() - 2];
  const std::int64_t columns = shape[shape.rank() - 1];
  return std::clamp(offset, -rows, columns);
}

// How many numbers a diagonal has.
std::int64_t length(std::int64_t rows, std::int64_t columns, std::int64_t offset) {
  const std::int64_t down = std::max<std::int64_t>(-offset, 0);
  const std::int64_t right = std::max<std::int64_t>(offset, 0);
  return std::max<std::int64_t>(std::min(rows - down, columns - right), 0);
}

// The diagonals as a view.
Array look(const Array& x, std::int64_t offset) {
  const auto rank = static_cast<std::size_t>(x.rank());
  const std::int64_t rows = x.sizes()[rank - 2];
  const std::int64_t columns = x.sizes()[rank - 1];
  const std::int64_t down = std::max<std::int64_t>(-offset, 0);
  const std::int64_t right = std::max<std::int64_t>(offset, 0);
  std::array<std::int64_t, max_rank> sizes{};
  std::array<std::int64_t, max_rank> strides{};
  std::ranges::copy(x.sizes().first(rank - 2), sizes.begin());
  std::ranges::copy(x.strides().first(rank - 2), strides.begin());
  sizes[rank - 2] = length(rows, columns, offset);
  strides[rank - 2] = x.strides()[rank - 2] + x.strides()[rank - 1];
  const std::int64_t start = sizes[rank - 2] == 0 ? 0 : down * x.strides()[rank - 2] + right * x.strides()[rank - 1];
  return x.view(std::span(sizes).first(rank - 1), std::span(strides).first(rank - 1), start);
}

template <class Op>
Tensor on_matrices(const Tensor& x, std::int64_t offset) {
  detail::require_matrices(Op::name, x.shape());
  return apply(Op{{}, within(offset, x.shape())}, x);
}

}  // namespace

Shape Diagonal::result_shape(std::span<const Shape> x) const {
  detail::require_matrices(name, x[0]);
  std::vector<std::int64_t> sizes = detail::sizes_of(x[0]);
  const std::int64_t columns = sizes.back();
  sizes.pop_back();
  sizes.back() = length(sizes.back(), columns, offset);
  return detail::as_shape(sizes);
}

Shape DiagonalMatrix::result_shape(std::span<const Shape> x) const {
  if (x[0].rank() < 1) detail::refuse_shape(name, "1 axes are needed at least", x[0]);
  if (rows < 0 || columns < 0) detail::refuse_shape(name, "a negative size for", x[0]);
  std::vector<std::int64_t> sizes = detail::sizes_of(x[0]);
  if (sizes.back() != length(rows, columns, offset)) {
    detail::refuse_shape(name, fmt::format("the diagonal of [{}, {}] is not", rows, columns), x[0]);
  }
  sizes.pop_back();
  sizes.insert(sizes.end(), {rows, columns});
  return detail::as_shape(sizes);
}

template <bool upper>
Shape Triangle<upper>::result_shape(std::span<const Shape> x) const {
  detail::require_matrices(name, x[0]);
  return x[0];
}

Array Diagonal::value(const Array& x) const { return look(x, offset); }

Array DiagonalMatrix::value(const Array& x) const {
  std::vector<std::int64_t> sizes(x.sizes().begin(), x.sizes().end() - 1);
  sizes.insert(sizes.end(), {rows, columns});
  Array out = Array::zeros(Shape(sizes), x.dtype());
  const Array flat = x.packed();
  const std::int64_t n = x.sizes().back();
  const std::int64_t start =
      n == 0 ? 0 : std::max<std::int64_t>(-offset, 0) * columns + std::max<std::int64_t>(offset, 0);
  dispatch(x.dtype(), [&](auto zero) {
    using T = decltype(zero);
    const T* from = flat.data<T>();
    for (std::int64_t i = 0; i < x.size(); ++i) {
      out.mutable_data<T>()[(i / n) * rows * columns + start + (i % n) * (columns + 1)] = from[i];
    }
  });
  return out;
}

template <bool upper>
Array Triangle<upper>::value(const Array& x) const {
  const Array flat = x.packed();
  Array out = Array::uninitialized(x.shape(), x.dtype());
  const std::int64_t rows = x.sizes()[static_cast<std::size_t>(x.rank()) - 2];
  const std::int64_t columns = x.sizes().back();
  if (x.size() == 0) return out;
  dispatch(x.dtype(), [&](auto zero) {
    using T = decltype(zero);
    const T* from = flat.data<T>();
    T* to = out.mutable_data<T>();
    for (std::int64_t row = 0; row < x.size() / columns; ++row, from += columns, to += columns) {
      // The row's first element on or beyond the diagonal, or beyond it for the lower triangle.
      const std::int64_t edge = std::clamp<std::int64_t>(row % rows + offset + (upper ? 0 : 1), 0, columns);
      if constexpr (upper) {
        std::copy(from + edge, from + columns, std::fill_n(to, edge, T(0)));
      } else {
        std::fill(std::copy_n(from, edge, to), to + columns, T(0));
      }
    }
  });
  return out;
}

template struct Triangle<true>;
template struct Triangle<false>;

Tensor diagonal(const Tensor& x, std::int64_t offset) { return on_matrices<Diagonal>(x, offset); }
Tensor triu(const Tensor& x, std::int64_t offset) { return on_matrices<Triangle<true>>(x, offset); }
Tensor tril(const Tensor& x, std::int64_t offset) { return on_matrices<Triangle<false>>(x, offset); }

TaughtRule Diagonal::taught(std::size_t, const TaughtStep& step) const {
  return {detail::call_on("diag", step.gradient),
          "G goes back to the diagonal; the other numbers, which were not read, receive 0"};
}
TaughtRule DiagonalMatrix::taught(std::size_t, const TaughtStep& step) const {
  return {detail::call_on("diagonal", step.gradient), "only the diagonal was made of numbers that can move"};
}
template <bool upper>
TaughtRule Triangle<upper>::taught(std::size_t, const TaughtStep& step) const {
  return {detail::call_on(name, step.gradient), "what was set to 0 receives nothing"};
}

Tensor diag(const Tensor& x, std::int64_t offset) {
  if (x.rank() == 2) return diagonal(x, offset);
  if (x.rank() != 1) {
    throw ShapeError(fmt::format("[diag] a vector or a matrix is needed: {}", to_string(x.shape())));
  }
  std::int64_t side = 0;
  if (offset == std::numeric_limits<std::int64_t>::min() ||
      __builtin_add_overflow(x.size(), offset < 0 ? -offset : offset, &side)) {
    throw ShapeError(fmt::format("[diag] {} beside a vector {} is too far out", offset, to_string(x.shape())));
  }
  return apply(DiagonalMatrix{{}, side, side, offset}, x);
}

Tensor trace(const Tensor& x) {
  if (x.rank() != 2) throw ShapeError(fmt::format("[trace] a matrix is needed: {}", to_string(x.shape())));
  return sum(diagonal(x));
}

// Saved graphs name these (save/saved_ops.cpp).
template const detail::RuleEntry& detail::unlisted_rule<DiagonalMatrix>();
template const detail::RuleEntry& detail::unlisted_rule<Diagonal>();
template const detail::RuleEntry& detail::unlisted_rule<Triangle<true>>();
template const detail::RuleEntry& detail::unlisted_rule<Triangle<false>>();

}  // namespace gradus
