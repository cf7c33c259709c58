// Products of matrices and vectors, their parts, systems of equations and decompositions.
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/tensor/ops/diagonal.h"
#include "autograd/tensor/ops/einsum.h"
#include "autograd/tensor/ops/linear_algebra.h"
#include "autograd/tensor/ops/matrix_functions.h"
#include "autograd/tensor/ops/solving.h"
#include "autograd/tensor/ops/spectral.h"
#include "tools/gradus/functions/function_table.h"
#include "tools/gradus/functions/options.h"

namespace gradus::command {

namespace {

using Given = const Invocation&;
using namespace option;  // NOLINT: the words of the table below

OptionDeclaration part() { return whole("part", None{}); }

/// The part that was asked for, counted from the end when negative.
Tensor part_of(Given c, const std::vector<Tensor>& parts) {
  const auto count = static_cast<std::int64_t>(parts.size());
  const std::int64_t part = c.whole("part");
  if (part < -count || part >= count) {
    throw ShapeError(fmt::format("[{}] there is no part {}: there are {}", c.function(), part, count));
  }
  return parts[static_cast<std::size_t>(part < 0 ? part + count : part)];
}

}  // namespace

void add_linear_algebra(Definitions& list) {
  const auto add = [&](const char* name, const char* arguments, std::vector<OptionDeclaration> options,
                       const char* line, std::function<Value(Given)> action) {
    const std::size_t positional = options.size();
    list.push_back(Definition(Theme::linear_algebra, name, arguments, std::move(options), line, std::move(action))
                       .positional(positional));
  };
  const auto product = [&](const char* name, const char* line, Tensor (*f)(const Tensor&, const Tensor&)) {
    add(name, "a, b", {}, line, [f](Given c) -> Value { return f(c.tensor(0), c.tensor(1)); });
  };
  product("matmul", "the matrix product a @ b, of batches and vectors too", &matmul);
  product("dot", "Σ a·b of two vectors", &dot);
  product("outer", "all products of the elements of two vectors", &outer);
  add("vecdot", "a, b", {axis(-1)}, "Σ a·b along an axis",
      [](Given c) -> Value { return vecdot(c.tensor(0), c.tensor(1), c.axis()); });
  add("linear", "x, w, b?", {}, "x wᵀ + b",
      [](Given c) -> Value { return linear(c.tensor(0), c.tensor(1), c.has_argument(2) ? c.tensor(2) : Tensor()); });
  list.push_back(Definition(Theme::linear_algebra, "einsum", "x...", {required_text("spec")},
                            "products summed over axes, as \"ij,jk->ik\" says",
                            [](Given c) -> Value { return einsum(c.text("spec"), c.tensors()); })
                     .leading(1));
  add("trace", "x", {}, "the sum of the diagonal", [](Given c) -> Value { return trace(c.tensor(0)); });
  add("diag", "x", {whole("offset", 0.0)}, "the diagonal of a matrix, or the matrix with a diagonal",
      [](Given c) -> Value { return diag(c.tensor(0), c.whole("offset")); });
  add("diagonal", "x", {whole("offset", 0.0)}, "the diagonals of matrices in the last two axes",
      [](Given c) -> Value { return diagonal(c.tensor(0), c.whole("offset")); });
  add("triu", "x", {whole("offset", 0.0)}, "matrices with zeros below a diagonal",
      [](Given c) -> Value { return triu(c.tensor(0), c.whole("offset")); });
  add("tril", "x", {whole("offset", 0.0)}, "matrices with zeros above a diagonal",
      [](Given c) -> Value { return tril(c.tensor(0), c.whole("offset")); });
  add("cholesky", "a", {}, "the lower triangular L with L @ transpose(L) = a, of the symmetric part of a",
      [](Given c) -> Value { return cholesky(c.tensor(0)); });
  product("solve", "the x with a @ x = b", &solve);
  add("solve_triangular", "a, b", {flag("lower", false), flag("unit_diagonal", false)},
      "the same for the upper triangle of a, or its lower one", [](Given c) -> Value {
        return solve_triangular(c.tensor(0), c.tensor(1),
                                {.lower = c.flag("lower"), .unit_diagonal = c.flag("unit_diagonal")});
      });
  add("inv", "a", {}, "the inverse of a matrix", [](Given c) -> Value { return inv(c.tensor(0)); });
  add("det", "a", {}, "the determinant", [](Given c) -> Value { return det(c.tensor(0)); });
  add("logabsdet", "a", {}, "log |det a|, without overflow",
      [](Given c) -> Value { return slogdet(c.tensor(0)).logabsdet; });
  add("det_sign", "a", {}, "the sign of the determinant", [](Given c) -> Value { return slogdet(c.tensor(0)).sign; });
  add("eigvalsh", "a", {}, "the eigenvalues of a symmetric matrix, ascending",
      [](Given c) -> Value { return eigvalsh(c.tensor(0)); });
  add("eigh", "a", {part()}, "eigenvalues (row or part 0), below them the eigenvectors in columns (part 1)",
      [](Given c) -> Value {
        if (!c.has("part")) return stacked_eigh(c.tensor(0));
        const EighResult out = eigh(c.tensor(0));
        return part_of(c, {out.eigenvalues, out.eigenvectors});
      });
  add("svdvals", "a", {}, "the singular values, descending", [](Given c) -> Value { return svdvals(c.tensor(0)); });
  add("svd", "a", {part()},
      "U, below it the singular values, below them V; as parts 0, 1, 2 U, the values, transpose(V)",
      [](Given c) -> Value {
        if (!c.has("part")) return stacked_svd(c.tensor(0));
        const SVDResult out = svd(c.tensor(0));
        return part_of(c, {out.U, out.S, out.Vh});
      });
  add("qr", "a", {part()}, "a = Q @ R: Q, below it transpose(R); as parts 0 and 1 Q and R", [](Given c) -> Value {
    if (!c.has("part")) return stacked_qr(c.tensor(0));
    const QRResult out = qr(c.tensor(0));
    return part_of(c, {out.Q, out.R});
  });
  add("pinv", "a", {OptionDeclaration("rcond", ValueKind::number, None{})}, "the pseudoinverse", [](Given c) -> Value {
    return pinv(c.tensor(0), c.has("rcond") ? std::optional(c.number("rcond")) : std::nullopt);
  });
  product("lstsq", "the x that brings a @ x nearest to b",
          [](const Tensor& a, const Tensor& b) { return lstsq(a, b).x; });
  add("matrix_power", "a", {whole("n")}, "a @ a @ …, n times",
      [](Given c) -> Value { return matrix_power(c.tensor(0), c.whole("n")); });
  add("expm", "a", {}, "the exponential of a matrix", [](Given c) -> Value { return expm(c.tensor(0)); });
  product("kron", "the Kronecker product", &kron);
  add("tensordot", "a, b", {whole("axes", 2.0)}, "Σ a·b over the last axes of a and the first of b",
      [](Given c) -> Value {
        return tensordot(c.tensor(0), c.tensor(1),
                         static_cast<int>(std::clamp<std::int64_t>(c.whole("axes"), -1, max_rank + 1)));
      });
  add("cross", "a, b", {axis(-1)}, "the cross product of vectors of three numbers",
      [](Given c) -> Value { return cross(c.tensor(0), c.tensor(1), c.axis()); });
}

}  // namespace gradus::command
