// Derivations: what they say, and what they refuse.
#include "autograd/derive/derivation.h"

#include <cmath>
#include <fstream>
#include <sstream>
#include <string>

#include "autograd/autograd.h"
#include "autograd/derive/write/derivation_text.h"
#include "autograd/tensor/ops/convolution.h"
#include "autograd/tensor/ops/diagonal.h"
#include "autograd/tensor/ops/indexing.h"
#include "autograd/tensor/ops/joining.h"
#include "autograd/tensor/ops/linear_algebra.h"
#include "autograd/tensor/ops/pooling.h"
#include "autograd/tensor/ops/reductions.h"
#include "tests/catch.h"
#include "tests/reference/with_gradients.h"

using namespace gradus;
using gradus::reference::with_gradients;

namespace derivation_test {

namespace {

std::string expected(const std::string& name) {
  std::ifstream file(std::string(GRADUS_TEST_DATA) + "/derivations/" + name);
  REQUIRE(file.good());
  std::ostringstream all;
  all << file.rdbuf();
  return all.str();
}

std::string text_of(const Graph& graph, int digits = 6) {
  DerivationOptions options;
  options.digits = digits;
  return to_text(graph, derivation(graph, options));
}

Tensor published_neuron() {
  Tensor x1 = variable(2.0, "x1"), x2 = variable(0.0, "x2"), w1 = parameter(-3.0, "w1"), w2 = parameter(1.0, "w2");
  Tensor b = parameter(6.8813735870195432, "b");
  Tensor p1 = x1 * w1;
  Tensor p2 = x2 * w2;
  Tensor n = p1 + p2 + b;
  n.set_name("n");
  Tensor o = tanh(n);
  o.set_name("o");
  return o;
}

}  // namespace

TEST_CASE("derivation: a layer, with the shapes of its products and the sum over the batch", "[derivation]") {
  Tensor x = variable(Array({3, 2}, {1, 2, 3, 4, 5, 6}), "X");
  Tensor w = parameter(Array({2, 2}, {1, -1, 0.5, 2}), "W");
  Tensor b = parameter(Array({2}, {0.5, -0.5}), "b");
  const std::string text = text_of(with_gradients(mean(relu(matmul(x, w) + b))));
  CHECK(text == expected("layer.txt"));
  CHECK(text.find("= Xᵀ G = ") != std::string::npos);
  CHECK(text.find("(2×3)(3×2) = (2×2)") != std::string::npos);
}

TEST_CASE("derivation: the gradients in the table are the graph's, and the differences agree", "[derivation]") {
  const Graph graph = with_gradients(published_neuron());
  const Derivation derived = derivation(graph);
  REQUIRE(derived.checks.size() == 5);
  for (const DerivationCheck& check : derived.checks) {
    const Slot& slot = graph.slots()[static_cast<std::size_t>(check.slot)];
    CHECK(check.gradient.item() == slot.gradient.item());
    REQUIRE(check.difference.defined());
    CHECK(std::fabs(check.difference.item() - check.gradient.item()) < 1e-8);
  }
}

TEST_CASE("derivation: what cannot be derived", "[derivation]") {
  Tensor x = variable(2.0, "x");
  CHECK_THROWS_AS(derivation(Graph(x * x)), GraphError);
  Graph two({x * x, x + 1.0});
  two.compute_gradients();
  CHECK_THROWS_WITH(derivation(two), "[derivation] the graph has 2 outputs: derive one at a time");
}

TEST_CASE("derivation: names cannot act on a terminal", "[derivation]") {
  Tensor x = variable(2.0, "\x1b[31mred");
  const Graph graph = with_gradients(x * x);
  const Derivation derived = derivation(graph);
  CHECK(to_text(graph, derived).find('\x1b') == std::string::npos);
  CHECK(to_text(graph, derived, {"", true}).find("\x1b[31m") == std::string::npos);
}

TEST_CASE("derivation: rules as a teacher writes them", "[derivation]") {
  const auto has = [](const Tensor& y, const std::string& line) {
    const std::string text = text_of(with_gradients(y));
    INFO(text);
    INFO(line);
    CHECK(text.find(line) != std::string::npos);
  };
  const Tensor x = variable(-3.0, "x"), z = variable(2.0, "z");
  const Tensor a = variable(Array({2, 3}, {1, 2, 3, 4, 5, 6}), "A");
  has(pow(x, 3.0), "∂y/∂x = 3x² = 3·(−3)² = 27\n");
  has(pow(z, -1.0), "∂y/∂z = −z^(−2) = −2^(−2) = −0.25\n");
  has(tanh(x), "∂y/∂x = 1 − y² = 1 − (−0.99505475)² = ");
  has(x * x, "y = x² = −3·(−3) = 9\n");
  const Tensor product = x * z;
  has(product - z, "y = v₁ − z = −6 − 2 = −8\n");
  has(z - product, "y = z − v₁ = 2 − (−6) = 8\n");
  has(sum(square(a)), "∂y/∂v₁ = G spread over (2×3) = [[1, 1, 1], [1, 1, 1]]   (2×3)\n");
  has(sum(square(a)), "∂y/∂A = G ⊙ 2A = [[2, 4, 6], [8, 10, 12]]   (2×3)\n");
  has(mean(a), "∂y/∂A = G/6 spread over (2×3) = ");
  has(sum(-a), "∂y/∂A = −G = ");
  has(sum(square(reshape(a, {6}))), "= G reshaped to (2×3) = ");
  has(norm(a), "∂y/∂A = G ⊙ A/y = ");
  has(sum(matmul(transpose(a), a)), "(∂y/∂v₁)ᵀ");
}

TEST_CASE("derivation: what people are not told is not made up", "[derivation]") {
  const Tensor x = variable(Array({1, 1}, {2.0}), "x");
  const std::string text = text_of(with_gradients(reshape(x, {1}) * 3.0));
  CHECK(text.find("∂2/∂2") == std::string::npos);
  CHECK(text.find("∂₂") == std::string::npos);
  CHECK(text.find("∂y/∂x = ") != std::string::npos);
}

TEST_CASE("derivation: calls say what they say behind their arguments", "[derivation]") {
  const Tensor x = variable(Array({2, 3}, {1, 2, 3, 3, 4, 5}), "x");
  const auto told = [](const Tensor& y) {
    const Graph graph = with_gradients(y);
    return to_text(graph, derivation(graph), {"", false});
  };
  const auto has = [](const std::string& text, const std::string& part) {
    INFO(text);
    CHECK(text.find(part) != std::string::npos);
  };
  has(told(sum(sum(x, 0))), "v₁ = sum(x, axis=0)");
  has(told(sum(x)), "y = sum(x) = 18");
  has(told(sum(norm(x, 1.0, 1))), "v₁ = norm(x, axis=1, p=1)");
  const std::string sliced = told(sum(ops::slice(x, {Slice(1, std::nullopt), Slice({}, {}, 2)})));
  has(sliced, "v₁ = slice(x, [1:, ::2]) = [[3, 5]]");
  has(sliced, "∂y/∂x = pad(G, [1:, ::2])");
  has(told(sum(ops::slice(x, {0, -1}))), "slice(x, [0, 2])");
  has(told(sum(flip(x, {0}))), "slice(x, [::-1])");
  const std::string padded = told(sum(pad(x, {1, 2})));
  has(padded, "v₁ = pad(x, (1, 2))");
  has(padded, "∂y/∂x = slice(G, [:, 1:4])");
  has(told(sum(take(x, Indices{1, 0, 1}, 1))), "scatter_add(G, [1, 0, 1], axis=1)");
  has(told(sum(triu(x, 1))), "triu(x, offset=1)");
  const Tensor image = variable(Array({1, 1, 3, 3}, {1, 2, 3, 3, 4, 5, 1, 2, 0}), "i");
  const Tensor kernel = variable(Array({1, 1, 2, 2}, {1, 0, 2, 1}), "k");
  has(told(sum(conv2d(image, kernel, {}, {.stride = 2, .padding = 1}))), "conv(i, k, stride=2, padding=1)");
  has(told(sum(max_pool2d(image, 2, {.stride = 1}))), "max_pool(i, kernel=2, stride=1)");
}

TEST_CASE("derivation: products of a batch are added up", "[derivation]") {
  const Tensor x(Array({2, 2, 2}, {1, 2, 0, 1, 3, -1, 2, 2}), "x");
  const Tensor w = parameter(Array({2, 3}, {1, 0, 2, -1, 1, 1}), "w");
  const Graph graph = with_gradients(sum(square(matmul(x, w))));
  const std::string text = to_text(graph, derivation(graph), {"", false});
  INFO(text);
  CHECK(text.find("∂y/∂w = Σ(xᵀ G)") != std::string::npos);
  CHECK(text.find("Σ (2×2×2)(2×2×3) = (2×3)") != std::string::npos);
  CHECK(text.find("Σ adds up 2 products; the sum adds up what the 4 rows of the batch x") != std::string::npos);
}

TEST_CASE("derivation: every part of a sum shows its rule", "[derivation]") {
  const Tensor x = variable(4.0, "x");
  const Graph graph = with_gradients(sqrt(x) + x);
  const std::string text = to_text(graph, derivation(graph), {"", false});
  INFO(text);
  CHECK(text.find("v₁ = √x = √4 = 2\n") != std::string::npos);
  CHECK(text.find("∂y/∂v₁·∂v₁/∂x = ∂y/∂v₁·0.5/v₁ = 1·0.5/2 = 1·0.25 = 0.25\n") != std::string::npos);
  CHECK(text.find("∂y/∂x = 1 + ∂y/∂v₁·∂v₁/∂x = 1 + 1·0.25 = 1 + 0.25 = 1.25\n") != std::string::npos);
}

}  // namespace derivation_test
