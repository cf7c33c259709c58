// Powers and exponentials of matrices, and products that NumPy has beside the matrix product.
#pragma once
#include <cstdint>
#include <span>
#include <string_view>

#include "../../array/matrix_exponential.h"
#include "joining.h"
#include "matrices.h"

namespace gradus {

/// e^A = Σ Aᵏ/k!.  How it moves along T is the upper right block of exp [[A, T], [0, A]] (Mathias 1996), and its adjoint that of
/// Aᵀ: so derivatives of every order are exponentials again, each of twice the size.
struct Expm : Unary {
  static constexpr std::string_view name = "expm";
  static constexpr OpWords words{"Take the exponential of the matrix {0}", "the matrix exponential",
                                 "The gradient goes through the exponential of a matrix of blocks."};
  static constexpr bool structural = true;
  static constexpr std::uint32_t reads(wrt<0>) { return 0b01; }
  [[nodiscard]] GRADUS_API Shape result_shape(std::span<const Shape> x) const;
  [[nodiscard]] Array value(const Array& a) const { return gradus::expm(a); }
  template <class V>
  V vjp(wrt<0>, const V& g, const V& a, const V&) const {
    return moved(detail::each_transposed(a), g);
  }
  template <class V>
  V jvp(wrt<0>, const V& t, const V& a, const V&) const {
    return moved(a, t);
  }
  [[nodiscard]] TaughtRule taught(std::size_t k, const TaughtStep& step) const;

 private:
  template <class V>
  static V moved(const V& a, const V& t);
};

// ------------------------------------------------------------------------------------------ the ops as users call them

/// e to the power of a matrix, SciPy's expm.  Throws ShapeError unless the matrices are square.
GRADUS_API Tensor expm(const Tensor& a);

/// aⁿ of square matrices by repeated squaring; the inverse's power for n < 0, the identity for 0.  Throws ShapeError unless the
/// matrices are square, ValueError for n < 0 where one is singular.
GRADUS_API Tensor matrix_power(const Tensor& a, std::int64_t n);

/// The Kronecker product: every number of a times all of b, [m, n] and [p, q] give [m·p, n·q]; of tensors with any number of axes,
/// as NumPy has it.  Throws ShapeError for more axes than there can be.
GRADUS_API Tensor kron(const Tensor& a, const Tensor& b);

/// Σ a·b over the last `axes` axes of a and the first of b: NumPy's tensordot.  0 gives all products.  Throws ShapeError, naming
/// both shapes, when the axes do not fit.
GRADUS_API Tensor tensordot(const Tensor& a, const Tensor& b, int axes = 2);
/// The same over pairs of axes: axes_a[i] of a with axes_b[i] of b.
GRADUS_API Tensor tensordot(const Tensor& a, const Tensor& b, std::span<const int> axes_a, std::span<const int> axes_b);
GRADUS_API Tensor tensordot(const Tensor& a, const Tensor& b, std::initializer_list<int> axes_a,
                            std::initializer_list<int> axes_b);

/// a × b of vectors of three numbers along an axis, the last by default, after the operands were broadcast.  Throws ShapeError,
/// naming both shapes, for other sizes.
GRADUS_API Tensor cross(const Tensor& a, const Tensor& b, int axis = -1);

}  // namespace gradus
