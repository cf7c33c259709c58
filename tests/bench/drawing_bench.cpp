// How long it takes to write a large graph down as DOT.
#include <fmt/format.h>

#include <memory>
#include <string>
#include <utility>

#include "autograd/draw/dot.h"
#include "autograd/graph/graph.h"
#include "autograd/tensor/ops/structural.h"
#include "measure.h"

namespace {

using namespace gradus;

constexpr int nodes = 100'000;

/// Single numbers: y = tanh(y·w + b) over and over, four nodes each time, every other result without a name.
Graph scalars() {
  Tensor y = variable(0.5, "x");
  const Tensor b = parameter(0.25, "b");
  for (int k = 0; k < (nodes - 2) / 4; ++k) y = tanh(y * parameter(0.5, fmt::format("w{}", k)) + b);
  Graph graph(y);
  graph.compute_gradients();
  return graph;
}

/// Small layers, each a module of its own with five nodes in it.
Graph layers() {
  Tensor y = variable(Array::full({4, 8}, 0.5), "x");
  for (int k = 0; k < (nodes - 2) / 5; ++k) {
    const ScopeGuard scope(fmt::format("layer{}", k), "Linear", "8 → 8, 72 parameters");
    const Tensor w = parameter(Array::full({8, 8}, 0.01), "W");
    y = tanh(matmul(y, w) + parameter(Array::full({8}, 0.1), "b"));
  }
  return Graph(sum(y));
}

void measure(bench::Report& report, const std::string& name, Graph (*make)(), const DotStyle& style) {
  report.measure({.name = name, .bar_ns = 0.2e9, .contestants = {{"gradus", [make, style]() -> bench::Run {
                                                                    const auto graph = std::make_shared<Graph>(make());
                                                                    return [graph, style] {
                                                                      return static_cast<double>(
                                                                          to_dot(*graph, style).size());
                                                                    };
                                                                  }}}});
}

}  // namespace

int main(int argc, char** argv) {
  bench::Report report("drawing", argc, argv);
  measure(report, "drawing/DOT of 100,000 nodes, single numbers", scalars, {});
  measure(report, "drawing/DOT of 100,000 nodes, layers", layers, {});
  DotStyle folded;
  folded.fold_repeats = true;
  measure(report, "drawing/DOT of 100,000 nodes, layers folded", layers, folded);
  return report.finish();
}
