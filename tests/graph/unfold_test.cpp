// Graphs in simpler steps: the same numbers, forward and backward, whatever the steps are.
#include "autograd/graph/unfold.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/differentiate/check.h"
#include "autograd/graph/graph.h"
#include "autograd/math/ops.h"
#include "autograd/tensor/ops/indexing.h"
#include "autograd/tensor/ops/joining.h"
#include "autograd/tensor/ops/linear_algebra.h"
#include "autograd/tensor/ops/losses.h"
#include "autograd/tensor/ops/reductions.h"
#include "autograd/tensor/ops/softmax.h"
#include "autograd/tensor/ops/structural.h"
#include "nn/nn.h"
#include "tests/catch.h"
#include "tests/reference/sample.h"

using namespace gradus;
using namespace gradus::reference;

namespace {

std::vector<std::string> ops_of(const Graph& graph) {
  std::vector<std::string> names;
  for (const Graph::Step& step : graph.steps()) names.emplace_back(step.rule->name());
  return names;
}

/// The numbers of the leaves' gradients, by name.
std::map<std::string, double> gradients(const Graph& graph) {
  std::map<std::string, double> out;
  for (const Slot& slot : graph.slots()) {
    if (slot.step < 0 && slot.gradient.defined() && !slot.name.empty() && slot.gradient.size() == 1) {
      out[slot.name] = slot.gradient.item();
    }
  }
  return out;
}

bool close(double a, double b) { return std::abs(a - b) <= 1e-9 * (1.0 + std::abs(a) + std::abs(b)); }

/// What differs between a graph of arrays and the same one unfolded; empty when nothing does.
std::string differs(const Tensor& y) {
  Graph graph(y);
  graph.compute_gradients();
  const Graph simple = unfolded(graph);
  const auto compare = [](const Array& a, const Array& b) {
    const std::vector<double> p = a.to_vector();
    const std::vector<double> q = b.to_vector();
    for (std::size_t k = 0; k < p.size(); ++k) {
      if (!close(p[k], q[k])) return false;
    }
    return p.size() == q.size();
  };
  if (!compare(graph.slots()[static_cast<std::size_t>(graph.outputs()[0])].value,
               simple.slots()[static_cast<std::size_t>(simple.outputs()[0])].value)) {
    return "the values differ";
  }
  for (const Slot& leaf : graph.slots()) {
    if (leaf.step >= 0 || leaf.name.empty()) continue;
    const auto same = std::ranges::find(simple.slots(), leaf.name, &Slot::name);
    if (same == simple.slots().end() || !compare(leaf.gradient, same->gradient)) return "the gradients differ";
  }
  return "";
}

}  // namespace

TEST_CASE("unfold: a sigmoid neuron as CS231n draws it", "[unfold]") {
  const Tensor w0 = variable(2.0, "w0"), x0 = variable(-1.0, "x0"), w1 = variable(-3.0, "w1"),
               x1 = variable(-2.0, "x1");
  const Tensor w2 = variable(-3.0, "w2");
  Graph folded(sigmoid(w0 * x0 + w1 * x1 + w2));
  folded.compute_gradients();
  const Graph graph = unfolded(folded);
  CHECK(ops_of(graph) == std::vector<std::string>{"mul", "mul", "add", "add", "neg", "exp", "add", "reciprocal"});
  // The published gradients, to the two decimals of the lecture.
  const std::map<std::string, double> published{{"w0", -0.2}, {"x0", 0.39}, {"w1", -0.39}, {"x1", -0.59}, {"w2", 0.2}};
  for (const auto& [name, value] : gradients(graph)) CHECK(std::abs(value - published.at(name)) < 0.0051);
  CHECK(gradients(graph).size() == 5);
  for (const auto& [name, value] : gradients(folded)) CHECK(close(value, gradients(graph).at(name)));
}

