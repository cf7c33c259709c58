#include "autograd/tensor/ops/spectral.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/tensor/boxed_rule.h"
#include "autograd/tensor/ops/shape_checks.h"
#include "autograd/tensor/ops/spectral_rules.h"

namespace gradus {

namespace {

/// Sides of the matrices: rows, columns, and the smaller of them.
struct Sides {
  std::int64_t m;
  std::int64_t n;
  std::int64_t k;
  Sides(std::string_view op, const Shape& x) {
    detail::require_matrices(op, x);
    m = x[x.rank() - 2];
    n = x[x.rank() - 1];
    k = std::min(m, n);
  }
};

void require_square_for(std::string_view op, const Shape& x) {
  if (x.rank() < 2 || x[x.rank() - 1] != x[x.rank() - 2]) detail::refuse_shape(op, "a square matrix is needed", x);
}

double usual_rcond(const Array& a) {
  const Shape shape = a.shape();
  const double epsilon = a.dtype() == DType::float32 ? double{std::numeric_limits<float>::epsilon()}
                                                     : std::numeric_limits<double>::epsilon();
  return epsilon * static_cast<double>(std::max(shape[shape.rank() - 2], shape[shape.rank() - 1]));
}

/// The place before the last: whole axes of the batch, and these rows.
Tensor row_of_each(const Tensor& stacked, std::int64_t row) {
  std::vector<Slice> slices(static_cast<std::size_t>(stacked.rank()) - 2);
  slices.emplace_back(row);
  return ops::slice(stacked, slices);
}

/// Whether two neighbours in some row of each matrix are equal.
bool has_equal_neighbours(const Array& rows) {
  const std::int64_t n = rows.sizes().back();
  const std::vector<double> all = rows.to_vector();
  for (std::size_t i = 1; i < all.size(); ++i) {
    if (static_cast<std::int64_t>(i) % n != 0 && all[i] == all[i - 1]) return true;
  }
  return false;
}

}  // namespace

namespace detail {

Array diagonal_and_rest(std::int64_t n, double diagonal, double rest, DType dtype) {
  std::vector<double> values(static_cast<std::size_t>(n * n), rest);
  for (std::int64_t i = 0; i < n; ++i) values[static_cast<std::size_t>(i * (n + 1))] = diagonal;
  return Array({n, n}, values).to(dtype);
}

}  // namespace detail

Shape Qr::result_shape(std::span<const Shape> x) const {
  const Sides a(name, x[0]);
  return detail::with_last(x[0], {a.m + a.n, a.k});
}
Shape Eigh::result_shape(std::span<const Shape> x) const {
  require_square_for(name, x[0]);
  const Sides a(name, x[0]);
  return detail::with_last(x[0], {a.n + 1, a.n});
}
Shape Svd::result_shape(std::span<const Shape> x) const {
  const Sides a(name, x[0]);
  return detail::with_last(x[0], {a.m + 1 + a.n, a.k});
}
Shape Pinv::result_shape(std::span<const Shape> x) const {
  const Sides a(name, x[0]);
  return detail::with_last(x[0], {a.n, a.m});
}

Array Pinv::value(const Array& a) const { return gradus::pinv(a, rcond < 0.0 ? usual_rcond(a) : rcond); }

std::string_view Eigh::convention(const Array&, const Array& y) const {
  if (y.size() == 0 || !has_equal_neighbours(detail::EighParts<Array>(y).values)) return "";
  return "equal eigenvalues have no derivatives one by one, only together, and their eigenvectors none at all";
}

std::string_view Svd::convention(const Array& a, const Array& y) const {
  if (y.size() == 0) return "";
  const Array s = detail::SvdParts<Array>(y, a.sizes()[static_cast<std::size_t>(a.rank()) - 2]).s;
  if (has_equal_neighbours(s)) {
    return "equal singular values have no derivatives one by one, only together, and their vectors none at all";
  }
  for (const double x : s.to_vector()) {
    if (x == 0.0) return "a singular value of 0 has no derivative: it cannot become negative";
  }
  return "";
}

Tensor stacked_qr(const Tensor& a) {
  detail::require_matrices(Qr::name, a.shape());
  return apply(Qr{}, a);
}

Tensor stacked_eigh(const Tensor& a) {
  require_square_for(Eigh::name, a.shape());
  return apply(Eigh{}, a);
}

Tensor stacked_svd(const Tensor& a) {
  detail::require_matrices(Svd::name, a.shape());
  return apply(Svd{}, a);
}

std::string_view Pinv::convention(const Array& a, const Array& p) const {
  if (rcond < 0.0 || a.size() == 0) return "";
  // A P A is A without what was left out.
  const std::vector<double> kept = gradus::matmul(gradus::matmul(a, p), a).to_vector();
  const std::vector<double> all = a.to_vector();
  double missing = 0.0;
  double size = 0.0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    missing = std::max(missing, std::abs(all[i] - kept[i]));
    size = std::max(size, std::abs(all[i]));
  }
  if (missing <= (a.dtype() == DType::float32 ? 1e-4 : 1e-10) * size) return "";
  return "singular values that are left out of a pseudoinverse, and are not 0, are taken for 0 in its derivative";
}

