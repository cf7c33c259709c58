// Results that no number of their type can hold.
#pragma once
#include <string>

#include "../graph/graph.h"

namespace gradus::detail {

/// The sentence on a step whose result is 0 or infinite only because it is too small or too large for the type of number:
/// exp(−800), exp(800); else nothing.  `name` is the result's.
[[nodiscard]] std::string words_on_range(const Graph& graph, const Graph::Step& step, const std::string& name);

}  // namespace gradus::detail
