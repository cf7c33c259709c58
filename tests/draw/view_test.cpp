// Large graphs drawn in part: modules as cards, repeated modules once, and no more nodes than asked for.
#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <regex>
#include <set>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "autograd/draw/dot.h"
#include "autograd/graph/graph.h"
#include "autograd/math/ops.h"
#include "autograd/tensor/ops/structural.h"
#include "tests/catch.h"
#include "tests/draw/occurrences.h"

using namespace gradus;
using test::count;
using test::has;

namespace {

/// The nodes that a DOT text declares and the edges between them, as a reader without any idea of modules sees them.
struct Read {
  std::multiset<std::string> nodes;
  std::vector<std::pair<std::string, std::string>> edges;
};

Read read(const std::string& dot) {
  Read out;
  static const std::regex node(R"( {4}(\w+) \[)"), edge(R"(  (\w+)(?::e)? -> (\w+)(?::\w+)* \[)");
  std::istringstream lines(dot);
  for (std::string line; std::getline(lines, line);) {
    line.resize(std::min(line.find('[') + 1, line.size()));  // what follows are attributes
    std::smatch match;
    if (std::regex_match(line, match, node) && match[1] != "graph") out.nodes.insert(match[1]);
    if (std::regex_match(line, match, edge)) out.edges.emplace_back(match[1], match[2]);
  }
  return out;
}

/// Every node is declared once, every edge joins two of them, and none leads back.
void check_well_formed(const std::string& dot, const DrawnSize& size) {
  const Read drawn = read(dot);
  std::size_t results = 0;
  for (const std::string& node : drawn.nodes) {
    INFO(node);
    CHECK(drawn.nodes.count(node) == 1);
    if (node.ends_with("_result")) ++results;
  }
  CHECK(drawn.nodes.size() - results == size.nodes);
  std::map<std::string, int> waits_for;
  std::map<std::string, std::vector<std::string>> leads_to;
  for (const auto& [from, to] : drawn.edges) {
    INFO(from << " -> " << to);
    CHECK(drawn.nodes.contains(from));
    CHECK(drawn.nodes.contains(to));
    ++waits_for[to];
    leads_to[from].push_back(to);
  }
  std::vector<std::string> ready;
  for (const std::string& node : drawn.nodes) {
    if (waits_for[node] == 0) ready.push_back(node);
  }
  std::size_t reached = 0;
  while (!ready.empty()) {
    const std::string node = ready.back();
    ready.pop_back();
    ++reached;
    for (const std::string& next : leads_to[node]) {
      if (--waits_for[next] == 0) ready.push_back(next);
    }
  }
  CHECK(reached == drawn.nodes.size());
  CHECK(count(dot, "{") == count(dot, "}"));
}

std::string draw(const Graph& graph, const DotStyle& style) {
  std::string dot = to_dot(graph, style);
  check_well_formed(dot, drawn_size(graph, style));
  return dot;
}

using Layer = std::function<Tensor(const Tensor&, int)>;

/// A model of layers: tanh(h · W + b), each in a box of its own, unless another layer is given.
Tensor model(int layers, const Layer& layer = {}) {
  Tensor h = variable(Array::full({5, 3}, 0.5), "x");
  const ScopeGuard net("net", "Net");
  for (int k = 1; k <= layers; ++k) {
    const ScopeGuard scope("layer" + std::to_string(k), "Linear");
    if (layer) {
      h = layer(h, k);
      continue;
    }
    const Tensor w = parameter(Array::full({3, 3}, 0.1 * k), "W" + std::to_string(k));
    h = tanh(matmul(h, w) + parameter(Array::full({3}, 0.2 * k), "b" + std::to_string(k)));
  }
  return h;
}

DotStyle at_depth(int depth, bool fold = true) {
  DotStyle style;
  style.depth = depth;
  style.fold_repeats = fold;
  return style;
}

/// How many layers are drawn.
std::size_t layers_drawn(const Tensor& y) { return count(draw(Graph(y), at_depth(1)), "class=\"node module\""); }

}  // namespace

