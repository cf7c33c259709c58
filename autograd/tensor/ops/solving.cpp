#include "autograd/tensor/ops/solving.h"

#include <fmt/format.h>

#include <vector>

#include "autograd/base/error.h"
#include "autograd/math/typeset.h"
#include "autograd/tensor/boxed_rule.h"
#include "autograd/tensor/ops/shape_checks.h"

namespace gradus {

namespace {

Shape square(std::string_view op, const Shape& x) {
  if (x.rank() < 2 || x[x.rank() - 1] != x[x.rank() - 2]) detail::refuse_shape(op, "a square matrix is needed", x);
  return x;
}

Shape one_number_each(std::string_view op, const Shape& x) { return detail::batch_axes(square(op, x)); }

ShapeError misfit(std::string_view op, std::string_view what, const Shape& a, const Shape& b) {
  return ShapeError(fmt::format("[{}] {}: {} and {}", op, what, to_string(a), to_string(b)));
}

/// The shape of the solution for matrices of one batch.
Shape solution(std::string_view op, const Shape& a, const Shape& b) {
  square(op, a);
  if (b.rank() < 2 || b[b.rank() - 2] != a[a.rank() - 1])
    throw misfit(op, "as many rows on both sides are needed", a, b);
  if (detail::batch_axes(a) != detail::batch_axes(b)) throw misfit(op, "the batches differ", a, b);
  return b;
}

/// The op on operands of one dtype and batch; a vector on the right is a column.
template <class Op>
Tensor solved(const Op& op, const Tensor& a, const Tensor& b) {
  square(Op::name, a.shape());
  const bool is_vector = b.rank() == 1;
  if (b.rank() == 0 || b.shape()[is_vector ? 0 : b.rank() - 2] != a.shape()[a.rank() - 1]) {
    throw misfit(Op::name, "as many rows on both sides are needed", a.shape(), b.shape());
  }
  const Tensor right = is_vector ? reshape(b, {b.size(), 1}) : b;
  const DType dtype = promote(a.dtype(), b.dtype());
  const Shape batch = broadcast(detail::batch_axes(a.shape()), detail::batch_axes(right.shape()), Op::name);
  const auto spread = [&](const Tensor& x) {
    const Shape own = x.shape();
    std::vector<std::int64_t> sizes(batch.begin(), batch.end());
    sizes.insert(sizes.end(), own.end() - 2, own.end());
    const Shape shape{std::span<const std::int64_t>(sizes)};
    return cast(own == shape ? x : broadcast_to(x, shape), dtype);
  };
  const Tensor x = apply(op, spread(a), spread(right));
  if (!is_vector) return x;
  const Shape shape = x.shape();
  return reshape(x, Shape(shape.sizes().first(static_cast<std::size_t>(shape.rank()) - 1)));
}

}  // namespace

Shape Cholesky::result_shape(std::span<const Shape> x) const { return square(name, x[0]); }
Shape SolveTriangular::result_shape(std::span<const Shape> x) const { return solution(name, x[0], x[1]); }
Shape Solve::result_shape(std::span<const Shape> x) const { return solution(name, x[0], x[1]); }
Shape Inv::result_shape(std::span<const Shape> x) const { return square(name, x[0]); }
Shape Det::result_shape(std::span<const Shape> x) const { return one_number_each(name, x[0]); }
Shape LogAbsDet::result_shape(std::span<const Shape> x) const { return one_number_each(name, x[0]); }
Shape DetSign::result_shape(std::span<const Shape> x) const { return one_number_each(name, x[0]); }

Tensor cholesky(const Tensor& a) {
  square(Cholesky::name, a.shape());
  return apply(Cholesky{}, a);
}

Tensor solve(const Tensor& a, const Tensor& b) { return solved(Solve{}, a, b); }

Tensor solve_triangular(const Tensor& a, const Tensor& b, const TriangularOptions& options) {
  return solved(SolveTriangular{{}, options.lower, options.unit_diagonal}, a, b);
}

Tensor inv(const Tensor& a) {
  square(Inv::name, a.shape());
  return apply(Inv{}, a);
}

Tensor det(const Tensor& a) {
  square(Det::name, a.shape());
  return apply(Det{}, a);
}

SlogdetResult slogdet(const Tensor& a) {
  square("slogdet", a.shape());
  // One decomposition for both.
  const SignAndLog both = slogdet(a.value());
  const std::array operands{detail::Operand{&a.value(), a.record().get()}};
  return {detail::finish(DetSign{}, operands, both.sign), detail::finish(LogAbsDet{}, operands, both.log)};
}

// ------------------------------------------------------------------------------- the rules as they are taught (taught_rule.h)

namespace {

Formula transposed_inverse(const Formula& a) { return Formula::transposed(detail::call_on("inv", a)); }

/// −f(Aᵀ, G) Xᵀ for the matrix and f(Aᵀ, G) for the right side, where f solves a system.
TaughtRule taught_solution(std::size_t k, const TaughtStep& step, const Formula& back, std::string_view kept) {
  if (k == 1) return {back, "the transposed matrix takes the gradient back to the right side"};
  const Formula outer = Formula::matrix_product(back, Formula::transposed(step.y));
  return {kept.empty() ? bind(Neg{}, outer) : bind(Neg{}, detail::call_on(kept, outer)),
          fmt::format("a step d{0} moves {1} by −{0}⁻¹ d{0} {1}", text::typeset(step.x[0].text()),
                      text::typeset(step.y.text()))};
}

}  // namespace

TaughtRule Cholesky::taught(std::size_t, const TaughtStep& step) const {
  const Formula back = transposed_inverse(step.y);
  const Formula middle = detail::call_on("Φ", Formula::matrix_product(Formula::transposed(step.y), step.gradient));
  return {detail::call_on("symmetric", Formula::matrix_product(Formula::matrix_product(back, middle),
                                                               detail::call_on("inv", step.y))),
          "Φ keeps the lower triangle and half of the diagonal; symmetric(S) = (S + Sᵀ)/2"};
}

TaughtRule SolveTriangular::taught(std::size_t k, const TaughtStep& step) const {
  std::vector<Formula> options;
  if (!lower) options.emplace_back(std::string("lower=true"));
  if (unit_diagonal) options.emplace_back(std::string("unit_diagonal=true"));
  return taught_solution(k, step,
                         detail::call_on("solve_triangular", Formula::transposed(step.x[0]), step.gradient, options),
                         lower ? "tril" : "triu");
}

TaughtRule Solve::taught(std::size_t k, const TaughtStep& step) const {
  return taught_solution(k, step, detail::call_on("solve", Formula::transposed(step.x[0]), step.gradient, {}), "");
}

TaughtRule Inv::taught(std::size_t, const TaughtStep& step) const {
  const Formula y = Formula::transposed(step.y);
  return {bind(Neg{}, Formula::matrix_product(Formula::matrix_product(y, step.gradient), y)),
          fmt::format("a step d{0} moves the inverse by −{0}⁻¹ d{0} {0}⁻¹", text::typeset(step.x[0].text()))};
}

TaughtRule Det::taught(std::size_t, const TaughtStep& step) const {
  return {
      Formula::product(Formula::product(step.gradient, step.y), transposed_inverse(step.x[0])),
      "each number receives its cofactor times the gradient; that is what the formula says where A can be inverted"};
}

TaughtRule LogAbsDet::taught(std::size_t, const TaughtStep& step) const {
  return {Formula::product(step.gradient, transposed_inverse(step.x[0])), ""};
}

TaughtRule DetSign::taught(std::size_t, const TaughtStep&) const {
  return {Formula(0.0), "a sign does not change when the numbers move a little"};
}

Tensor Det::plain_vjp(std::size_t, const Tensor& g, std::span<const Tensor> x, const Tensor& y) const {
  for (const double determinant : y.to_vector()) {
    if (determinant == 0.0) return vjp(wrt<0>{}, g, x[0], y);
  }
  const Shape shape = x[0].shape();
  return detail::for_each_matrix(g * y, shape) * detail::each_transposed(apply(Inv{}, x[0]));
}

Tensor DetSign::plain_vjp(std::size_t, const Tensor&, std::span<const Tensor> x, const Tensor&) const {
  return Tensor(Array::zeros(x[0].shape(), x[0].dtype()));
}

// Saved graphs name these (save/saved_ops.cpp).
template const detail::RuleEntry& detail::unlisted_rule<Cholesky>();
template const detail::RuleEntry& detail::unlisted_rule<SolveTriangular>();
template const detail::RuleEntry& detail::unlisted_rule<Solve>();
template const detail::RuleEntry& detail::unlisted_rule<Inv>();
template const detail::RuleEntry& detail::unlisted_rule<Det>();
template const detail::RuleEntry& detail::unlisted_rule<LogAbsDet>();
template const detail::RuleEntry& detail::unlisted_rule<DetSign>();

}  // namespace gradus
