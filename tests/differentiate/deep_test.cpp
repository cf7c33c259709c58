// Graphs deeper and wider than any stack: made to run with a stack of 256 KiB, where any recursion would end.
#include <fmt/format.h>

#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "autograd/derive/derivation.h"
#include "autograd/derive/write/derivation_text.h"
#include "autograd/differentiate/gradient.h"
#include "autograd/draw/dot.h"
#include "autograd/draw/mermaid.h"
#include "autograd/graph/graph.h"
#include "autograd/graph/unfold.h"
#include "autograd/math/ops.h"
#include "autograd/save/graph_json.h"
#include "autograd/tensor/ops/structural.h"
#include "tests/catch.h"
#include "tests/reference/cases.h"

using namespace gradus;
using gradus::reference::number_of;
using gradus::reference::torture_cases;

namespace {

double expected_value(const char* id) {
  return number_of(torture_cases().at(id).at("expected").at("value").at("data")[0]);
}
double expected_gradient(const char* id) {
  return number_of(torture_cases().at(id).at("expected").at("grads").at("x").at("data")[0]);
}

}  // namespace

TEST_CASE("deep: a chain of a million sums is built, walked and freed", "[deep]") {
  const Tensor x = variable(0.0);
  Tensor y = x;
  for (int k = 0; k < 1'000'000; ++k) y = y + 1.0;
  CHECK(y.item() == expected_value("chain-1e6-add"));
  CHECK(grad(y, {x})[0].item() == expected_gradient("chain-1e6-add"));
  CHECK(connected(y, x));
  y = Tensor();
  CHECK(x.item() == 0.0);
}

TEST_CASE("deep: a chain of a million tanh of shape [1] adds to its leaf", "[deep]") {
  Tensor x = variable(Array({1}, {1.0}));
  Tensor y = x;
  for (int k = 0; k < 1'000'000; ++k) y = tanh(y);
  y.backward();
  // y ≈ √(3/(2n)) and the slope is the product of all 1 − yₖ².
  CHECK(y.item() == test::Approx(std::sqrt(1.5e-6)).epsilon(1e-4));
  CHECK(x.grad().item() > 0.0);
  CHECK(x.grad().item() < 1e-8);
}

TEST_CASE("deep: the gradient of a chain of 100,000, recorded, differentiated again and freed", "[deep]") {
  const Tensor x = variable(1.0);
  constexpr int n = 100'000;
  constexpr double factor = 1.0 + 1e-5;
  Tensor y = x * x;
  for (int k = 0; k < n; ++k) y = y * factor;
  const Tensor g = recorded_grad(y, {x})[0];
  const double scale = std::pow(factor, n);
  CHECK(g.item() == test::Approx(2 * scale).epsilon(1e-10));
  CHECK(grad(g, {x})[0].item() == test::Approx(2 * scale).epsilon(1e-10));
}

TEST_CASE("deep: a million modules, each in the one before, are freed", "[deep]") {
  const Tensor x = variable(1.0);
  Tensor y;
  {
    std::vector<std::unique_ptr<ScopeGuard>> inside;
    for (int k = 0; k < 1'000'000; ++k) inside.push_back(std::make_unique<ScopeGuard>("m", "Module"));
    y = x + 1.0;
    while (!inside.empty()) inside.pop_back();
  }
  CHECK(y.record()->scope->kind == "Module");
  y = Tensor();
  CHECK(x.record()->refs.unique());
}

TEST_CASE("deep: a file of a few megabytes whose modules lie 100,000 deep in each other", "[deep]") {
  constexpr int depth = 100'000;
  std::string modules;
  for (int k = 0; k < depth; ++k) {
    modules += fmt::format(R"({}{{"name": "m", "kind": "K", "note": "", "parent": {}}})", k == 0 ? "" : ",",
                           k == 0 ? "null" : std::to_string(k - 1));
  }
  const std::string file = fmt::format(
      R"({{"format": "gradus-graph", "version": 1, "slots": [
           {{"name": "x", "role": "input", "dtype": "float64", "shape": [2], "value": [0.5, 0.25], "gradient": [1, 1]}},
           {{"role": "activation", "dtype": "float64", "shape": [2], "module": 50}},
           {{"role": "activation", "dtype": "float64", "shape": [2], "module": {0}}},
           {{"role": "output", "dtype": "float64", "shape": [], "module": {0}}}],
          "steps": [{{"op": "tanh", "arguments": [0], "result": 1}}, {{"op": "sigmoid", "arguments": [1], "result": 2}},
                    {{"op": "sum", "arguments": [2], "result": 3, "attributes": {{"axes": [0], "keepdims": false}}}}],
          "modules": [{1}], "outputs": [3]}})",
      depth - 1, modules);
  const Graph graph = from_json(file);
  CHECK(graph.modules().size() == static_cast<std::size_t>(depth));
  CHECK(graph.slots()[3].value.item() == test::Approx(0.6135 + 0.5611).epsilon(1e-3));
  DotStyle style;
  style.coloring = Coloring::gradient;
  style.fold_repeats = true;
  CHECK(to_dot(graph).size() > static_cast<std::size_t>(depth));
  CHECK(to_dot(graph, style).size() > static_cast<std::size_t>(depth));
  style.max_nodes = 2;
  style.depth = 3;
  CHECK(to_dot(graph, style).size() < 10'000);
  CHECK(to_mermaid(graph).size() > static_cast<std::size_t>(depth));
  CHECK(from_json(to_json(graph)).modules().size() == static_cast<std::size_t>(depth));
  CHECK(to_text(graph, derivation(graph, {})).find("sigmoid") != std::string::npos);
  CHECK(unfolded(graph).steps().size() > 3);
  CHECK(as_scalars(graph).modules().size() == static_cast<std::size_t>(depth));
  CHECK(graph.run({{"x", Array({2}, {0.0, 0.0})}})[0].item() == 1.0);
}

TEST_CASE("deep: sixty diamonds have 2^60 paths and sixty steps", "[deep]") {
  const Tensor x = variable(1.0);
  Tensor y = x;
  for (int k = 0; k < 60; ++k) y = y + y;
  CHECK(grad(y, {x})[0].item() == expected_gradient("diamond-60"));
  CHECK(recorded_grad(y, {x})[0].item() == expected_gradient("diamond-60"));
}

TEST_CASE("deep: a hundred thousand uses of one leaf", "[deep]") {
  const Tensor x = variable(2.0);
  std::vector<Tensor> parts;
  for (int i = 0; i < 100'000; ++i) parts.push_back(static_cast<double>(i) * x);
  Tensor y(0.0);
  for (const Tensor& part : parts) y = y + part;
  CHECK(y.item() == expected_value("fan-in-1e5"));
  CHECK(grad(y, {x})[0].item() == expected_gradient("fan-in-1e5"));
}

TEST_CASE("deep: handles in any order of release", "[deep]") {
  const Tensor x = variable(1.0);
  std::vector<Tensor> all{x};
  for (int k = 0; k < 200'000; ++k) all.push_back(all.back() + all[all.size() / 2]);
  // The oldest first, every other one, then the rest: records are freed only when nothing links to them.
  for (std::size_t k = 0; k + 1 < all.size(); k += 2) all[k] = Tensor();
  CHECK(all.back().item() > 1e10);
  const Tensor last = std::move(all.back());
  all.clear();
  CHECK(connected(last, x));
}
