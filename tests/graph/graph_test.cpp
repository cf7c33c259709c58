#include "autograd/graph/graph.h"

#include <pthread.h>

#include <cmath>
#include <string>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/differentiate/gradient.h"
#include "autograd/draw/dot.h"
#include "autograd/math/ops.h"
#include "autograd/tensor/ops/structural.h"
#include "tests/catch.h"

using namespace gradus;

namespace {

std::vector<std::string> ids(const Graph& graph) {
  std::vector<std::string> out;
  for (const Slot& slot : graph.slots()) out.push_back(slot.id);
  return out;
}

const Slot& slot(const Graph& graph, const std::string& id) {
  for (const Slot& s : graph.slots()) {
    if (s.id == id) return s;
  }
  FAIL("no slot " << id);
  return graph.slots().front();
}

int index(const Graph& graph, const std::string& id) {
  return static_cast<int>(&slot(graph, id) - graph.slots().data());
}

std::string written(const Tensor& y) {
  const Graph graph(y);
  return graph.formula(graph.outputs().front()).text();
}

void run_on_a_small_stack(void* (*body)(void*)) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  REQUIRE(pthread_attr_setstacksize(&attributes, 256 * 1024) == 0);
  pthread_t thread;
  REQUIRE(pthread_create(&thread, &attributes, body, nullptr) == 0);
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
}

}  // namespace

TEST_CASE("graph: slots in the order of computation, with ids that do not depend on names", "[graph]") {
  const Tensor x = variable(2.0, "tanh_1"), w = parameter(3.0, "w"), data(1.0, "data"), c(5.0);
  Tensor y = x * w;
  y = y + data;
  y = tanh(y) * 0.5;
  y = y + c;
  const Graph graph(y);
  CHECK(ids(graph) == std::vector<std::string>{"input_1", "parameter_1", "input_2", "constant_1", "mul_1", "add_1",
                                               "tanh_1", "constant_2", "mul_2", "add_2"});
  CHECK(slot(graph, "input_1").role == Role::input);
  CHECK(slot(graph, "parameter_1").role == Role::parameter);
  CHECK(slot(graph, "input_2").role == Role::input);
  CHECK(slot(graph, "constant_1").role == Role::constant);
  CHECK(slot(graph, "constant_2").value.item() == 0.5);
  CHECK(slot(graph, "tanh_1").role == Role::activation);
  CHECK(slot(graph, "mul_1").role == Role::value);
  CHECK(slot(graph, "add_2").role == Role::output);
  CHECK(graph.outputs() == std::vector<int>{9});
  for (const Graph::Step& step : graph.steps()) {
    for (const int argument : step.arguments) CHECK(argument < step.result);
    CHECK(&graph.steps()[static_cast<std::size_t>(graph.slots()[static_cast<std::size_t>(step.result)].step)] == &step);
  }
}

TEST_CASE("graph: a slot read twice is an argument twice", "[graph]") {
  const Tensor x = variable(3.0, "x");
  Graph graph(x * x);
  REQUIRE(graph.steps().size() == 1);
  CHECK(graph.steps()[0].arguments == std::vector<int>{0, 0});
  CHECK(graph.steps()[0].derivatives[0].item() == 3.0);
  CHECK(graph.steps()[0].derivatives[1].item() == 3.0);
  graph.compute_gradients();
  CHECK(graph.slots()[0].gradient.item() == 6.0);
  CHECK(graph.slots()[1].gradient.item() == 1.0);
  CHECK_FALSE(x.has_grad());
}

TEST_CASE("graph: local derivatives of single numbers", "[graph]") {
  const Tensor a = variable(6.0), b = variable(4.0);
  const Graph graph(a / b);
  CHECK(graph.steps()[0].derivatives[0].item() == 0.25);
  CHECK(graph.steps()[0].derivatives[1].item() == -0.375);
  const Graph wide(sum(variable(Array({3}, {1, 2, 3}))));
  CHECK_FALSE(wide.steps()[0].derivatives[0].defined());
}

TEST_CASE("graph: gradients are those of grad", "[graph]") {
  const Tensor x = variable(Array({2, 3}, {1, 2, 3, 4, 5, 6}), "x"),
               w = parameter(Array({3, 2}, {1, -1, 0, 2, 0.5, 1}), "w");
  const Tensor h = matmul(x, w), y = sum(h * h);
  Graph graph(y);
  CHECK_FALSE(graph.slots()[0].gradient.defined());
  graph.compute_gradients();
  const std::vector<Tensor> g = grad(y, {x, w, h});
  CHECK(slot(graph, "input_1").gradient.to_vector() == g[0].to_vector());
  CHECK(slot(graph, "parameter_1").gradient.to_vector() == g[1].to_vector());
  CHECK(slot(graph, "matmul_1").gradient.to_vector() == g[2].to_vector());
  graph.compute_gradients();
  CHECK(slot(graph, "input_1").gradient.to_vector() == g[0].to_vector());
}

TEST_CASE("graph: several outputs add their gradients", "[graph]") {
  const Tensor x = variable(2.0, "x"), y1 = pow(x, 2.0), y2 = pow(x, 3.0), c(7.0);
  Graph graph{y1, y2, c};
  CHECK(graph.outputs().size() == 3);
  graph.compute_gradients();
  CHECK(slot(graph, "input_1").gradient.item() == 4.0 + 12.0);
  CHECK_FALSE(slot(graph, "constant_1").gradient.defined());

  const Tensor outer = y1 * 3.0;
  Graph nested{y1, outer};
  nested.compute_gradients();
  CHECK(slot(nested, "pow_1").gradient.item() == 4.0);
}

