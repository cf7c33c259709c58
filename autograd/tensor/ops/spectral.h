// Matrices taken apart: QR, eigenvalues, singular values, and what is made of them, of every matrix in a batch.  Numbers are
// computed by LAPACK (array/decompositions.h); the rules are closed forms in ops of the same set.
//
// An op has one result.  What consists of several arrays is one array here, part below part, of which the functions below
// give slices: views.  So one decomposition serves all parts, their gradients meet before the one rule is run, and the rule
// reads the parts off the result.
#pragma once
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

#include "../../array/decompositions.h"
#include "joining.h"
#include "matrices.h"

namespace gradus {

/// A = Q R for A [m, n] and k the smaller of m and n: Q [m, k], below it Rᵀ [n, k].  Of the first k columns of A, C say, with
/// M = R Gᵣᵀ − G_qᵀ Q: ∂L/∂C = (G_q + Q · the lower triangle of M, mirrored) R⁻ᵀ; what other columns there are is Qᵀ times them.
/// Defined where the first k columns are independent; where not, solve_triangular says so.
struct Qr : Unary {
  static constexpr std::string_view name = "qr";
  static constexpr OpWords words{"Decompose {0} into orthogonal and triangular factors: Q, below it Rᵀ",
                                 "the QR decomposition", "The gradients of both factors go back through R."};
  static constexpr bool structural = true;
  static constexpr std::uint32_t reads(wrt<0>) { return 0b11; }
  [[nodiscard]] GRADUS_API Shape result_shape(std::span<const Shape> x) const;
  [[nodiscard]] Array value(const Array& a) const { return stacked_qr(a); }
  template <class V>
  V vjp(wrt<0>, const V& g, const V& a, const V& y) const;
  template <class V>
  V jvp(wrt<0>, const V& t, const V& a, const V& y) const;
  [[nodiscard]] TaughtRule taught(std::size_t k, const TaughtStep& step) const;
};

/// The eigenvalues λ of (A + Aᵀ)/2 in ascending order, a row, and below them the eigenvectors V, in columns.  As in cholesky it
/// is the symmetric part that is decomposed, and the gradient is symmetric: V (diag(G_λ) + F ⊙ (Vᵀ Gᵥ − Gᵥᵀ V)/2) Vᵀ with
/// F_ij = 1/(λ_j − λ_i), 0 on the diagonal.  Where two eigenvalues are equal their eigenvectors have no derivative and F is
/// infinite; a gradient of exactly 0 there passes nothing on (K7), so that functions of the eigenvalues are not touched by it.
struct Eigh : Unary {
  static constexpr std::string_view name = "eigh";
  static constexpr OpWords words{
      "Find the eigenvalues of {0} (first row) and its eigenvectors (columns below)",
      "the eigenvectors and eigenvalues",
      "Eigenvalues move with what their own eigenvectors see, eigenvectors towards each other the "
      "faster, the closer their eigenvalues are."};
  static constexpr bool structural = true;
  static constexpr std::uint32_t reads(wrt<0>) { return 0b10; }
  [[nodiscard]] GRADUS_API Shape result_shape(std::span<const Shape> x) const;
  [[nodiscard]] Array value(const Array& a) const { return stacked_eigh(a); }
  template <class V>
  V vjp(wrt<0>, const V& g, const V& a, const V& y) const;
  template <class V>
  V jvp(wrt<0>, const V& t, const V& a, const V& y) const;
  [[nodiscard]] GRADUS_API std::string_view convention(const Array& a, const Array& y) const;
  [[nodiscard]] TaughtRule taught(std::size_t k, const TaughtStep& step) const;
};

/// A = U diag(s) Vᵀ for A [m, n] and k the smaller of m and n: U [m, k], below it s, a row in descending order, below that
/// V [n, k].  With F_ij = 1/(s_j² − s_i²), 0 on the diagonal, and skew(X) = X − Xᵀ:
/// ∂L/∂A = U ((F ⊙ skew(UᵀGᵤ)) S + S (F ⊙ skew(VᵀGᵥ)) + diag(Gₛ)) Vᵀ, and where U or V are not square
/// + (1 − U Uᵀ) Gᵤ S⁻¹ Vᵀ + U S⁻¹ Gᵥᵀ (1 − V Vᵀ).  Equal singular values, and those of 0, are what equal eigenvalues are in Eigh.
struct Svd : Unary {
  static constexpr std::string_view name = "svd";
  static constexpr OpWords words{
      "Find the singular values of {0}: U, below it the singular values, below them V",
      "the singular value decomposition",
      "Singular values move with what their own vectors see, vectors towards each other the faster, "
      "the closer their singular values are."};
  static constexpr bool structural = true;
  static constexpr std::uint32_t reads(wrt<0>) { return 0b10; }
  [[nodiscard]] GRADUS_API Shape result_shape(std::span<const Shape> x) const;
  [[nodiscard]] Array value(const Array& a) const { return stacked_svd(a); }
  template <class V>
  V vjp(wrt<0>, const V& g, const V& a, const V& y) const;
  template <class V>
  V jvp(wrt<0>, const V& t, const V& a, const V& y) const;
  [[nodiscard]] GRADUS_API std::string_view convention(const Array& a, const Array& y) const;
  [[nodiscard]] TaughtRule taught(std::size_t k, const TaughtStep& step) const;
};

/// P = A⁺, the Moore–Penrose inverse; singular values of at most rcond times the largest count as 0.  While the rank stays
/// (Golub, Pereyra 1973): dP = −P dA P + P Pᵀ dAᵀ (1 − A P) + (1 − P A) dAᵀ Pᵀ P.  As in JAX that is taken where larger values are
/// left out too, as if they were 0.
struct Pinv : Unary {
  static constexpr std::string_view name = "pinv";
  static constexpr OpWords words{"Take the pseudoinverse of {0}", "the pseudoinverse",
                                 "As for an inverse, and what the matrix does not reach adds its part."};
  static constexpr bool structural = true;
  static constexpr std::uint32_t reads(wrt<0>) { return 0b11; }
  double rcond = -1.0;  // below 0: the larger side times the distance of 1 to the next number
  static constexpr auto fields = field_list(field("rcond", &Pinv::rcond));
  [[nodiscard]] GRADUS_API Shape result_shape(std::span<const Shape> x) const;
  [[nodiscard]] GRADUS_API Array value(const Array& a) const;
  template <class V>
  V vjp(wrt<0>, const V& g, const V& a, const V& p) const;
  template <class V>
  V jvp(wrt<0>, const V& t, const V& a, const V& p) const;
  [[nodiscard]] GRADUS_API std::string_view convention(const Array& a, const Array& p) const;
  [[nodiscard]] TaughtRule taught(std::size_t k, const TaughtStep& step) const;
};

namespace detail {

/// Rows `first` to `first + count` of each matrix: a view.
template <class V>
V some_rows(const V& x, std::int64_t first, std::int64_t count) {
  const Shape shape = shape_of(x);
  return apply(Extract{{}, Window::along(shape, shape.rank() - 2, first, count)}, x);
}
template <class V>
V some_columns(const V& x, std::int64_t first, std::int64_t count) {
  const Shape shape = shape_of(x);
  return apply(Extract{{}, Window::along(shape, shape.rank() - 1, first, count)}, x);
}

/// Matrices with rows of one length below each other, or beside each other.
template <class V>
V below_each_other(std::initializer_list<V> parts) {
  return gradus::apply(Concat{parts.begin()->rank() - 2}, std::span<const V>(parts.begin(), parts.size()));
}
template <class V>
V beside_each_other(std::initializer_list<V> parts) {
  return gradus::apply(Concat{parts.begin()->rank() - 1}, std::span<const V>(parts.begin(), parts.size()));
}

/// An array as a constant among V.
template <class V>
V constant_array(const Array& x) {
  if constexpr (std::same_as<V, Array>) {
    return x;
  } else {
    return V(x);
  }
}

/// [n, n] with one number on the diagonal and another everywhere else.
GRADUS_API Array diagonal_and_rest(std::int64_t n, double diagonal, double rest, DType dtype);

/// Off the diagonal 1/gap, on it 0.
template <class V>
V inverse_gaps(const V& gap) {
  const std::int64_t n = shape_of(gap)[gap.rank() - 1];
  return constant_array<V>(diagonal_and_rest(n, 0.0, 1.0, gap.dtype())) /
         (gap + constant_array<V>(diagonal_and_rest(n, 1.0, 0.0, gap.dtype())));
}

/// The matrix with a row of numbers on its diagonal, and back.
template <class V>
V row_on_diagonal(const V& row) {
  const Shape shape = shape_of(row);
  const std::int64_t n = shape[shape.rank() - 1];
  std::vector<std::int64_t> sizes(shape.begin(), shape.end() - 2);
  sizes.push_back(n);
  const Shape flat{std::span<const std::int64_t>(sizes)};
  return apply(DiagonalMatrix{{}, n, n, 0}, apply(Reshape{{}, flat}, row));
}
template <class V>
V diagonal_as_row(const V& square) {
  const Shape shape = shape_of(square);
  return apply(Reshape{{}, with_last(shape, {1, shape[shape.rank() - 1]})}, apply(Diagonal{{}, 0}, square));
}

/// X − Xᵀ.
template <class V>
V skew(const V& x) {
  return x - each_transposed(x);
}

/// The parts of a stacked decomposition.
template <class V>
struct QrParts {
  V q;
  V transposed_r;
  QrParts(const V& y, std::int64_t m)
      : q(some_rows(y, 0, m)), transposed_r(some_rows(y, m, shape_of(y)[y.rank() - 2] - m)) {}
};
template <class V>
struct EighParts {
  V values;  // a row
  V vectors;
  explicit EighParts(const V& y) : values(some_rows(y, 0, 1)), vectors(some_rows(y, 1, shape_of(y)[y.rank() - 1])) {}
};
template <class V>
struct SvdParts {
  V u;
  V s;  // a row
  V v;
  SvdParts(const V& y, std::int64_t m)
      : u(some_rows(y, 0, m)), s(some_rows(y, m, 1)), v(some_rows(y, m + 1, shape_of(y)[y.rank() - 2] - m - 1)) {}
};

}  // namespace detail

// ------------------------------------------------------------------------------------------ the ops as users call them

/// What qr gives, with the names of NumPy.
struct QRResult {
  Tensor Q;
  Tensor R;
};
/// What eigh gives, with the names of NumPy.
struct EighResult {
  Tensor eigenvalues;
  Tensor eigenvectors;
};
/// What svd gives, with the names of NumPy.
struct SVDResult {
  Tensor U;
  Tensor S;
  Tensor Vh;
};
/// What lstsq gives, in the order of NumPy.
struct LstsqResult {
  Tensor x;
  Tensor residuals;        ///< Σ (b − a x)² of each column of b
  Tensor rank;             ///< of each matrix: how many singular values count
  Tensor singular_values;  ///< of a
};

/// a = Q R with orthonormal columns in Q [..., m, k] and an upper triangular R [..., k, n], k the smaller of m and n: NumPy's
/// "reduced" form.  Signs are LAPACK's.  Differentiable where the first k columns are independent.
/// `auto [q, r] = qr(a);`  Throws ShapeError for fewer than two axes.
GRADUS_API QRResult qr(const Tensor& a);

/// The eigenvalues [..., n] of a symmetric matrix in ascending order, and its eigenvectors in the columns of [..., n, n]; of the
/// symmetric part (a + aᵀ)/2, with a symmetric gradient, as in JAX.  Where eigenvalues are equal, their eigenvectors have no
/// derivative: gradients that depend on them are not finite there.  `auto [values, vectors] = eigh(a);`  Throws ShapeError
/// unless the matrices are square, ValueError for numbers that are not finite.
GRADUS_API EighResult eigh(const Tensor& a);
/// The eigenvalues alone.
GRADUS_API Tensor eigvalsh(const Tensor& a);

/// a = U diag(S) Vh: U [..., m, k], the singular values [..., k] in descending order and Vh [..., k, n], k the smaller of m
/// and n.  Where singular values are equal or 0 their vectors have no derivative, as those of equal eigenvalues.
/// `auto [u, s, vh] = svd(a);`  Throws ShapeError for fewer than two axes, ValueError for numbers that are not finite.
GRADUS_API SVDResult svd(const Tensor& a);
/// The singular values alone.
GRADUS_API Tensor svdvals(const Tensor& a);

/// What the decompositions are made of, all parts in one array, as the ops give them: Q and below it Rᵀ; the eigenvalues in a row
/// and below it the eigenvectors; U, below it the singular values, below them V.  They throw as qr, eigh and svd do.
GRADUS_API Tensor stacked_qr(const Tensor& a);
GRADUS_API Tensor stacked_eigh(const Tensor& a);
GRADUS_API Tensor stacked_svd(const Tensor& a);

/// The Moore–Penrose inverse [..., n, m].  Singular values of at most rcond times the largest count as 0; by default that is
/// the larger side times the dtype's epsilon.  The derivative is that at constant rank, and takes
/// what is left out for 0, as JAX does: exact where it is.  Throws as svd does.
GRADUS_API Tensor pinv(const Tensor& a, std::optional<double> rcond = std::nullopt);

/// The x that brings a x nearest to b, of several the shortest: pinv(a) b, for a [..., m, n] and b [m] or [..., m, k], with what
/// NumPy's lstsq gives beside it.  rcond is that of pinv.  Throws ShapeError, naming both shapes, when they do not fit.
GRADUS_API LstsqResult lstsq(const Tensor& a, const Tensor& b, std::optional<double> rcond = std::nullopt);

}  // namespace gradus
