#include "autograd/graph/descent.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>

#include "autograd/array/elementwise.h"
#include "autograd/base/error.h"

namespace gradus {

namespace {

/// What names a leaf for Graph::run, which looks for names first and then for ids.
const std::string& unambiguous_name(const Slot& slot, const std::unordered_map<std::string_view, int>& leaves) {
  if (const auto found = leaves.find(slot.name); found != leaves.end() && found->second == 1) return slot.name;
  if (leaves.contains(slot.id)) {
    throw GraphError(fmt::format("[after_descent] '{}' is the name of one leaf and the id of another", slot.id));
  }
  return slot.id;
}

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
  std::unordered_map<std::string_view, int> leaves;  // of each name
  for (const Slot& slot : graph.slots()) {
    if (slot.step < 0 && !slot.name.empty()) ++leaves[slot.name];
  }
  for (std::size_t i = 0; i < after.size(); ++i) {
    const Slot& slot = graph.slots()[i];
    if (!moves(slot, moved)) continue;
    if (!slot.gradient) {
      throw GraphError(fmt::format("[after_descent] {} has no gradient: call compute_gradients() first", slot.id));
    }
    after[i] = slot.value - slot.gradient * Array::full({}, rate, slot.dtype);
    inputs.emplace_back(unambiguous_name(slot, leaves), after[i]);
  }
  if (inputs.empty()) throw GraphError("[after_descent] nothing moves: the graph has neither a parameter nor an input");
  const std::vector<Array> outputs = graph.run(inputs);
  for (std::size_t k = 0; k < outputs.size(); ++k) after[static_cast<std::size_t>(graph.outputs()[k])] = outputs[k];
  return after;
}

}  // namespace gradus
