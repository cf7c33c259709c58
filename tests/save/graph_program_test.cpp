// Graphs as straight-line programs: their numbers are those of the graph, at other inputs too.
#include "autograd/save/graph_program.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/differentiate/custom_op.h"
#include "autograd/graph/graph.h"
#include "autograd/math/ops.h"
#include "autograd/tensor/ops/linear_algebra.h"
#include "autograd/tensor/ops/reductions.h"
#include "autograd/tensor/ops/softmax.h"
#include "tests/catch.h"

using namespace gradus;

namespace {

bool near(double a, double b) {
  return a == b || (std::isnan(a) && std::isnan(b)) || std::fabs(a - b) <= 1e-13 + 1e-12 * std::fabs(b);
}

/// How many numbers of the graph a program for it computes otherwise.
int differences(const Graph& graph, const GraphProgram& program, std::span<const double> inputs) {
  const std::vector<double> numbers = numbers_of(program, inputs);
  const Graph there = recorded_at(graph, inputs);
  int wrong = 0;
  const auto compare = [&](const Array& array, const std::vector<int>& which) {
    if (!array.defined() || !array.has_data()) return;
    const std::vector<double> values = array.to_vector();
    REQUIRE(values.size() == which.size());
    for (std::size_t k = 0; k < values.size(); ++k) {
      wrong += near(numbers[static_cast<std::size_t>(which[k])], values[k]) ? 0 : 1;
    }
  };
  for (std::size_t i = 0; i < there.slots().size(); ++i) {
    compare(there.slots()[i].value, program.values[i]);
    compare(there.slots()[i].gradient, program.gradients[i]);
  }
  for (std::size_t s = 0; s < there.steps().size(); ++s) {
    for (std::size_t k = 0; k < there.steps()[s].derivatives.size(); ++k) {
      const Array& derivative = there.steps()[s].derivatives[k];
      if (derivative.defined() && derivative.size() == 1) compare(derivative, {program.arrows[s][k].derivative});
    }
  }
  return wrong;
}

void check(const Tensor& output, const std::vector<std::vector<double>>& points) {
  Graph graph(output);
  graph.compute_gradients();
  const GraphProgram program = program_of(graph);
  std::vector<double> given;
  for (const GraphProgram::Input& input : program.inputs) given.push_back(input.value);
  CHECK(differences(graph, program, given) == 0);
  for (const std::vector<double>& point : points) CHECK(differences(graph, program, point) == 0);
}

Tensor x(double value) { return variable(value, "x"); }

}  // namespace

TEST_CASE("program: a neuron, and what is used twice", "[program]") {
  const Tensor w = parameter(-3.0, "w");
  check(tanh(x(2.0) * w + 6.5), {{1.0, 0.5}, {0.0, 0.0}, {-40.0, 2.0}});
  const Tensor a = x(3.0);
  check(a * a * a + a, {{0.0}, {-1.5}});
}

TEST_CASE("program: conventions at hard points", "[program]") {
  check(abs(x(1.0)), {{0.0}, {-2.0}});
  check(relu(x(1.0)), {{0.0}, {-2.0}});
  check(sqrt(x(1.0)) * 0.0, {{0.0}, {-1.0}});  // what does not arrive is 0, whatever the slope is
  const Tensor a = variable(Array(Shape{3}, {3.0, 4.0, 0.5}), "a");
  check(norm(a), {{0.0, 0.0, 0.0}, {0.0, -1.0, 0.0}});
  check(max(a), {{1.0, 1.0, 1.0}, {2.0, 2.0, 1.0}});
  check(logsumexp(a), {{1000.0, 1000.0, 0.0}, {-1000.0, -1001.0, -1002.0}});
}

TEST_CASE("program: arrays, parts of which meet", "[program]") {
  const Tensor v = variable(Array(Shape{2}, {0.5, -0.25}), "v");
  const Tensor w = parameter(Array(Shape{2, 2}, {1.0, 2.0, 3.0, 4.0}), "w");
  check(sum(softmax(matmul(w, v)) * v), {{1.0, 2.0, 0.5, -1.0, 0.25, 0.0}});
  check(sum(cumprod(w, 1)), {{0.0, 2.0, 0.0, 0.0}});
}

TEST_CASE("program: gradients of single precision are rounded as it is", "[program]") {
  const Tensor a = variable(Array::scalar(0.1, DType::float32), "a");
  Graph graph(a * a);
  graph.compute_gradients();
  const GraphProgram program = program_of(graph);
  const std::vector<double> numbers = numbers_of(program, std::vector<double>{static_cast<double>(0.3F)});
  CHECK(numbers[static_cast<std::size_t>(program.values.back()[0])] == static_cast<double>(0.3F * 0.3F));
}

TEST_CASE("program: what a leaf of constants says stays", "[program]") {
  const Tensor target(0.5);
  Graph graph(square(x(2.0) - target));
  graph.compute_gradients();
  CHECK(program_of(graph).inputs.size() == 1);
}

TEST_CASE("program: what has no form in single numbers is refused", "[program]") {
  const Tensor a = x(2.0);
  Graph graph(custom_op(
      "mine", [](TensorList v) { return v[0] * v[0]; },
      [](const Tensor& g, TensorList v, const Tensor&) { return std::vector{g * v[0]}; }, {a}));
  CHECK_THROWS_AS(program_of(graph), GraphError);
  Graph large(sum(variable(Array(Shape{2001}, std::vector<double>(2001, 1.0)), "a")));
  CHECK_THROWS_AS(program_of(large), GraphError);
}

TEST_CASE("program: the instructions in JSON", "[program]") {
  Graph graph(x(2.0) * 3.0 + std::numeric_limits<double>::infinity());
  graph.compute_gradients();
  const GraphProgram program = program_of(graph);
  const nlohmann::json code = nlohmann::json::parse(instructions_json(program));
  REQUIRE(code.size() + program.inputs.size() == program.instructions.size());
  for (const auto& next : code) CHECK((next.is_number() || next == "inf" || next[0].is_string()));
}
