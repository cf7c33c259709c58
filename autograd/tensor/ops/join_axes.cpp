#include "autograd/tensor/ops/join_axes.h"

#include <fmt/format.h>

#include <array>
#include <span>
#include <vector>

#include "autograd/array/strided.h"
#include "autograd/tensor/ops/diagonal.h"
#include "autograd/tensor/ops/shape_checks.h"
#include "autograd/tensor/taught_rule.h"

namespace gradus {

namespace {

struct Layout {
  std::size_t rank = 0;
  std::array<std::int64_t, max_rank> sizes{};
  std::array<std::int64_t, max_rank> strides{};
};

// The sizes and strides of x with its axis `second` joined to `first`.
Layout joined(const Array& x, int first, int second) {
  Layout out;
  for (int k = 0; k < x.rank(); ++k) {
    if (k == second) continue;
    const auto axis = static_cast<std::size_t>(k);
    out.sizes[out.rank] = x.sizes()[axis];
    out.strides[out.rank++] = x.strides()[axis] + (k == first ? x.strides()[static_cast<std::size_t>(second)] : 0);
  }
  return out;
}

}  // namespace

Shape JoinAxes::result_shape(std::span<const Shape> x) const {
  if (first >= second || second >= x[0].rank() || x[0][first] != x[0][second]) {
    detail::refuse_shape(name, fmt::format("axes {} and {} have no diagonal", first, second), x[0]);
  }
  return reduced(x[0], 1U << second, false);
}

Shape SplitAxes::result_shape(std::span<const Shape> x) const {
  if (first >= second || second > x[0].rank() || first >= x[0].rank()) {
    detail::refuse_shape(name, fmt::format("axes {} and {} are out of range", first, second), x[0]);
  }
  std::vector<std::int64_t> sizes = detail::sizes_of(x[0]);
  sizes.insert(sizes.begin() + second, sizes[static_cast<std::size_t>(first)]);
  return detail::as_shape(sizes);
}

Array JoinAxes::value(const Array& x) const {
  const Layout to = joined(x, first, second);
  return x.view(std::span(to.sizes).first(to.rank), std::span(to.strides).first(to.rank));
}

Array SplitAxes::value(const Array& x) const {
  std::array<std::int64_t, max_rank + 1> sizes{};
  std::size_t rank = 0;
  for (int k = 0; k <= x.rank(); ++k) {
    const int from = k < second ? k : k == second ? first : k - 1;
    sizes[rank++] = x.sizes()[static_cast<std::size_t>(from)];
  }
  Array out = Array::zeros(Shape(std::span<const std::int64_t>(sizes).first(rank)), x.dtype());
  const Layout to = joined(out, first, second);
  dispatch(x.dtype(), [&](auto zero) {
    using T = decltype(zero);
    T* base = out.mutable_data<T>();
    StridedLoop<2> loop(x.sizes(), {x.strides(), std::span<const std::int64_t>(to.strides).first(to.rank)});
    for (; !loop.done(); loop.next()) {
      for (std::int64_t i = 0; i < loop.run(); ++i) {
        base[loop.offset(1) + i * loop.step(1)] = x.data<T>()[loop.offset(0) + i * loop.step(0)];
      }
    }
  });
  return out;
}

// As of diagonals of matrices.
TaughtRule JoinAxes::taught(std::size_t k, const TaughtStep& step) const { return Diagonal{}.taught(k, step); }
TaughtRule SplitAxes::taught(std::size_t k, const TaughtStep& step) const { return DiagonalMatrix{}.taught(k, step); }

}  // namespace gradus