QRResult qr(const Tensor& a) {
  const Sides sides(Qr::name, a.shape());
  const detail::QrParts<Tensor> parts(apply(Qr{}, a), sides.m);
  return {parts.q, detail::each_transposed(parts.transposed_r)};
}

EighResult eigh(const Tensor& a) {
  require_square_for(Eigh::name, a.shape());
  const Tensor stacked = apply(Eigh{}, a);
  return {row_of_each(stacked, 0), detail::some_rows(stacked, 1, a.shape()[a.rank() - 1])};
}

Tensor eigvalsh(const Tensor& a) {
  require_square_for("eigvalsh", a.shape());
  return row_of_each(apply(Eigh{}, a), 0);
}

SVDResult svd(const Tensor& a) {
  const Sides sides(Svd::name, a.shape());
  const Tensor stacked = apply(Svd{}, a);
  return {detail::some_rows(stacked, 0, sides.m), row_of_each(stacked, sides.m),
          detail::each_transposed(detail::some_rows(stacked, sides.m + 1, sides.n))};
}

Tensor svdvals(const Tensor& a) {
  const Sides sides("svdvals", a.shape());
  return row_of_each(apply(Svd{}, a), sides.m);
}

Tensor pinv(const Tensor& a, std::optional<double> rcond) {
  detail::require_matrices(Pinv::name, a.shape());
  if (rcond && !(*rcond >= 0.0)) throw ValueError(fmt::format("[pinv] rcond is at least 0, and not {}", *rcond));
  return apply(Pinv{{}, rcond.value_or(-1.0)}, a);
}

LstsqResult lstsq(const Tensor& a, const Tensor& b, std::optional<double> rcond) {
  const Sides sides("lstsq", a.shape());
  const bool is_vector = b.rank() == 1;
  if (b.rank() == 0 || b.shape()[is_vector ? 0 : b.rank() - 2] != sides.m) {
    throw ShapeError(fmt::format("[lstsq] as many rows on both sides are needed: {} and {}", to_string(a.shape()),
                                 to_string(b.shape())));
  }
  const Tensor x = matmul(pinv(a, rcond), b);
  const Tensor rest = b - matmul(a, x);
  const Tensor s = svdvals(a);
  const double cut = rcond.value_or(usual_rcond(a.value()));
  const Tensor counted = sides.k == 0 ? s : bind(Greater{}, s, ops::slice(s, Slice(0, 1), -1) * cut);
  return {x, sum(rest * rest, is_vector ? -1 : -2), sum(counted, -1), s};
}

// ------------------------------------------------------------------------------- the rules as they are taught (taught_rule.h)

namespace {

/// Rows of a stacked array: y[1:], and in a batch y[..., 1:, :].
Formula rows_of(const Formula& stacked, const std::string& rows, const TaughtStep& step) {
  return Formula(stacked.text() + (step.shape.rank() == 2 ? "[" + rows + "]" : "[..., " + rows + ", :]"));
}

Formula three(const Formula& a, const Formula& b, const Formula& c) {
  return Formula::matrix_product(Formula::matrix_product(a, b), c);
}

}  // namespace