TEST_CASE("collapse: modules at a depth are cards", "[drawing]") {
  const Graph graph(sum(model(3)));
  const std::string whole = draw(graph, {});
  CHECK(count(whole, "subgraph cluster_") == 4);
  CHECK(draw(graph, at_depth(2, false)) == whole);
  CHECK(draw(graph, at_depth(100, false)) == whole);

  const std::string layers = draw(graph, at_depth(1, false));
  CHECK(count(layers, "subgraph cluster_") == 1);
  CHECK(count(layers, "class=\"node module\"") == 3);
  CHECK(count(layers, ">12 parameters<") == 3);
  CHECK(has(layers, "<B>layer2</B>"));
  CHECK(has(layers, ">Linear<"));
  CHECK(has(layers, "input_1 -> module_2 ["));
  CHECK(has(layers, "module_3 -> module_4 [penwidth=1.7, weight=20, label=\" 5×3 \"]"));

  const std::string top = draw(graph, at_depth(0, false));
  CHECK(count(top, "class=\"node module\"") == 1);
  CHECK(has(top, ">36 parameters<"));
  CHECK(has(top, "module_1 -> sum_1 ["));
  CHECK_FALSE(has(top, "subgraph"));
  CHECK(drawn_size(graph, at_depth(0, false)).nodes == 3);
  CHECK(drawn_size(graph, at_depth(0, false)).left_out.empty());
  CHECK_FALSE(has(draw(graph, {.detail = Detail::name, .depth = 0}), "parameters"));
}

TEST_CASE("collapse: an output inside of a card has one of its own", "[drawing]") {
  const std::string dot = draw(Graph(model(2)), at_depth(0));
  CHECK(has(dot, "module_1 -> tanh_2_result ["));
  CHECK(has(dot, ">output<"));
}

TEST_CASE("collapse: equal modules in a row are drawn once", "[drawing]") {
  const Graph graph(sum(model(12)));
  const std::string cards = draw(graph, at_depth(1));
  CHECK(count(cards, "class=\"node module\"") == 1);
  CHECK(has(cards, "<B>layer1 … layer12 ×12</B>"));
  CHECK(has(cards, ">12 parameters each<"));
  CHECK(has(cards, "module_2 -> sum_1 ["));

  const std::string open = draw(graph, {.fold_repeats = true});
  CHECK(has(open, "<B>layer1 … layer12 ×12</B>"));
  CHECK(count(open, "<B>matmul</B>") == 1);
  CHECK(has(open, "input_1 -> matmul_1 ["));
  CHECK(has(open, "tanh_1 -> sum_1 ["));
  // The three numbers of b1 are not those of b2.
  CHECK(has(draw(graph, {}), ">0.2</TD>"));
  CHECK_FALSE(has(open, ">0.2</TD>"));
  CHECK(draw(graph, {.fold_repeats = true}) == open);
}

TEST_CASE("collapse: what differs or is read elsewhere is not folded", "[drawing]") {
  CHECK(layers_drawn(sum(model(6))) == 1);
  CHECK(layers_drawn(model(6)) == 1);  // the last may be the output
  const Layer constant = [](const Tensor& h, int k) { return tanh(h * (k < 4 ? 2.0 : 3.0)); };
  CHECK(layers_drawn(sum(model(6, constant))) == 2);
  const Layer op = [](const Tensor& h, int k) { return k == 3 ? exp(h) : tanh(h); };
  CHECK(layers_drawn(sum(model(6, op))) == 3);
  const Layer shape = [](const Tensor& h, int k) {
    return matmul(h, parameter(Array::full({h.shape()[1], k < 4 ? 3 : 4}, 0.1), "W"));
  };
  CHECK(layers_drawn(sum(model(6, shape))) == 3);  // 3 × 3, 3 × 4, 4 × 4

  Tensor third;
  const Layer read_later = [&](const Tensor& h, int k) {
    Tensor y = tanh(h);
    if (k == 3) third = y;
    return y;
  };
  CHECK(layers_drawn(sum(model(6, read_later) + third)) == 2);  // to the third, and from the fourth on

  const Tensor mask = variable(Array::full({5, 3}, 1.0), "mask");
  const Layer shared = [&](const Tensor& h, int) { return tanh(h * mask + h); };
  CHECK(layers_drawn(sum(model(6, shared))) == 1);
  const Layer skip = [](const Tensor& h, int) { return h + tanh(h); };
  CHECK(layers_drawn(sum(model(6, skip))) == 1);

  const Tensor x = variable(Array::full({5, 3}, 0.5), "x");
  std::vector<Tensor> all;  // side by side, not in a row
  {
    const ScopeGuard net("net", "Net");
    for (int k = 0; k < 4; ++k) {
      const ScopeGuard scope("branch", "Branch");
      all.push_back(tanh(x));
    }
  }
  CHECK(layers_drawn(sum(all[0] + all[1] + all[2] + all[3])) == 4);

  // The output of each is an output of the graph: none may go.
  std::vector<Tensor> outputs;
  const Layer kept = [&](const Tensor& h, int) { return outputs.emplace_back(tanh(h)); };
  const Tensor last = model(3, kept);
  CHECK(count(draw(Graph(std::span<const Tensor>(outputs)), at_depth(1)), "class=\"node module\"") == 3);
}