TEST_CASE("unfold: every composite of the list has its op's values and derivatives", "[unfold]") {
  Numbers numbers(11);
  int composites = 0;
  for_each_op(Elementwise{}, [&]<class Op>(const Op& op) {
    if constexpr (!Op::internal) {
      std::vector<Tensor> x;
      for (int k = 0; k < Op::arity; ++k) {
        // Inside of (0, 1), where every op of the list but acosh is defined.
        const double from = Op::name == "acosh" ? 1.5 : 0.1;
        x.push_back(variable(random_array(numbers, Shape{5}, DType::float64, from, from + 0.8),
                             std::string(1, static_cast<char>('a' + k))));
      }
      const Tensor y = [&]<std::size_t... K>(std::index_sequence<K...>) { return bind(op, x[K]...); }
      (std::make_index_sequence<static_cast<std::size_t>(Op::arity)>{});
      const Graph graph(y);
      if (ops_of(unfolded(graph)) == ops_of(graph)) return;
      INFO(Op::name);
      CHECK(differs(y) == "");
      ++composites;
    }
  });
  CHECK(composites > 30);
}

TEST_CASE("unfold: gradients where two are equal, at bends and at 0", "[unfold]") {
  const Tensor a = variable(Array({3}, {1, 2, 3}), "a"), b = variable(Array({3}, {1, 5, 3}), "b");
  CHECK(differs(maximum(a, b)) == "");
  CHECK(differs(minimum(a, b)) == "");
  const Tensor x = variable(Array({9}, {-3, -1, -0.5, 0, 0.5, 1, 3, 6, 7}), "x");
  for (const Tensor& y : {clamp(x, 0.0, 1.0), relu(x), relu6(x), hard_tanh(x), hard_sigmoid(x), hard_swish(x),
                          leaky_relu(x), elu(x), celu(x), selu(x), sign(x), step(x), abs(x), huber(x, x * 0.0)}) {
    INFO(y.record()->rule->name());
    CHECK(differs(y) == "");
  }
  CHECK(differs(norm(variable(Array({2}, {0, 0}), "x"))) == "");
  CHECK(differs(norm(variable(Array({2, 2}, {0, 0, 3, 4}), "x"), 2.0, 1)) == "");
  CHECK(differs(stddev(variable(Array({2}, {1, 1}), "x"))) == "");
}

TEST_CASE("unfold: ops on whole arrays", "[unfold]") {
  const Tensor x = variable(Array({2, 3}, {0.5, -1, 2, 1, 0.25, -0.5}), "x");
  CHECK(differs(softmax(x, 1) * Tensor(Array({2, 3}, {1, 2, 3, 4, 5, 6}))) == "");
  CHECK(differs(log_softmax(x, 0) * Tensor(Array({2, 3}, {1, 2, 3, 4, 5, 6}))) == "");
  CHECK(differs(logsumexp(x)) == "");
  CHECK(differs(mean(x, 1)) == "");
  CHECK(differs(var(x, 0, false, 1.0)) == "");
  CHECK(differs(stddev(x)) == "");
  CHECK(differs(norm(x)) == "");
  CHECK(differs(norm(x, 1.0, 1)) == "");
  CHECK(differs(cross_entropy(x, Indices{2, 0})) == "");
  CHECK(differs(bce_with_logits(x, Tensor(Array({2, 3}, {1, 0, 1, 0, 1, 0.5})))) == "");
  Graph soft(softmax(x, 1));
  CHECK(ops_of(unfolded(soft)) == std::vector<std::string>{"exp", "sum", "broadcast", "div"});
}

TEST_CASE("scalars: a 2-2-1 network, one weight at a time", "[unfold]") {
  const Tensor x(Array({2}, {0.05, 0.1}), "x");
  const Tensor w = parameter(Array({2, 2}, {0.15, 0.2, 0.25, 0.3}), "w"), b = parameter(Array({2}, {0.35, 0.35}), "b");
  const Tensor v = parameter(Array({2}, {0.4, 0.45}), "v");
  Tensor h = sigmoid(matmul(w, x) + b);
  h.set_name("h");
  Graph arrays(dot(v, h));
  arrays.compute_gradients();
  const Graph graph = as_scalars(arrays);
  for (const Slot& slot : graph.slots()) CHECK(slot.shape.rank() == 0);
  const std::map<std::string, double> found = gradients(graph);
  const auto gradient_of = [&](const std::string& name) {
    return std::ranges::find(arrays.slots(), name, &Slot::name)->gradient.to_vector();
  };
  CHECK(close(found.at("w11"), gradient_of("w")[0]));
  CHECK(close(found.at("w12"), gradient_of("w")[1]));
  CHECK(close(found.at("w21"), gradient_of("w")[2]));
  CHECK(close(found.at("b2"), gradient_of("b")[1]));
  CHECK(close(found.at("v1"), gradient_of("v")[0]));
  CHECK(graph.formula(graph.outputs()[0]).text() == "v1·h1 + v2·h2");
  CHECK(std::ranges::count(ops_of(graph), "sigmoid") == 2);
  CHECK(std::ranges::count(ops_of(graph), "mul") == 6);
}

