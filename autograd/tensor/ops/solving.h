// Systems of linear equations, inverses and determinants of matrices, and of every matrix in a batch.  Numbers are computed by
// LAPACK (array/factorizations.h); the rules are closed forms in ops of the same set, so that all can be differentiated again.
#pragma once
#include <cstdint>
#include <string_view>

#include "../../array/determinants.h"
#include "../../array/factorizations.h"
#include "matrices.h"

namespace gradus {

/// L with L Lᵀ = (A + Aᵀ)/2, lower triangular.  As in JAX it is the symmetric part of A that is decomposed, so the gradient,
/// which is symmetric, is that of what is computed, whichever numbers of A move; for a symmetric A it is PyTorch's too.
/// With Φ(X) the lower triangle of X and half its diagonal: dL = L Φ(L⁻¹ dA L⁻ᵀ), ∂L/∂A = the symmetric part of
/// L⁻ᵀ Φ(Lᵀ G) L⁻¹.
struct Cholesky : Unary {
  static constexpr std::string_view name = "cholesky";
  static constexpr OpWords words{"Take the Cholesky factor of {0}", "the Cholesky factor",
                                 "The gradient goes back through the triangular factor on both sides."};
  static constexpr bool structural = true;
  static constexpr std::uint32_t reads(wrt<0>) { return 0b10; }
  [[nodiscard]] GRADUS_API Shape result_shape(std::span<const Shape> x) const;
  [[nodiscard]] Array value(const Array& a) const { return gradus::cholesky(a); }
  template <class V>
  V vjp(wrt<0>, const V& g, const V& a, const V& l) const;
  template <class V>
  V jvp(wrt<0>, const V& t, const V& a, const V& l) const;
  [[nodiscard]] TaughtRule taught(std::size_t k, const TaughtStep& step) const;
};

/// X = T⁻¹ B for a triangular T.  ∂L/∂B = T⁻ᵀ G =: Y and ∂L/∂T = the triangle of −Y Xᵀ.
struct SolveTriangular : Binary {
  static constexpr std::string_view name = "solve_triangular";
  static constexpr OpWords words{
      "Solve the triangular system of {0} for {1}",
      "the solution",
      "The gradient is the solution of the transposed system.",
      {"The matrix receives minus the outer products of the solution of the transposed system "
       "and this one.",
       "The right side receives the solution of the transposed system."}};
  static constexpr bool structural = true;
  static constexpr std::uint32_t reads(wrt<0>) { return 0b101; }
  static constexpr std::uint32_t reads(wrt<1>) { return 0b001; }
  bool lower = false;
  bool unit_diagonal = false;
  static constexpr auto fields =
      field_list(field("lower", &SolveTriangular::lower), field("unit_diagonal", &SolveTriangular::unit_diagonal));
  [[nodiscard]] GRADUS_API Shape result_shape(std::span<const Shape> x) const;
  [[nodiscard]] Array value(const Array& t, const Array& b) const {
    return gradus::solve_triangular(t, b, lower, unit_diagonal);
  }
  template <class V>
  V vjp(wrt<1>, const V& g, const V& t, const V&, const V&) const {
    return apply(SolveTriangular{{}, !lower, unit_diagonal}, detail::each_transposed(t), g);
  }
  template <class V>
  V vjp(wrt<0>, const V& g, const V& t, const V& b, const V& x) const {
    return triangle(-detail::each_product_nt(vjp(wrt<1>{}, g, t, b, x), x));
  }
  template <class V>
  V jvp(wrt<0>, const V& moves, const V& t, const V&, const V& x) const {
    return -apply(*this, t, detail::each_product(triangle(moves), x));
  }
  template <class V>
  V jvp(wrt<1>, const V& moves, const V& t, const V&, const V&) const {
    return apply(*this, t, moves);
  }
  [[nodiscard]] TaughtRule taught(std::size_t k, const TaughtStep& step) const;

