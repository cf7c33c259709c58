// Products of matrices and vectors, one or a batch of them.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "../../array/matmul.h"
#include "../rule.h"
#include "../tensor.h"

namespace gradus {

/// op(a) · op(b) for matrices, where op transposes when its flag is set: so the adjoints are matrix products again.
/// The axes before the last two number a batch.  The products are brought to the axes `batch`: summed where those have
/// size 1 or are missing.  That is the adjoint of broadcasting, and it needs no array of the single products.
struct MatMul : Binary {
  static constexpr std::string_view name = "matmul", symbol = "matmul", infix = " @ ";
  static constexpr OpWords words{
      "Multiply the matrices {0} and {1}",
      "the matrix product",
      "Each factor receives the gradient times the other factor, transposed so that the sizes fit.",
      {"A factor receives the gradient times the other factor, transposed so that the sizes fit.",
       "A factor receives the gradient times the other factor, transposed so that the sizes fit."}};
  static constexpr int precedence = 2;
  static constexpr bool structural = true;
  static constexpr bool multilinear = true;
  static constexpr std::uint32_t reads(wrt<0>) { return 0b10; }
  static constexpr std::uint32_t reads(wrt<1>) { return 0b01; }
  bool transpose_a = false;
  bool transpose_b = false;
  Shape batch;
  static constexpr auto fields = field_list(field("transpose_a", &MatMul::transpose_a, InCalls::not_at_all),
                                            field("transpose_b", &MatMul::transpose_b, InCalls::not_at_all),
                                            field("batch", &MatMul::batch, InCalls::not_at_all));

  MatMul() = default;
  // A constructor, because aggregates are cleared before they are filled, and this one is made for every product.
  MatMul(bool transposed_a, bool transposed_b, const Shape& batch_axes)
      : transpose_a(transposed_a), transpose_b(transposed_b), batch(batch_axes) {}
  [[nodiscard]] Shape result_shape(std::span<const Shape> x) const {
    return matmul_shape(x[0], x[1], transpose_a, transpose_b, batch);
  }
  [[nodiscard]] Array value(const Array& a, const Array& b) const {
    return gradus::matmul(a, b, transpose_a, transpose_b, batch);
  }
  static constexpr bool aligned = true;
  [[nodiscard]] std::optional<MatMul> batched(std::int64_t count, std::span<const int> ranks) const {
    // Products that are summed over axes that the result does not have leave no place for one in front.
    for (const int rank : ranks) {
      if (rank - 2 > batch.rank()) return {};
    }
    return MatMul(transpose_a, transpose_b, in_front(count, batch));
  }
  [[nodiscard]] Formula formula(const Formula& a, const Formula& b) const {
    return Formula::matrix_product(transpose_a ? Formula::transposed(a) : a, transpose_b ? Formula::transposed(b) : b);
  }
  // C = AB:  ∂L/∂A = G Bᵀ,  ∂L/∂B = Aᵀ G; with a transposed factor, the transpose of that.
  template <class V>
  V vjp(wrt<0>, const V& g, const V& a, const V& b, const V&) const {
    const Shape own = batch_of(a);
    return transpose_a ? apply(MatMul(transpose_b, true, own), b, g) : apply(MatMul(false, !transpose_b, own), g, b);
  }
  template <class V>
  V vjp(wrt<1>, const V& g, const V& a, const V& b, const V&) const {
    const Shape own = batch_of(b);
    return transpose_b ? apply(MatMul(true, transpose_a, own), g, a) : apply(MatMul(!transpose_a, false, own), a, g);
  }

 private:
  template <class V>
  static Shape batch_of(const V& x) {
    if (x.rank() == 2) return {};
    const Shape shape = x.shape();
    return Shape::trusted(shape.sizes().first(static_cast<std::size_t>(shape.rank() - 2)));
  }
};

/// The product of two matrices, [m, k] by [k, n], of two batches of them, [..., m, k] by [..., k, n], whose axes
/// broadcast, or with vectors: [k] on the left is a row, on the right a column, and the axis this added is dropped.
/// Throws ShapeError, naming both shapes, when the inner sizes differ, the batches do not broadcast or an operand is a
/// single number.
GRADUS_API Tensor matmul(const Tensor& a, const Tensor& b);
/// Σ aᵢbᵢ of two vectors.  Throws ShapeError, naming both shapes, unless both are vectors of one size.
GRADUS_API Tensor dot(const Tensor& a, const Tensor& b);
/// aᵢbⱼ of two vectors: [m] and [n] give [m, n].  Throws ShapeError, naming both shapes, unless both are vectors.
GRADUS_API Tensor outer(const Tensor& a, const Tensor& b);
/// Σ a·b along one axis, the last by default, after the operands were broadcast: the dot products of many vectors.
/// Throws ShapeError when the shapes do not broadcast or there is no such axis.
GRADUS_API Tensor vecdot(const Tensor& a, const Tensor& b, Axis axis = -1);
/// x Wᵀ + b for x [..., k], W [n, k] and b [n]: [..., n]; an empty b adds nothing.  Throws ShapeError, naming the
/// shapes, when they do not fit.
GRADUS_API Tensor linear(const Tensor& x, const Tensor& w, const Tensor& b = {});

}  // namespace gradus
