// Graph::run: which numbers go where, and what it refuses.
#include <pthread.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/differentiate/checkpoint.h"
#include "autograd/differentiate/custom_op.h"
#include "autograd/differentiate/gradient.h"
#include "autograd/graph/graph.h"
#include "autograd/math/ops.h"
#include "autograd/tensor/ops/structural.h"
#include "tests/catch.h"
#include "tests/reference/replays.h"
#include "tests/reference/sample.h"

using namespace gradus;
using namespace gradus::reference;

TEST_CASE("run: leaves by name, id and handle", "[replay]") {
  const Tensor x = variable(2.0, "x"), w = parameter(3.0, "w"), b = variable(1.0);
  const Graph graph(x * w + b);
  CHECK(graph.run()[0].item() == 7.0);
  CHECK(graph.run({{"x", 5.0}})[0].item() == 16.0);
  CHECK(graph.run({{"parameter_1", 5.0}})[0].item() == 11.0);
  CHECK(graph.run({{w, 4.0}, {b, Array(10.0)}, {"x", Tensor(0.5)}})[0].item() == 12.0);
  CHECK(graph.run()[0].item() == 7.0);
}

TEST_CASE("run: leaves by the number of their slot", "[replay]") {
  const Tensor x = variable(2.0, "input_2"), y = variable(3.0, "y");
  const Graph graph(x - y * 2.0);
  CHECK(graph.run({{0, 10.0}})[0].item() == 4.0);
  CHECK(graph.run({{1, Array(10.0)}})[0].item() == -18.0);
  CHECK(graph.run({{0, 5.0}, {1, Tensor(1.0)}})[0].item() == 3.0);
  CHECK(graph.run({{"input_2", 10.0}})[0].item() == 4.0);  // a name, though it is the id of the other
  using test::Message;
  CHECK_THROWS_MATCHES(graph.run({{-1, 1.0}}), GraphError, Message("[run] there is no slot -1: the graph has 5"));
  CHECK_THROWS_MATCHES(graph.run({{5, 1.0}}), GraphError, Message("[run] there is no slot 5: the graph has 5"));
  CHECK_THROWS_MATCHES(graph.run({{4, 1.0}}), GraphError, Message("[run] sub_1 is computed: only a leaf can be given"));
  CHECK_THROWS_MATCHES(graph.run({{2, 1.0}}), GraphError,
                       Message("[run] constant_1 is a number that was no tensor: it cannot be given"));
  CHECK_THROWS_MATCHES(graph.run({{0, 1.0}, {x, 1.0}}), GraphError, Message("[run] 'input_2' is given twice"));
}

TEST_CASE("run: a leaf that is not given has the value it was recorded with", "[replay]") {
  Tensor x = variable(2.0, "x"), w = variable(3.0, "w");
  const Graph graph(x * w);
  x.set_value(Array(100.0));
  CHECK(graph.run()[0].item() == 6.0);
  CHECK(graph.run({{"w", 5.0}})[0].item() == 10.0);
}

TEST_CASE("run: data takes part by name", "[replay]") {
  const Tensor x(Array({3}, {1, 2, 3}), "x"), w = parameter(Array({3}, {1, 1, 2}), "w");
  const Graph graph(sum(x * w));
  CHECK(graph.run({{"x", Array({3}, {5, 0, 1})}})[0].item() == 7.0);
  const GraphRun run = graph.run_with_gradients({{"x", Array({3}, {5, 0, 1})}});
  CHECK(run.gradient("w").to_vector() == std::vector<double>{5, 0, 1});
  CHECK_THROWS_AS(run.gradient("x"), GraphError);
}

TEST_CASE("run: gradients of every leaf, of the sum of the outputs", "[replay]") {
  const Tensor x = variable(2.0, "x"), w = parameter(3.0, "w"), unused = variable(1.0, "unused");
  const Graph graph{x * w, x * x, unused * 0.0};
  const GraphRun run = graph.run_with_gradients({{"x", 4.0}});
  CHECK(run.outputs.size() == 3);
  CHECK(run.outputs[1].item() == 16.0);
  CHECK(run.gradient("x").item() == 3.0 + 8.0);
  CHECK(run.gradient(w).item() == 4.0);
  CHECK(run.gradient("unused").item() == 0.0);
  CHECK_FALSE(x.has_grad());
  CHECK_THROWS_MATCHES(run.gradient("unusde"), GraphError,
                       test::Message("[run] no leaf 'unusde' has a gradient; did you mean 'unused'?"));
}

TEST_CASE("run: a graph outlives its tensors, copies share its plan", "[replay]") {
  const auto make = [] {
    const Tensor x = variable(2.0, "x");
    return Graph(exp(x) * pow(x, 3.0));
  };
  const Graph graph = make();
  const Graph copy = graph;
  CHECK(copy.run({{"x", 1.0}})[0].item() == graph.run({{"x", 1.0}})[0].item());
}