TaughtRule Qr::taught(std::size_t, const TaughtStep& step) const {
  const std::string m = std::to_string(step.shape[step.shape.rank() - 2]);
  const Formula q = rows_of(step.y, ":" + m, step);
  const Formula r = Formula::transposed(rows_of(step.y, m + ":", step));
  const Formula gq = rows_of(step.gradient, ":" + m, step);
  const Formula gr = rows_of(step.gradient, m + ":", step);
  const Formula inner = Formula::matrix_product(r, gr) - Formula::matrix_product(Formula::transposed(gq), q);
  const bool wide = step.shape[step.shape.rank() - 2] < step.shape[step.shape.rank() - 1];
  return {Formula::matrix_product(gq + Formula::matrix_product(q, detail::call_on("mirrored", inner)),
                                  Formula::transposed(detail::call_on("inv", r))),
          wide ? fmt::format(
                     "that is for the first {} columns, with what the others add to the gradient of Q; mirrored takes "
                     "the lower triangle for the upper one too",
                     m)
               : "the first rows are Q, those below are Rᵀ; mirrored takes the lower triangle for the upper one too"};
}

TaughtRule Eigh::taught(std::size_t, const TaughtStep& step) const {
  const Formula v = rows_of(step.y, "1:", step);
  const Formula turned = Formula::matrix_product(Formula::transposed(v), rows_of(step.gradient, "1:", step));
  const Formula inner =
      detail::call_on("diag", rows_of(step.gradient, "0", step)) + detail::times(Formula(std::string("F")), turned);
  return {detail::call_on("symmetric", three(v, inner, Formula::transposed(v))),
          "row 0 has the eigenvalues λ, the rows below the eigenvectors; F[i, j] = 1/(λ[j] − λ[i]), 0 on the diagonal; "
          "symmetric(S) = (S + Sᵀ)/2"};
}

TaughtRule Svd::taught(std::size_t, const TaughtStep& step) const {
  const std::int64_t m = step.shape[step.shape.rank() - 2];
  const std::int64_t n = step.shape[step.shape.rank() - 1];
  const std::string to_u = fmt::format(":{}", m);
  const std::string at_s = fmt::format("{}", m);
  const std::string to_v = fmt::format("{}:", m + 1);
  const auto skewed = [&](const std::string& part) {
    return detail::times(
        Formula(std::string("F")),
        detail::call_on("skew", Formula::matrix_product(Formula::transposed(rows_of(step.y, part, step)),
                                                        rows_of(step.gradient, part, step))));
  };
  const Formula s = detail::call_on("diag", rows_of(step.y, at_s, step));
  const Formula inner = Formula::matrix_product(skewed(to_u), s) + Formula::matrix_product(s, skewed(to_v)) +
                        detail::call_on("diag", rows_of(step.gradient, at_s, step));
  return {
      three(rows_of(step.y, to_u, step), inner, Formula::transposed(rows_of(step.y, to_v, step))),
      fmt::format("the rows are U, then the singular values s, then V; F[i, j] = 1/(s[j]² − s[i]²), 0 on the diagonal; "
                  "skew(X) = X − Xᵀ{}",
                  m == n ? "" : "; what leads out of the space of the vectors comes to it, divided by s")};
}

TaughtRule Pinv::taught(std::size_t, const TaughtStep& step) const {
  const Formula& a = step.x[0];
  const Formula& p = step.y;
  const Formula t = Formula::transposed(p);
  const Formula back = Formula::transposed(step.gradient);
  const Formula identity{std::string("I")};
  return {three(identity - Formula::matrix_product(a, p), back, Formula::matrix_product(p, t)) +
              three(Formula::matrix_product(t, p), back, identity - Formula::matrix_product(p, a)) -
              three(t, step.gradient, t),
          "the last part is that of an inverse; the others belong to what the matrix does not reach"};
}

// Saved graphs name these (save/saved_ops.cpp).
template const detail::RuleEntry& detail::unlisted_rule<Qr>();
template const detail::RuleEntry& detail::unlisted_rule<Eigh>();
template const detail::RuleEntry& detail::unlisted_rule<Svd>();
template const detail::RuleEntry& detail::unlisted_rule<Pinv>();

}  // namespace gradus