TEST_CASE("collapse: rows within rows", "[drawing]") {
  Tensor h = variable(Array::full({5, 3}, 0.5), "x");
  for (int block = 0; block < 3; ++block) {
    const ScopeGuard outer("block" + std::to_string(block), "Block");
    for (int k = 0; k < 4; ++k) {
      const ScopeGuard inner("unit" + std::to_string(k), "Unit");
      h = tanh(matmul(h, parameter(Array::full({3, 3}, 0.1), "W")));
    }
  }
  const Graph graph(sum(h));
  const std::string dot = draw(graph, {.fold_repeats = true});
  CHECK(count(dot, "<B>tanh</B>") == 1);
  CHECK(has(dot, "block0 … block2 ×3"));
  CHECK(has(dot, "unit0 … unit3 ×4"));
  CHECK(read(dot).edges.size() == 4);  // x, W and tanh from matmul, the sum
  CHECK(has(draw(graph, at_depth(0)), ">36 parameters each<"));
}

TEST_CASE("collapse: a limit on the nodes", "[drawing]") {
  const Layer different = [](const Tensor& h, int k) { return tanh(h * static_cast<double>(k)); };
  const Graph graph(sum(model(10, different)));
  const DrawnSize whole = drawn_size(graph);
  CHECK(whole.nodes == 32);  // three in each of ten layers, x, and the sum
  DotStyle style;
  for (std::size_t limit = 1; limit <= 33; ++limit) {
    style.max_nodes = limit;
    INFO(limit);
    const DrawnSize size = drawn_size(graph, style);
    const std::string dot = draw(graph, style);
    const std::size_t note = has(size.left_out, "not at all") ? 1 : 0;  // says that something is missing
    CHECK(size.nodes <= limit);
    CHECK(size.left_out.empty() == (limit >= whole.nodes));
    const std::size_t rest = limit > 1 ? note : 0;  // there is no room for its card beside a single node
    CHECK(has(dot, "left_out [") == (rest == 1));
    CHECK(has(dot, "left_out") == (rest == 1));
    if (limit == 1) CHECK(size.left_out.starts_with("1 of 32 nodes is drawn: "));
    if (!size.left_out.empty()) CHECK(has(dot, size.left_out));
    if (limit >= 12 && limit < 32) CHECK(has(dot, "<B>layer10</B>"));
  }
}

TEST_CASE("collapse: what lies nearest to the result is kept", "[drawing]") {
  Tensor y = variable(0.5, "x");
  for (int k = 0; k < 100000; ++k) y = tanh(y);
  const Graph graph(y);
  DotStyle style;
  style.max_nodes = 50;
  CHECK(drawn_size(graph, style).nodes == 50);
  CHECK(drawn_size(graph, style).left_out ==
        "49 of 100,001 nodes are drawn: the 99,952 farthest from the result not at all");
  const std::string dot = draw(graph, style);
  CHECK(has(dot, "left_out:e -> tanh_99952:w ["));
  CHECK(has(dot, "tanh_100000 ["));
  CHECK(has(dot, ">99952 nodes<"));
  CHECK_FALSE(has(dot, "tanh_99950"));
  CHECK_FALSE(has(dot, "input_1"));
}

TEST_CASE("collapse: any modules at any depth give a drawing that holds together", "[drawing]") {
  std::mt19937 random(7);
  const auto pick = [&](std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random); };
  for (int round = 0; round < 40; ++round) {
    std::vector<Tensor> values{variable(Array::full({2, 2}, 0.5), "x"), variable(0.5, "s"), parameter(0.5, "w")};
    std::vector<std::unique_ptr<ScopeGuard>> scopes;
    for (int k = 0; k < 40; ++k) {
      const std::size_t what = pick(8);
      if (what == 0 && scopes.size() < 5)
        scopes.push_back(std::make_unique<ScopeGuard>("m", pick(3) == 0 ? ModuleRole::loss : ModuleRole::plain));
      if (what == 1 && !scopes.empty()) scopes.pop_back();
      const Tensor& a = values[values.size() - 1 - pick(std::min<std::size_t>(values.size(), 4))];
      const Tensor& b = values[pick(values.size())];
      values.push_back(what < 4 ? tanh(a) : what < 6 ? a + b : what == 6 ? a * b : a * 2.0);
    }
    while (!scopes.empty()) scopes.pop_back();
    const Graph graph({values.back(), values[values.size() - 5]});
    for (const int depth : {-1, 0, 1, 2, 3}) {
      for (const bool fold : {false, true}) {
        for (const std::size_t most : {0UL, 3UL, 10UL, 20UL}) {
          DotStyle style = at_depth(depth, fold);
          style.max_nodes = most;
          draw(graph, style);
          style.detail = Detail::shape;  // losses are cards
          draw(graph, style);
        }
      }
    }
  }
}