TEST_CASE("run: outputs that are leaves, constants or the same", "[replay]") {
  const Tensor x = variable(2.0, "x"), c(5.0, "c"), y = x * x;
  const Graph graph{x, c, y, y, Tensor(Array(7.0), Counted<detail::Record>())};
  const std::vector<Array> out = graph.run({{"x", 3.0}});
  CHECK(out[0].item() == 3.0);
  CHECK(out[1].item() == 5.0);
  CHECK(out[2].item() == 9.0);
  CHECK(out[3].item() == 9.0);
  CHECK(out[4].item() == 7.0);
}

TEST_CASE("run: results of one run are not touched by the next", "[replay]") {
  const Tensor x = variable(Array::full({5000}, 1.0), "x");
  const Graph graph(exp(x) + 1.0);
  const Array first = graph.run({{"x", Array::full({5000}, 0.0)}})[0];
  const Array second = graph.run({{"x", Array::full({5000}, 1.0)}})[0];
  CHECK(first.to_vector() == std::vector<double>(5000, 2.0));
  CHECK(second.to_vector()[0] > 3.0);
}

TEST_CASE("run: what cannot be given", "[replay]") {
  const Tensor x = variable(Array({2}, {1, 2}), "weight"), y = variable(1.0, "twin"), z = variable(1.0, "twin");
  Tensor s = x * y;
  s.set_name("product");
  const Graph graph(sum(s + z));
  const auto message = [](const char* text) { return test::Message(text); };
  CHECK_THROWS_MATCHES(graph.run({{"wieght", 1.0}}), GraphError,
                       message("[run] the graph has no leaf 'wieght'; did you mean 'weight'?"));
  CHECK_THROWS_MATCHES(graph.run({{"twin", 1.0}}), GraphError,
                       message("[run] input_2 and input_3 are both named 'twin': give the id of one"));
  CHECK_THROWS_MATCHES(graph.run({{"product", 1.0}}), GraphError,
                       message("[run] 'product' is computed by mul_1: only a leaf can be given"));
  CHECK_THROWS_MATCHES(graph.run({{x, x}, {"weight", x}}), GraphError, message("[run] 'weight' is given twice"));
  CHECK_THROWS_MATCHES(graph.run({{variable(1.0), 1.0}}), GraphError, message("[run] the graph has no such tensor"));
  CHECK_THROWS_MATCHES(graph.run({{s, 1.0}}), GraphError,
                       message("[run] this tensor is computed: only a leaf can be given"));
  CHECK_THROWS_MATCHES(graph.run({{x, Array({3}, {1, 2, 3})}}), ShapeError,
                       message("[run] 'weight' is [2], the array given [3]"));
  CHECK_THROWS_MATCHES(graph.run({{x, Array({2}, {1, 2}).to(DType::float32)}}), ShapeError,
                       message("[run] 'weight' is float64, the array given float32: convert it with Array::to"));
  CHECK_THROWS_MATCHES(graph.run({{x, Array()}}), GraphError,
                       message("[run] the array for 'weight' is empty: it was never given numbers"));
}

TEST_CASE("run: what cannot be run again", "[replay]") {
  const Tensor x = variable(2.0, "x");
  const Tensor custom = custom_op(
      "mine", [](TensorList t) { return t[0] * 2.0; },
      [](const Tensor& g, TensorList, const Tensor&) { return std::vector<Tensor>{g * 2.0}; }, {x});
  const auto message = [](const char* text) { return test::Message(text); };
  CHECK_THROWS_MATCHES(Graph(custom).run(), GraphError,
                       message("[run] mine runs a function of yours on numbers, which cannot be run again"));
  CHECK_THROWS_AS(Graph(checkpoint([](const Tensor& t) { return t * t; }, {x})).run(), GraphError);
  const Tensor y = x * x;
  y.register_hook([](const Tensor& g) { return g * 2.0; });
  CHECK_THROWS_MATCHES(Graph(exp(y)).run(), GraphError,
                       message("[run] mul has a gradient hook, which is not run again"));
  constexpr auto formula = custom_op<"softclip">([](auto t) { return t / (1.0 + abs(t)); });
  CHECK(Graph(formula(x)).run({{"x", 4.0}})[0].item() == 4.0 / 5.0);
}

TEST_CASE("run: one graph in several threads at once", "[replay]") {
  const Tensor x = variable(Array::full({3000}, 0.5), "x");
  const Graph graph(sum(tanh(x * x) * exp(x)));
  std::vector<double> expected;
  for (int k = 0; k < 4; ++k) {
    expected.push_back(graph.run({{"x", Array::full({3000}, 0.1 * k)}})[0].item());
  }
  const Graph fresh(sum(tanh(x * x) * exp(x)));  // its plan is made by the threads
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int k = 0; k < 4; ++k) {
    threads.emplace_back([&, k] {
      for (int i = 0; i < 50; ++i) {
        if (fresh.run({{"x", Array::full({3000}, 0.1 * k)}})[0].item() != expected[static_cast<std::size_t>(k)])
          ++wrong;
        if (fresh.run_with_gradients().gradient("x").size() != 3000) ++wrong;
      }
    });
  }
  for (std::thread& t : threads) t.join();
  CHECK(wrong == 0);
}
