// The wrong walks beside the same mistakes made in a toy engine, as one would write them.
#include "autograd/derive/derivation_order.h"

#include <cmath>
#include <deque>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "autograd/autograd.h"
#include "autograd/derive/derivation.h"
#include "autograd/derive/write/derivation_text.h"
#include "tests/catch.h"
#include "tests/reference/cases.h"
#include "tests/reference/with_gradients.h"

using namespace gradus;
using gradus::reference::with_gradients;

namespace derivation_order_test {

namespace {

/// The engine of a first lesson: a node knows its arguments and the local derivatives.
struct Node {
  Tensor twin;
  double value = 0.0;
  std::vector<std::pair<Node*, double>> arguments;
  double gradient = 0.0;
  bool visited = false;
};

void naive(Node& n) {
  for (auto& [argument, derivative] : n.arguments) {
    argument->gradient += n.gradient * derivative;
    naive(*argument);
  }
}

void once(Node& n) {
  for (auto& [argument, derivative] : n.arguments) {
    argument->gradient += n.gradient * derivative;
    if (std::exchange(argument->visited, true)) continue;
    once(*argument);
  }
}

/// A graph of random sums, products and tanh, in the engine and in the toy.
class Twins {
 public:
  explicit Twins(unsigned seed) {
    std::mt19937 random(seed);
    leaf(0.5, "a");
    leaf(0.75, "b");
    const std::size_t steps = 2 + random() % 7;
    for (std::size_t k = 0; k < steps; ++k) {
      // One argument is always the last node, so that the last of all depends on them.
      Node& x = nodes_.back();
      Node& y = nodes_[random() % nodes_.size()];
      const auto op = random() % 3;
      if (op == 0) {
        made(x.twin + y.twin, x.value + y.value, {{&x, 1.0}, {&y, 1.0}});
      } else if (op == 1) {
        made(x.twin * y.twin, x.value * y.value, {{&x, y.value}, {&y, x.value}});
      } else {
        const double slope = 1.0 / (std::cosh(x.value) * std::cosh(x.value));  // 1 − y² would lose digits
        made(tanh(x.twin), std::tanh(x.value), {{&x, slope}});
      }
    }
  }

  Graph graph() { return with_gradients(nodes_.back().twin); }

  std::map<std::string, double> gradients_of(Walk walk) {
    for (Node& n : nodes_) {
      n.gradient = 0.0;
      n.visited = false;
    }
    nodes_.back().gradient = 1.0;
    if (walk == Walk::naive_recursion) {
      naive(nodes_.back());
    } else if (walk == Walk::visited_once) {
      once(nodes_.back());
    } else {
      for (std::size_t k = nodes_.size(); k-- > 0;) {
        for (auto& [argument, derivative] : nodes_[k].arguments) {
          const double part = nodes_[k].gradient * derivative;
          argument->gradient = walk == Walk::overwriting ? part : argument->gradient + part;
        }
      }
    }
    return {{"a", nodes_[0].gradient}, {"b", nodes_[1].gradient}};
  }

