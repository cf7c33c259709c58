// Results in letters: as short as in the textbooks, and right wherever something is said.
#include "autograd/derive/symbolic.h"

#include <cstddef>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "autograd/autograd.h"
#include "autograd/derive/derivation.h"
#include "autograd/derive/write/derivation_text.h"
#include "autograd/math/typeset.h"
#include "tests/catch.h"
#include "tests/reference/with_gradients.h"

using namespace gradus;
using gradus::reference::with_gradients;

namespace symbolic_test {

namespace {

Tensor named(Tensor x, const char* name) {
  x.set_name(name);
  return x;
}

/// The gradient of the leaf of this name, as it is printed; empty where nothing is said.
std::string letters(const Graph& graph, const std::string& leaf) {
  const Derivation derived = derivation(graph);
  for (const SymbolicGradient& one : symbolic_gradients(graph, derived.symbols, 300).gradients) {
    if (graph.slots()[static_cast<std::size_t>(one.slot)].name == leaf) return text::typeset(one.formula.text());
  }
  return "";
}

void gives(const Tensor& y, const std::vector<std::pair<std::string, std::string>>& expected) {
  const Graph graph = with_gradients(y);
  for (const auto& [leaf, formula] : expected) {
    INFO(leaf);
    CHECK(letters(graph, leaf) == formula);
  }
}

/// Every candidate of every way of simplifying gives the engine's gradient.  How many there are.
std::size_t all_agree(const Tensor& y) {
  const Graph graph = with_gradients(y);
  const Derivation derived = derivation(graph);
  const auto candidates = detail::symbolic_candidates(graph, derived.symbols);
  for (const detail::SymbolicCandidate& one : candidates) {
    INFO(graph.formula(graph.outputs().front()).text());
    INFO("∂/∂" << derived.symbols[static_cast<std::size_t>(one.slot)] << " = " << one.formula.text());
    CHECK(one.agrees);
  }
  return candidates.size();
}

Tensor sample(const std::vector<Tensor>& leaves, std::mt19937& random, int steps) {
  std::vector<Tensor> values = leaves;
  const auto any = [&] { return values[random() % values.size()]; };
  for (int k = 0; k < steps; ++k) {
    const Tensor a = any();
    const Tensor b = any();
    switch (random() % 14) {
      case 0:
        values.push_back(a + b);
        break;
      case 1:
        values.push_back(a - b);
        break;
      case 2:
        values.push_back(a * b);
        break;
      case 3:
        values.push_back(a / (b * b + 1.0));
        break;
      case 4:
        values.push_back(1.0 - a);
        break;
      case 5:
        values.push_back(sigmoid(a));
        break;
      case 6:
        values.push_back(tanh(a));
        break;
      case 7:
        values.push_back(sin(a));
        break;
      case 8:
        values.push_back(exp(-a * a));
        break;
      case 9:
        values.push_back(log(a * a + 0.5));
        break;
      case 10:
        values.push_back(sqrt(a * a + 2.0));
        break;
      case 11:
        values.push_back(pow(a, 3));
        break;
      case 12:
        values.push_back(cos(a) / 4.0);
        break;
      default:
        values.push_back(relu(a));
        break;
    }
  }
  return values.back();
}

}  // namespace

TEST_CASE("letters: a sigmoid neuron, with the squared error and with cross-entropy", "[derivation][symbolic]") {
  const Tensor x = variable(1.0, "x"), w = parameter(2.0, "w"), b = parameter(2.0, "b"), y = variable(0.25, "y");
  const Tensor z = named(w * x + b, "z");
  const Tensor a = named(sigmoid(z), "a");
  gives((a - y) * (a - y) / 2.0, {{"w", "(a − y)·a·(1 − a)·x"}, {"b", "(a − y)·a·(1 − a)"}, {"y", "y − a"}});
  gives(pow(a - y, 2) * 0.5, {{"w", "(a − y)·a·(1 − a)·x"}});
  gives(-(y * log(a) + (1.0 - y) * log(1.0 - a)), {{"w", "(a − y)·x"}, {"b", "a − y"}});
  gives(bce(a, y), {{"w", "(a − y)·x"}, {"b", "a − y"}});
}

TEST_CASE("letters: softmax with cross-entropy, and a linear layer", "[derivation][symbolic]") {
  const Tensor scores = variable(Array({3}, {1.0, 2.0, 3.0}), "z");
  gives(cross_entropy(scores, Indices(Shape{}, {2})), {{"z", "softmax(z) − onehot([2])"}});
  const Tensor x = variable(Array({2, 2}, {1, 2, 3, 4}), "X"), w = parameter(Array({2, 2}, {.5, .1, -.3, .2}), "W");
  gives(sum(pow(named(matmul(x, w), "Y"), 2)), {{"W", "2·Xᵀ Y"}, {"X", "2Y Wᵀ"}});
  const Tensor h = variable(Array({2}, {1.0, -2.0}), "h"), v = parameter(Array({2}, {3.0, 1.0}), "v");
  gives(dot(v, h), {{"v", "h"}, {"h", "v"}});
  gives(mean(h * v), {{"v", "h/2"}});
}

TEST_CASE("letters: recurrences, quotients and powers", "[derivation][symbolic]") {
  const Tensor w = parameter(0.2, "w"), u = parameter(0.3, "u");
  const Tensor x1 = variable(2.0, "x1"), x2 = variable(-1.0, "x2"), h0 = variable(1.0, "h0");
  const Tensor h1 = named(tanh(w * x1 + u * h0), "h1");
  const Tensor h2 = named(tanh(w * x2 + u * h1), "h2");
  gives(h2, {{"x2", "(1 − h₂²)·w"}, {"u", "(1 − h₂²)·(h₁ + u·(1 − h₁²)·h₀)"}});
  const Tensor x = variable(2.0, "x"), y = variable(3.0, "y");
  gives(x / (x + y), {{"x", "y/(x + y)²"}, {"y", "−f/(x + y)"}});
  gives(pow(x, 3) - 2.0 * x, {{"x", "3x² − 2"}});
  gives(sqrt(x * x + y * y), {{"x", "x/f"}, {"y", "y/f"}});
  gives(exp(-x * x), {{"x", "−2yx"}});
}

TEST_CASE("letters: every way of simplifying gives the gradient", "[derivation][symbolic]") {
  std::size_t compared = 0;
  for (std::uint32_t seed = 1; seed <= 120; ++seed) {
    std::mt19937 random(seed);
    std::uniform_real_distribution<double> number(0.3, 1.7);
    std::vector<Tensor> leaves;
    for (const char* name : {"x", "y", "z"}) leaves.push_back(variable(number(random), name));
    const Tensor y = sample(leaves, random, 2 + static_cast<int>(seed % 9));
    if (y.requires_grad()) compared += all_agree(y);
  }
  CHECK(compared > 800);
}

TEST_CASE("letters: the same on arrays", "[derivation][symbolic]") {
  std::size_t compared = 0;
  for (std::uint32_t seed = 1; seed <= 40; ++seed) {
    std::mt19937 random(seed);
    std::uniform_real_distribution<double> number(0.3, 1.7);
    std::vector<Tensor> leaves;
    for (const char* name : {"A", "B"}) {
      std::vector<double> numbers(6);
      for (double& n : numbers) n = number(random);
      leaves.push_back(variable(Array(Shape{2, 3}, numbers), name));
    }
    const Tensor row = variable(Array({3}, {number(random), number(random), number(random)}), "r");
    const Tensor weights = variable(Array({3, 2}, {.1, .2, -.3, .4, .5, -.6}), "W");
    const Tensor y = sample(leaves, random, 2 + static_cast<int>(seed % 4)) * row;
    if (!y.requires_grad()) continue;
    for (const Tensor& result : {sum(y), mean(y), sum(pow(matmul(y, weights), 2)), mean(softmax(y) * leaves[0])}) {
      compared += all_agree(result);
    }
  }
  CHECK(compared > 500);
}

TEST_CASE("letters: where a convention decides, nothing is said", "[derivation][symbolic]") {
  const Tensor x = variable(0.0, "x");
  // The engine stops at a gradient of 0; the letters would say 0·∞.
  const Tensor here = equal(x, 0.0);
  const Tensor sine = sin(x);
  CHECK(letters(with_gradients(where(here, 1.0, sine / x)), "x").empty());
  CHECK(letters(with_gradients(log(x)), "x").empty());
  CHECK(letters(with_gradients(relu(log(x))), "x").empty());
}

TEST_CASE("letters: what is long is left out, and large graphs take no time", "[derivation][symbolic]") {
  const Tensor x = variable(0.5, "x");
  Tensor y = x;
  for (int k = 0; k < 60; ++k) y = sin(y) * y + 1.0 / (y * y + 2.0);
  const Graph graph = with_gradients(y);
  const Derivation derived = derivation(graph);
  CHECK(symbolic_gradients(graph, derived.symbols, 60).gradients.empty());
  CHECK(derived.answer.equations.size() == 1);
  const std::string text = to_text(graph, letters_only(graph, derived));
  CHECK(text.find("∂y/∂x has no short form in letters.") != std::string::npos);
}

}  // namespace symbolic_test
