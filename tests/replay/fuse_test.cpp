// What a plan consists of: what is shared, what runs together, and what it allocates.
#include <cstdlib>
#include <vector>

#include "autograd/array/pool.h"
#include "autograd/differentiate/gradient.h"
#include "autograd/differentiate/transforms.h"
#include "autograd/graph/graph.h"
#include "autograd/math/ops.h"
#include "autograd/replay/compile.h"
#include "autograd/tensor/ops/linear_algebra.h"
#include "autograd/tensor/ops/structural.h"
#include "tests/catch.h"
#include "tests/reference/replays.h"
#include "tests/reference/sample.h"

using namespace gradus;
using namespace gradus::reference;

namespace {

Tensor leaf(const Shape& shape, const char* name) {
  static Numbers numbers(31);
  return variable(random_array(numbers, shape), name);
}

}  // namespace

TEST_CASE("plan: what is the same is computed once", "[replay]") {
  const Tensor x = leaf({100}, "x");
  const PlanSize size = Graph(tanh(x * 2.0) + tanh(x * 2.0) * exp(tanh(x * 2.0))).plan_size();
  CHECK(size.shared == 4);
  CHECK(size.steps == 5);
  CHECK(size.passes == 1);
}

TEST_CASE("plan: attributes and constants are told apart by their bits", "[replay]") {
  const Tensor x = leaf({100}, "x");
  CHECK(Graph(leaky_relu(x, 0.1) + leaky_relu(x, 0.2)).plan_size().shared == 0);
  CHECK(Graph(leaky_relu(x, 0.1) + leaky_relu(x, 0.1)).plan_size().shared == 1);
  CHECK(Graph(leaky_relu(x, 0.0) + leaky_relu(x, -0.0)).plan_size().shared == 0);
  CHECK(Graph(x / 0.0 + x / -0.0).plan_size().shared == 0);
  const double nan = std::nan("");
  CHECK(Graph(x * nan + x * nan).plan_size().shared == 1);
  CHECK(Graph(sum(x, 0) + sum(x, 0, true)).plan_size().shared == 0);
  CHECK(Graph(sum(x) + sum(x)).plan_size().shared == 1);
  CHECK(Graph(x * Tensor(2.0) + x * Tensor(Array({1}, {2.0}))).plan_size().shared == 0);  // other shapes
  const Tensor m = leaf({4, 4}, "m");
  CHECK(Graph(matmul(m, m) + matmul(m, m)).plan_size().shared == 1);
}

TEST_CASE("plan: forward and backward of a sum are one pass", "[replay]") {
  const Tensor x = leaf({5000}, "x"), w = leaf({5000}, "w"), b = leaf({5000}, "b");
  const Tensor y = sum(tanh(x * w + b) * sigmoid(x));
  CHECK(Graph(y).plan_size().passes == 1);
  CHECK(Graph(y).plan_size(true).passes == 1);
}

TEST_CASE("plan: a step does not join what it waits for", "[replay]") {
  const Tensor x = leaf({40, 40}, "x"), y = leaf({40, 40}, "y");
  const auto f = [](const std::vector<Tensor>& t) {
    Tensor a = tanh(t[0]);
    for (int i = 0; i < 100; ++i) a = tanh(matmul(a, t[1])) + exp(a - 1.0) * t[1];
    const Tensor total = sum(a);
    return exp(a * 0.01) * total + sum(exp(a * 0.01) * total);
  };
  CHECK(replayed_wrong(f, {x.value(), y.value()}) == "");
}

TEST_CASE("plan: long chains need no stack", "[replay]") {
  const Tensor x = leaf({3}, "x");
  Tensor y = x;
  for (int i = 0; i < 100000; ++i) y = y * 1.0001;
  const Graph graph(y);
  CHECK(other_bits(graph.run()[0], y.value()) == "");
  CHECK(graph.plan_size().passes == 1);
}

#if !defined(__SANITIZE_ADDRESS__)

TEST_CASE("plan: the second run takes its memory from the pool", "[replay]") {
  const Tensor x = leaf({200000}, "x"), m = leaf({300, 300}, "m");
  const Graph graph{sum(tanh(x * x) * exp(x)), exp(x) * 2.0, tanh(matmul(m, m)), sum(m, 0)};
  static_cast<void>(graph.run());
  const std::size_t before = pool::cached_bytes();
  for (int i = 0; i < 5; ++i) static_cast<void>(graph.run());
  CHECK(pool::cached_bytes() == before);
}

#endif