TEST_CASE("scalars: what does not fit is refused", "[unfold]") {
  const Tensor x = variable(Array::full(Shape{50, 50}, 1.0), "x");
  CHECK_THROWS_MATCHES(as_scalars(Graph(sum(x))), GraphError,
                       test::Message("[as_scalars] the graph would have more than 2000 values"));
  CHECK_THROWS_MATCHES(as_scalars(Graph(cumprod(variable(Array({2}, {1, 2})), 0))), GraphError,
                       test::Message("[as_scalars] 'cumprod' has no form in single numbers"));
}

TEST_CASE("scalars: nothing is taken apart that is larger than the result may be", "[unfold]") {
  const Tensor x = variable(1.0, "x");
  const auto message = test::Message("[as_scalars] the graph would have more than 2000 values");
  CHECK_THROWS_MATCHES(as_scalars(Graph(sum(transpose(broadcast_to(x, {250, 200}))))), GraphError, message);
  const Tensor y = variable(Array::full({1500}, 1.0), "y");
  CHECK_THROWS_MATCHES(as_scalars(Graph(sum(broadcast_to(y, {20, 1500})))), GraphError, message);
}

TEST_CASE("scalars: paddings that are infinite, and equal numbers", "[unfold]") {
  const Tensor x = variable(Array({2}, {1, 2}), "x");
  Graph padded(pad(x, {1, 1}, PadMode::constant, std::numeric_limits<double>::infinity()));
  padded.compute_gradients();
  const Graph graph = as_scalars(padded);
  CHECK(graph.outputs().size() == 4);
  std::vector<double> values;
  for (const int i : graph.outputs()) values.push_back(graph.slots()[static_cast<std::size_t>(i)].value.item());
  CHECK(values == std::vector<double>{INFINITY, 1, 2, INFINITY});
  CHECK(gradients(graph) == std::map<std::string, double>{{"x1", 1.0}, {"x2", 1.0}});
  const Tensor twice = variable(Array({3}, {3, 1, 3}), "t");
  Graph shared(max(twice));
  shared.compute_gradients();
  CHECK(gradients(as_scalars(shared)) == std::map<std::string, double>{{"t1", 0.5}, {"t2", 0.0}, {"t3", 0.5}});
  CHECK_THROWS_MATCHES(as_scalars(Graph(max(variable(Array({3}, {3, 3, 3}), "x")))), GraphError,
                       test::Message("[as_scalars] three equal numbers have no 'max' of two at a time"));
}

TEST_CASE("scalars: reductions, layouts and losses keep their numbers", "[unfold]") {
  const Tensor x = variable(Array({2, 3}, {0.5, -1, 2, 1, 0.25, -0.5}), "x");
  const auto total = [](const Graph& graph) {
    double sum = 0.0;
    for (const int output : graph.outputs()) {
      for (const double v : graph.slots()[static_cast<std::size_t>(output)].value.to_vector()) sum += v;
    }
    return sum;
  };
  for (const Tensor& y : {max(x, 1), min(x), prod(x, 0), mean(x, 1), softmax(x, 1) * x, cross_entropy(x, Indices{2, 0}),
                          transpose(x), matmul(x, transpose(x)), var(x, 1), ops::slice(x, {1}), norm(x)}) {
    Graph arrays(y);
    arrays.compute_gradients();
    const Graph graph = as_scalars(arrays);
    CHECK(close(total(graph), total(arrays)));
    const std::vector<double> expected = std::ranges::find(arrays.slots(), "x", &Slot::name)->gradient.to_vector();
    const std::map<std::string, double> found = gradients(graph);
    const char* names[] = {"x11", "x12", "x13", "x21", "x22", "x23"};
    for (std::size_t k = 0; k < 6; ++k) {
      if (expected[k] != 0.0) CHECK(close(found.at(names[k]), expected[k]));
    }
  }
}