 private:
  void leaf(double value, const char* name) { nodes_.push_back({variable(value, name), value, {}, 0.0, false}); }
  void made(const Tensor& twin, double value, std::vector<std::pair<Node*, double>> arguments) {
    nodes_.push_back({twin, value, std::move(arguments), 0.0, false});
  }
  std::deque<Node> nodes_;  // stay where they are
};

std::size_t slot_named(const Graph& graph, const std::string& name) {
  for (std::size_t i = 0; i < graph.slots().size(); ++i) {
    if (graph.slots()[i].name == name) return i;
  }
  return graph.slots().size();
}

std::string text_of(const Graph& graph) {
  DerivationOptions options;
  options.compare_orders = true;
  return to_text(graph, derivation(graph, options));
}

}  // namespace

TEST_CASE("order: every walk ends where the same mistake ends in a toy engine", "[derivation][order]") {
  int compared = 0;
  std::map<Walk, int> wrong;
  for (unsigned seed = 0; seed < 400; ++seed) {
    Twins twins(seed);
    const Graph graph = twins.graph();
    INFO(seed);
    OrderComparison order;
    try {
      order = compare_orders(graph);
    } catch (const GraphError&) {
      continue;  // nothing is used twice
    }
    for (const OrderRun& run : order.runs) {
      wrong[run.walk] += order.is_wrong(run.walk) ? 1 : 0;
      for (const auto& [name, gradient] : twins.gradients_of(run.walk)) {
        const std::size_t slot = slot_named(graph, name);
        if (slot == graph.slots().size()) continue;  // not used
        CHECK(run.gradients[slot] == test::Approx(gradient).epsilon(1e-12).margin(1e-300));
        if (run.walk == Walk::topological) {
          CHECK(run.gradients[slot] == test::Approx(graph.slots()[slot].gradient.item()).epsilon(1e-12).margin(1e-300));
        }
        ++compared;
      }
    }
  }
  CHECK(compared > 1000);
  CHECK(wrong[Walk::topological] == 0);
  for (const Walk walk : {Walk::overwriting, Walk::naive_recursion, Walk::visited_once}) CHECK(wrong[walk] > 100);
}

TEST_CASE("order: the diamond that micrograd got wrong", "[derivation][order]") {
  const Tensor a = variable(1.0, "a");
  Tensor b = a + a;
  b.set_name("b");
  Tensor c = b + b;
  c.set_name("c");
  const Graph graph = with_gradients(c);
  const OrderComparison order = compare_orders(graph);
  const std::size_t leaf = slot_named(graph, "a");
  const auto published =
      reference::read_data("worked_examples.json").at("micrograd_pr64_diamond").at("da").get<double>();
  CHECK(order.runs[0].gradients[leaf] == published);
  CHECK(order.runs[1].gradients[leaf] == 1.0);
  CHECK(order.runs[2].gradients[leaf] == 6.0);
  CHECK(order.runs[3].gradients[leaf] == 2.0);
  CHECK(order.meeting == static_cast<int>(slot_named(graph, "b")));
  CHECK(order.uses.size() == 2);
  CHECK_FALSE(order.only_leaves_meet);
  const std::string text = text_of(graph);
  for (const char* line : {"Paths meet at b: it is used 2 times, by c.", "b → a: 2 + 2·1 = 4", "b → a: 4 + 2·1 = 6",
                           "b → a: 1·1 = 1, and 1 is lost", "wrong: 6", "wrong: 2", "wrong: 1"}) {
    INFO(line);
    CHECK(text.find(line) != std::string::npos);
  }
  CHECK(text.find("luck") == std::string::npos);
}

TEST_CASE("order: where leaves alone meet, recursion comes out right and it says so", "[derivation][order]") {
  const Tensor x = variable(2.0, "x");
  const Graph graph = with_gradients(x * 3.0 + x * 4.0);
  const OrderComparison order = compare_orders(graph);
  CHECK(order.is_wrong(Walk::overwriting));
  CHECK_FALSE(order.is_wrong(Walk::naive_recursion));
  CHECK_FALSE(order.is_wrong(Walk::visited_once));
  CHECK(order.only_leaves_meet);
  const std::string text = text_of(graph);
  CHECK(text.find("Right wherever, as here, only leaves are used more than once, since a leaf hands nothing on: naive "
                  "recursion, visiting once.\n") != std::string::npos);
  CHECK(text.find("The topological order waits for all of them and adds them up.") != std::string::npos);
}

TEST_CASE("order: a chain of diamonds would take recursion for ever", "[derivation][order]") {
  Tensor x = variable(1.0, "x");
  for (int k = 0; k < 60; ++k) x = x + x;
  const Graph graph = with_gradients(x);
  const OrderComparison order = compare_orders(graph);
  CHECK(order.runs[0].gradients[slot_named(graph, "x")] == std::ldexp(1.0, 60));
  CHECK_FALSE(order.runs[2].finished);
  CHECK(order.runs[2].hop_count == 100000);
  CHECK(order.runs[2].hops.size() == 1000);
  CHECK(text_of(graph).find("given up") != std::string::npos);
}

TEST_CASE("order: long chains need no stack", "[derivation][order]") {
  const Tensor x = variable(0.0, "x");
  Tensor y = x;
  for (int k = 0; k < 20000; ++k) y = y + 1.0;
  const Graph graph = with_gradients(y * x);
  CHECK(compare_orders(graph).runs[2].gradients[slot_named(graph, "x")] == 20000.0);
}

TEST_CASE("order: what cannot be compared", "[derivation][order]") {
  const Tensor x = variable(2.0, "x");
  CHECK_THROWS_WITH(compare_orders(with_gradients(x * variable(3.0, "y"))), test::ContainsSubstring("used twice"));
  CHECK_THROWS_WITH(compare_orders(with_gradients(x)), test::ContainsSubstring("used twice"));
  CHECK_THROWS_WITH(compare_orders(Graph(x * x)), test::ContainsSubstring("no gradients"));
  const Tensor v = variable(Array({2}, {1, 2}), "v");
  CHECK_THROWS_WITH(compare_orders(with_gradients(sum(v * v))), test::ContainsSubstring("single numbers"));
  Graph two({x * x, x + 1.0});
  two.compute_gradients();
  CHECK_THROWS_WITH(compare_orders(two), test::ContainsSubstring("2 outputs"));
}

}  // namespace derivation_order_test
