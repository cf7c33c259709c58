#include "autograd/graph/descent.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "autograd/array/elementwise.h"
#include "autograd/base/error.h"

namespace gradus {

namespace {

bool moves(const Slot& slot, Moved moved) {
  return slot.step < 0 && (moved == Moved::parameters ? slot.role == Role::parameter : slot.differentiated);
}

}  // namespace

Moved moved_by_descent(const Graph& graph) {
  const bool any = std::ranges::any_of(graph.slots(), [](const Slot& s) { return moves(s, Moved::parameters); });
  return any ? Moved::parameters : Moved::leaves;
}

std::vector<Array> after_descent(const Graph& graph, double rate) {
  if (!std::isfinite(rate)) throw ValueError(fmt::format("[after_descent] the rate is {}", rate));
  std::vector<Array> after(graph.slots().size());
  std::vector<RunInput> inputs;
  const Moved moved = moved_by_descent(graph);
  for (std::size_t i = 0; i < after.size(); ++i) {
    const Slot& slot = graph.slots()[i];
    if (!moves(slot, moved)) continue;
    if (!slot.gradient.defined()) {
      throw GraphError(fmt::format("[after_descent] {} has no gradient: call compute_gradients() first", slot.id));
    }
    after[i] = slot.value - slot.gradient * Array::full({}, rate, slot.dtype);
    inputs.emplace_back(static_cast<int>(i), after[i]);
  }
  if (inputs.empty()) throw GraphError("[after_descent] nothing moves: the graph has neither a parameter nor an input");
  const std::vector<Array> outputs = graph.run(inputs);
  for (std::size_t k = 0; k < outputs.size(); ++k) after[static_cast<std::size_t>(graph.outputs()[k])] = outputs[k];
  return after;
}

}  // namespace gradus