TEST_CASE("graph: a leaf has the value it was used with", "[graph]") {
  Tensor w = parameter(3.0, "w"), x = parameter(Array::full({100}, 2.0), "x");
  const Tensor y = w * 2.0, z = sum(x * x);
  w.set_value(Array(5.0));
  x.set_value(Array::full({100}, 4.0));
  CHECK(Graph(y).slots()[0].value.item() == 3.0);
  CHECK(Graph(z).slots()[0].value.to_vector()[0] == 2.0);
  CHECK(Graph(w).slots()[0].value.item() == 5.0);
  CHECK(Graph(w).slots()[0].role == Role::parameter);
}

TEST_CASE("graph: modules", "[graph]") {
  const Tensor x = variable(1.0, "x"), w1 = parameter(2.0, "w1"), w2 = parameter(3.0, "w2"), w3 = parameter(4.0, "w3");
  Tensor y, loss;
  {
    const ScopeGuard net("net", "Sequential", "all");
    {
      const ScopeGuard layer("one", "Linear");
      y = x * w1;
      y = y * w3;
    }
    const ScopeGuard layer("two", "Linear");
    y = y * w2;
    y = y * w3;
  }
  {
    const ScopeGuard scope("MSE", ModuleRole::loss);
    loss = pow(y, 2.0);
  }
  const Graph graph(loss);
  REQUIRE(graph.modules().size() == 4);
  CHECK(graph.modules()[0].name == "net");
  CHECK(graph.modules()[0].note == "all");
  CHECK(graph.modules()[0].parent == -1);
  CHECK(graph.modules()[1].name == "one");
  CHECK(graph.modules()[1].parent == 0);
  CHECK(graph.modules()[2].parent == 0);
  CHECK(slot(graph, "input_1").scope == -1);
  CHECK(slot(graph, "parameter_1").scope == 1);
  CHECK(slot(graph, "parameter_2").scope == 2);
  CHECK(slot(graph, "parameter_3").scope == 0);  // shared by both layers
  CHECK(slot(graph, "pow_1").role == Role::loss);
}

TEST_CASE("graph: formulas", "[graph]") {
  const Tensor x1 = variable(2.0, "x1"), w1 = variable(3.0, "w1"), b = variable(1.0, "b");
  CHECK(written(x1 * w1 + b) == "x1·w1 + b");
  CHECK(written((x1 + w1) * -2.0) == "(x1 + w1)·(−2)");
  Tensor n = x1 * w1 + b;
  n.set_name("n");
  CHECK(written(tanh(n)) == "tanh(n)");
  CHECK(written(n) == "x1·w1 + b");
  CHECK(written(variable(1.0) * 2.0) == "input_1·2");
  CHECK(written(variable(Array::full({}, 0.1, DType::float32), "x") * 0.1) == "x·0.1");
  CHECK(written(x1) == "x1");
  CHECK(written(variable(Array::zeros({2, 3}), "x") + variable(Array::zeros({3}), "b")) == "x + b");
  CHECK_THROWS_AS(Graph(n).formula(99), GraphError);
}

TEST_CASE("graph: formulas stay short", "[graph]") {
  const Tensor x = variable(1.0, "x");
  Tensor y = x;
  for (int i = 0; i < 60; ++i) y = y * y;  // written out, 2^60 letters
  Tensor z = x;
  for (int i = 0; i < 1000; ++i) z = tanh(z);
  CHECK(written(y).size() < 1000);
  CHECK(written(z).size() < 1000);
  CHECK(written(z).starts_with("tanh(tanh("));
  CHECK(written(z).find("tanh(…)") != std::string::npos);
  const Graph graph(tanh(x * 2.0) + x);
  CHECK(graph.formula(graph.outputs()[0], 0).text() == "tanh(…) + x");
  CHECK(written(tanh(variable(1.0, std::string(100000, 'x')))).size() < 1000);
}

TEST_CASE("graph: an empty output is refused", "[graph]") {
  CHECK_THROWS_AS(Graph(Tensor()), GraphError);
  CHECK_THROWS_AS(Graph({variable(1.0), Tensor()}), GraphError);
}

TEST_CASE("graph: it keeps what it shows alive", "[graph]") {
  const auto make = [] {
    Graph graph(pow(variable(3.0, "x"), 2.0) + 1.0);
    graph.compute_gradients();
    return graph;
  };
  const Graph graph = make();
  CHECK(slot(graph, "input_1").gradient.item() == 6.0);
  CHECK(graph.formula(index(graph, "add_1")).text() == "x^2 + 1");
  const Graph copy = graph;
  CHECK(to_dot(copy) == to_dot(graph));
}

TEST_CASE("graph: a chain of a million ops on a small stack", "[graph]") {
  run_on_a_small_stack([](void*) -> void* {
    Tensor y = variable(0.0, "x");
    for (int i = 0; i < 1000000; ++i) y = y + 1.0;
    Graph graph(y);
    y = Tensor();
    graph.compute_gradients();
    CHECK(graph.slots().size() == 2000001);
    CHECK(graph.slots().front().gradient.item() == 1.0);
    CHECK(graph.slots()[static_cast<std::size_t>(graph.outputs()[0])].value.item() == 1e6);
    CHECK(graph.formula(graph.outputs()[0]).text().size() < 1000);
    return nullptr;
  });
}
