// Products of matrices and vectors.
#include "autograd/tensor/structural.h"
#include "tools/gradus/functions.h"

namespace gradus::command {

void add_linear_algebra(Definitions& list) {
  const auto product = [&](const char* name, const char* line, Tensor (*f)(const Tensor&, const Tensor&)) {
    list.emplace_back(Theme::linear_algebra, name, "a, b", std::vector<OptionDeclaration>{}, line,
                      [f](const Invocation& c) -> Value { return f(c.tensor(0), c.tensor(1)); });
  };
  product("matmul", "the matrix product a @ b", &matmul);
}

}  // namespace gradus::command
