// Products of matrices and vectors, and the parts of matrices.
#include <functional>
#include <utility>
#include <vector>

#include "autograd/tensor/ops/diagonal.h"
#include "autograd/tensor/ops/einsum.h"
#include "autograd/tensor/ops/linear_algebra.h"
#include "tools/gradus/functions/function_table.h"
#include "tools/gradus/functions/options.h"

namespace gradus::command {

namespace {

using Given = const Invocation&;
using namespace option;  // NOLINT: the words of the table below

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
}

}  // namespace gradus::command
