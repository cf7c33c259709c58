// What << and fmt write of a module.
#include <autograd/autograd.h>
#include <nn/module_formatting.h>
#include <nn/nn.h>

#include <sstream>

#include "tests/catch.h"

namespace module_text_test {

using namespace gradus;

TEST_CASE("a module is its kind, its note and its parameters", "[printing]") {
  const nn::Linear layer(2, 16);
  std::ostringstream out;
  out << layer;
  CHECK(out.str() == "Linear: " + layer.note() + "\n  weight  [16, 2]  32\n  bias    [16]     16");
  CHECK(fmt::format("{}", layer) == out.str());
  const nn::Module& base = layer;
  CHECK(nn::printed(base) == out.str());
}

TEST_CASE("a module is a function like any other to a derivative", "[printing]") {
  nn::Linear layer(2, 3);
  const Tensor x{1.0, 2.0};
  const Tensor rows = jacobian([&](const Tensor& t) { return layer(t); }, x);
  CHECK(jacobian(layer, x).to_vector() == rows.to_vector());
  CHECK(rows.shape() == Shape{3, 2});
}

}  // namespace module_text_test
