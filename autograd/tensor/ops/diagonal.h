// Diagonals and triangles of matrices, and of every matrix in a batch.
#pragma once
#include <cstdint>
#include <string_view>

#include "../rule.h"
#include "structural.h"

namespace gradus {

/// Vectors as the diagonals of matrices of zeros [rows, columns].  Adjoint: Diagonal.
struct DiagonalMatrix : Unary {
  static constexpr std::string_view name = "diagonal_matrix", called = "diag";
  static constexpr OpWords words{"Put {0} on a diagonal", "the diagonal matrix",
                                 "Each number receives what arrives at its place on the diagonal."};
  static constexpr bool structural = true, multilinear = true;
  static constexpr std::uint32_t reads(wrt<0>) { return 0; }
  std::int64_t rows = 0;
  std::int64_t columns = 0;
  std::int64_t offset = 0;
  static constexpr auto fields = field_list(field("rows", &DiagonalMatrix::rows, InCalls::not_at_all),
                                            field("columns", &DiagonalMatrix::columns, InCalls::not_at_all),
                                            field("offset", &DiagonalMatrix::offset));
  [[nodiscard]] GRADUS_API Shape result_shape(std::span<const Shape> x) const;
  [[nodiscard]] Array value(const Array& x) const;
  [[nodiscard]] DiagonalMatrix batched(std::int64_t) const { return *this; }
  [[nodiscard]] Formula formula(const Formula& x) const {
    return Formula::call(called, std::span<const Formula>(&x, 1));
  }
  template <class V>
  V vjp(wrt<0>, const V& g, const V&, const V&) const;
  [[nodiscard]] TaughtRule taught(std::size_t k, const TaughtStep& step) const;
};

/// The diagonals of the matrices in the last two axes, `offset` above the main one: a view.
struct Diagonal : Unary {
  static constexpr std::string_view name = "diagonal";
  static constexpr OpWords words{"Take the diagonal of {0}", "the diagonal",
                                 "What was taken receives its gradient, the rest 0."};
  static constexpr bool structural = true, multilinear = true;
  static constexpr std::uint32_t reads(wrt<0>) { return 0; }
  std::int64_t offset = 0;
  static constexpr auto fields = field_list(field("offset", &Diagonal::offset));
  [[nodiscard]] GRADUS_API Shape result_shape(std::span<const Shape> x) const;
  [[nodiscard]] Array value(const Array& x) const;
  [[nodiscard]] Diagonal batched(std::int64_t) const { return *this; }
  template <class V>
  V vjp(wrt<0>, const V& g, const V& x, const V&) const {
    const Shape shape = shape_of(x);
    return apply(DiagonalMatrix{{}, shape[shape.rank() - 2], shape[shape.rank() - 1], offset}, g);
  }
  [[nodiscard]] TaughtRule taught(std::size_t k, const TaughtStep& step) const;
};

template <class V>
V DiagonalMatrix::vjp(wrt<0>, const V& g, const V&, const V&) const {
  return apply(Diagonal{{}, offset}, g);
}

/// The matrices in the last two axes with zeros below (upper) or above (lower) the diagonal `offset`.  Its own adjoint.
template <bool upper>
struct Triangle : Unary {
  static constexpr std::string_view name = upper ? "triu" : "tril";
  static constexpr OpWords words{"Take a triangle of {0}", "the triangle",
                                 "What was kept receives its gradient, the rest 0."};
  static constexpr bool structural = true, multilinear = true;
  static constexpr std::uint32_t reads(wrt<0>) { return 0; }
  std::int64_t offset = 0;
  static constexpr auto fields = field_list(field("offset", &Triangle::offset));
  [[nodiscard]] GRADUS_API Shape result_shape(std::span<const Shape> x) const;
  [[nodiscard]] Array value(const Array& x) const;
  [[nodiscard]] Triangle batched(std::int64_t) const { return *this; }
  template <class V>
  V vjp(wrt<0>, const V& g, const V&, const V&) const {
    return apply(*this, g);
  }
  [[nodiscard]] TaughtRule taught(std::size_t k, const TaughtStep& step) const;
};

// ------------------------------------------------------------------------------------------ the ops as users call them

/// The diagonal of a matrix, or the square matrix of zeros with a vector on its diagonal; `offset` above the main one,
/// below when negative.  Throws ShapeError for any other rank.
GRADUS_API Tensor diag(const Tensor& x, std::int64_t offset = 0);
/// The diagonals of the matrices in the last two axes, which they replace as the last: a view.  Empty where the offset
/// leads outside.  Throws ShapeError for fewer than two axes.
GRADUS_API Tensor diagonal(const Tensor& x, std::int64_t offset = 0);
/// The sum of a matrix's diagonal.  Throws ShapeError unless it is a matrix.
GRADUS_API Tensor trace(const Tensor& x);
/// The matrices in the last two axes with zeros below the diagonal `offset`.  Throws ShapeError for fewer than two axes.
GRADUS_API Tensor triu(const Tensor& x, std::int64_t offset = 0);
/// The same with zeros above it.
GRADUS_API Tensor tril(const Tensor& x, std::int64_t offset = 0);

}  // namespace gradus