 private:
  /// What of a matrix is read.
  template <class V>
  V triangle(const V& x) const {
    const std::int64_t inside = unit_diagonal ? 1 : 0;
    return lower ? apply(Triangle<false>{{}, -inside}, x) : apply(Triangle<true>{{}, inside}, x);
  }
};

/// X = A⁻¹ B.  ∂L/∂B = A⁻ᵀ G =: Y and ∂L/∂A = −Y Xᵀ.
struct Solve : Binary {
  static constexpr std::string_view name = "solve";
  static constexpr OpWords words{
      "Solve the system of {0} for {1}",
      "the solution",
      "The gradient is the solution of the transposed system.",
      {"The matrix receives minus the outer products of the solution of the transposed system "
       "and this one.",
       "The right side receives the solution of the transposed system."}};
  static constexpr bool structural = true;
  static constexpr std::uint32_t reads(wrt<0>) { return 0b101; }
  static constexpr std::uint32_t reads(wrt<1>) { return 0b001; }
  [[nodiscard]] GRADUS_API Shape result_shape(std::span<const Shape> x) const;
  [[nodiscard]] Array value(const Array& a, const Array& b) const { return gradus::solve(a, b); }
  template <class V>
  V vjp(wrt<1>, const V& g, const V& a, const V&, const V&) const {
    return apply(Solve{}, detail::each_transposed(a), g);
  }
  template <class V>
  V vjp(wrt<0>, const V& g, const V& a, const V& b, const V& x) const {
    return -detail::each_product_nt(vjp(wrt<1>{}, g, a, b, x), x);
  }
  template <class V>
  V jvp(wrt<0>, const V& t, const V& a, const V&, const V& x) const {
    return -apply(Solve{}, a, detail::each_product(t, x));
  }
  template <class V>
  V jvp(wrt<1>, const V& t, const V& a, const V&, const V&) const {
    return apply(Solve{}, a, t);
  }
  [[nodiscard]] TaughtRule taught(std::size_t k, const TaughtStep& step) const;
};

/// Y = A⁻¹.  ∂L/∂A = −Yᵀ G Yᵀ.
struct Inv : Unary {
  static constexpr std::string_view name = "inv";
  static constexpr OpWords words{
      "Invert {0}", "the inverse",
      "The gradient is multiplied by the transposed inverse on both sides, and its sign turns."};
  static constexpr bool structural = true;
  static constexpr std::uint32_t reads(wrt<0>) { return 0b10; }
  [[nodiscard]] GRADUS_API Shape result_shape(std::span<const Shape> x) const;
  [[nodiscard]] Array value(const Array& a) const { return gradus::inv(a); }
  template <class V>
  V vjp(wrt<0>, const V& g, const V&, const V& y) const {
    return -detail::each_product_nt(detail::each_product_tn(y, g), y);
  }
  template <class V>
  V jvp(wrt<0>, const V& t, const V&, const V& y) const {
    return -detail::each_product(detail::each_product(y, t), y);
  }
  [[nodiscard]] TaughtRule taught(std::size_t k, const TaughtStep& step) const;
};

/// C₂(H), how the cofactors C of A move along H: the second derivative of det, so one formula serves both ways.  The third one
/// along H and W is (C₂(Q) − ⟨W, C₂(H)⟩ C)/det A with Q = ⟨W, C⟩ H + ⟨H, C⟩ W − W Cᵀ H − H Cᵀ W: not finite where A is
/// singular.  Up to three rows it is that of polynomials, and right everywhere.
struct CofactorsAlong : Binary {
  static constexpr bool internal = true;
  static constexpr std::string_view name = "cofactors_along";
  static constexpr bool structural = true;
  static constexpr std::uint32_t reads(wrt<0>) { return 0b111; }
  static constexpr std::uint32_t reads(wrt<1>) { return 0b001; }
  [[nodiscard]] Shape result_shape(std::span<const Shape> x) const { return x[0]; }
  [[nodiscard]] Array value(const Array& a, const Array& h) const { return cofactors_along(a, h); }
  template <class V>
  V vjp(wrt<0>, const V& g, const V& a, const V& h, const V& y) const;
  template <class V>
  V vjp(wrt<1>, const V& g, const V& a, const V&, const V&) const {
    return apply(CofactorsAlong{}, a, g);
  }
  template <class V>
  V jvp(wrt<0>, const V& t, const V& a, const V& h, const V& y) const {
    return vjp(wrt<0>{}, t, a, h, y);  // symmetric
  }
  template <class V>
  V jvp(wrt<1>, const V& t, const V& a, const V&, const V&) const {
    return apply(CofactorsAlong{}, a, t);
  }
};

/// The cofactors of A: the gradient of det.  det(A)·A⁻ᵀ where A can be inverted.
struct Cofactors : Unary {
  static constexpr bool internal = true;
  static constexpr std::string_view name = "cofactors";
  static constexpr bool structural = true;
  static constexpr std::uint32_t reads(wrt<0>) { return 0b01; }
  [[nodiscard]] Shape result_shape(std::span<const Shape> x) const { return x[0]; }
  [[nodiscard]] Array value(const Array& a) const { return cofactors(a); }
  template <class V>
  V vjp(wrt<0>, const V& g, const V& a, const V&) const {
    return apply(CofactorsAlong{}, a, g);
  }
  template <class V>
  V jvp(wrt<0>, const V& t, const V& a, const V&) const {
    return apply(CofactorsAlong{}, a, t);
  }
};

/// det A.  ∂L/∂A = G · the cofactors of A, which is G·det(A)·A⁻ᵀ; right for singular matrices too, and so is the second
/// derivative.  From the third on A has to be regular.
struct Det : Unary {
  static constexpr std::string_view name = "det";
  static constexpr OpWords words{"Take the determinant of {0}", "the determinant",
                                 "Each number receives the gradient times its cofactor."};
  static constexpr bool structural = true;
  static constexpr std::uint32_t reads(wrt<0>) { return 0b01; }
  [[nodiscard]] GRADUS_API Shape result_shape(std::span<const Shape> x) const;
  [[nodiscard]] Array value(const Array& a) const { return gradus::det(a); }
  template <class V>
  V vjp(wrt<0>, const V& g, const V& a, const V&) const {
    return detail::for_each_matrix(g, shape_of(a)) * apply(Cofactors{}, a);
  }
  template <class V>
  V jvp(wrt<0>, const V& t, const V& a, const V&) const {
    return detail::each_inner(t, apply(Cofactors{}, a));
  }
  [[nodiscard]] TaughtRule taught(std::size_t k, const TaughtStep& step) const;
  [[nodiscard]] Tensor plain_vjp(std::size_t k, const Tensor& g, std::span<const Tensor> x, const Tensor& y) const;
};

/// log |det A|, without overflow.  ∂L/∂A = G·A⁻ᵀ: there is none where A is singular, and inv says so.
struct LogAbsDet : Unary {
  static constexpr std::string_view name = "logabsdet";
  static constexpr OpWords words{"Take the logarithm of |det {0}|", "the logarithm of the determinant",
                                 "The matrix receives its transposed inverse, times the gradient."};
  static constexpr bool structural = true;
  static constexpr std::uint32_t reads(wrt<0>) { return 0b01; }
  [[nodiscard]] GRADUS_API Shape result_shape(std::span<const Shape> x) const;
  [[nodiscard]] Array value(const Array& a) const { return gradus::slogdet(a).log; }
  template <class V>
  V vjp(wrt<0>, const V& g, const V& a, const V&) const {
    return detail::for_each_matrix(g, shape_of(a)) * detail::each_transposed(apply(Inv{}, a));
  }
  template <class V>
  V jvp(wrt<0>, const V& t, const V& a, const V&) const {
    return detail::each_inner(t, detail::each_transposed(apply(Inv{}, a)));
  }
  [[nodiscard]] TaughtRule taught(std::size_t k, const TaughtStep& step) const;
};

/// The sign of det A: 1, −1, or 0 of a singular matrix.  Derivative 0.
struct DetSign : Unary {
  static constexpr std::string_view name = "det_sign";
  static constexpr OpWords words{"Take the sign of det {0}", "the sign of the determinant",
                                 "The sign does not change when the numbers move a little."};
  static constexpr bool structural = true;
  static constexpr std::uint32_t reads(wrt<0>) { return 0b01; }
  [[nodiscard]] GRADUS_API Shape result_shape(std::span<const Shape> x) const;
  [[nodiscard]] Array value(const Array& a) const { return gradus::slogdet(a).sign; }
  template <class V>
  V vjp(wrt<0>, const V&, const V& a, const V&) const {
    return bind(Flat{}, a);
  }
  template <class V>
  V jvp(wrt<0>, const V&, const V& a, const V&) const {
    return bind(Flat{}, detail::each_inner(a, a));
  }
  [[nodiscard]] TaughtRule taught(std::size_t k, const TaughtStep& step) const;
  [[nodiscard]] Tensor plain_vjp(std::size_t k, const Tensor& g, std::span<const Tensor> x, const Tensor& y) const;
};

template <class V>
V Cholesky::vjp(wrt<0>, const V& g, const V&, const V& l) const {
  // S = L⁻ᵀ Φ L⁻¹ from two systems: L⁻ᵀ Φ, and of that, transposed, L⁻ᵀ again.
  const V up = detail::each_transposed(l);
  const SolveTriangular back{{}, false, false};
  const V half = apply(back, up, detail::half_lower(detail::each_product(up, g)));
  return detail::each_symmetric(apply(back, up, detail::each_transposed(half)));
}
template <class V>
V Cholesky::jvp(wrt<0>, const V& t, const V&, const V& l) const {
  const SolveTriangular forward{{}, true, false};
  const V half = apply(forward, l, detail::each_symmetric(t));
  const V both = apply(forward, l, detail::each_transposed(half));
  return detail::each_product(l, detail::half_lower(both));
}

template <class V>
V CofactorsAlong::vjp(wrt<0>, const V& g, const V& a, const V& h, const V& y) const {
  const Shape shape = shape_of(a);
  const std::int64_t n = shape[shape.rank() - 1];
  if (n < 3) return bind(Flat{}, a);                 // the cofactors are linear
  if (n == 3) return apply(CofactorsAlong{}, g, h);  // or quadratic
  const V c = apply(Cofactors{}, a);
  const V determinant = detail::for_each_matrix(apply(Det{}, a), shape);
  const auto inner = [&](const V& p, const V& q) { return detail::for_each_matrix(detail::each_inner(p, q), shape); };
  const auto crossed = [&](const V& p, const V& q) { return detail::each_product(detail::each_product_nt(p, c), q); };
  const V q = inner(g, c) * h + inner(h, c) * g - crossed(g, h) - crossed(h, g);
  return (apply(CofactorsAlong{}, a, q) - inner(g, y) * c) / determinant;
}

// ------------------------------------------------------------------------------------------ the ops as users call them

/// Which triangle solve_triangular reads, as SciPy says it.
struct TriangularOptions {
  bool lower = false;          ///< the lower one, not the upper
  bool unit_diagonal = false;  ///< the diagonal is 1 and not read
};

/// What slogdet gives: det = sign · exp(logabsdet).
struct SlogdetResult {
  Tensor sign;
  Tensor logabsdet;
};

/// The lower triangular L with L Lᵀ = a.  It is the symmetric part of a, (a + aᵀ)/2, that is decomposed, and the gradient is
/// symmetric, as in JAX.  Throws ShapeError unless the matrices are square, ValueError, saying which leading minor, where
/// one is not positive definite.
GRADUS_API Tensor cholesky(const Tensor& a);

/// The x with a x = b: NumPy's solve.  b is a vector if it has one axis, else matrices; batches broadcast.  Throws ShapeError,
/// naming both shapes, when they do not fit, ValueError, saying which pivot is 0, for a singular matrix.
GRADUS_API Tensor solve(const Tensor& a, const Tensor& b);

/// The same for a triangular a, of which only the triangle is read: the upper one, or the lower one with {.lower = true}.
/// Throws the same.
GRADUS_API Tensor solve_triangular(const Tensor& a, const Tensor& b, const TriangularOptions& options = {});

/// a⁻¹.  Throws ShapeError unless the matrices are square, ValueError, saying which pivot is 0, for a singular one.
GRADUS_API Tensor inv(const Tensor& a);

/// The determinant, 1 of an empty matrix.  Its first and second derivatives are right for singular matrices too.  Throws
/// ShapeError unless the matrices are square.
GRADUS_API Tensor det(const Tensor& a);

/// The sign of the determinant and the logarithm of its size, where it would overflow itself: 0 and −∞ for a singular matrix.
/// `auto [sign, logabsdet] = slogdet(a);`  Throws ShapeError unless the matrices are square.
GRADUS_API SlogdetResult slogdet(const Tensor& a);

}  // namespace gradus
