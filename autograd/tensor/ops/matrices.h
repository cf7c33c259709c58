// What the rules of ops on batches of matrices are written with, on arrays and on tensors alike.
#pragma once
#include <concepts>
#include <cstddef>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include "diagonal.h"
#include "linear_algebra.h"
#include "structural.h"

namespace gradus::detail {

/// The axes before the last two.
[[nodiscard]] inline Shape batch_axes(const Shape& x) {
  return Shape::trusted(x.sizes().first(static_cast<std::size_t>(x.rank() - 2)));
}

/// The shape with other sizes in the place of the last two.
[[nodiscard]] inline Shape with_last(const Shape& x, std::initializer_list<std::int64_t> sizes) {
  std::vector<std::int64_t> all(x.begin(), x.end() - 2);
  all.insert(all.end(), sizes);
  return Shape(std::span<const std::int64_t>(all));
}

/// Every matrix of a batch transposed: a view.
template <class V>
V each_transposed(const V& x) {
  AxisOrder order{{}, x.rank()};
  std::iota(order.axes.begin(), order.axes.begin() + order.rank, 0);
  std::swap(order.axes[static_cast<std::size_t>(order.rank) - 1], order.axes[static_cast<std::size_t>(order.rank) - 2]);
  return apply(Permute{{}, order}, x);
}

/// a·b, aᵀ·b, a·bᵀ of each pair of matrices of one batch.
template <class V>
V each_product(const V& a, const V& b) {
  return apply(MatMul(false, false, batch_axes(shape_of(a))), a, b);
}
template <class V>
V each_product_tn(const V& a, const V& b) {
  return apply(MatMul(true, false, batch_axes(shape_of(a))), a, b);
}
template <class V>
V each_product_nt(const V& a, const V& b) {
  return apply(MatMul(false, true, batch_axes(shape_of(a))), a, b);
}

/// A number for each matrix, in the shape that broadcasts to the matrices.
template <class V>
V for_each_matrix(const V& numbers, const Shape& matrices) {
  return apply(Reshape{{}, with_last(matrices, {1, 1})}, numbers);
}

/// The sum of each matrix's products with another, number by number: [...] of [..., m, n].
template <class V>
V each_inner(const V& a, const V& b) {
  const auto rank = static_cast<unsigned>(a.rank());
  return apply(Sum{{}, 0b11U << (rank - 2), false}, a * b);
}

/// (x + xᵀ)/2.
template <class V>
V each_symmetric(const V& x) {
  return (x + each_transposed(x)) * 0.5;
}

/// The numbers below the diagonal, and half of those on it.
template <class V>
V half_lower(const V& x) {
  return (apply(Triangle<false>{{}, 0}, x) + apply(Triangle<false>{{}, -1}, x)) * 0.5;
}

}  // namespace gradus::detail
