// A step of gradient descent on a graph, for drawings that show what it changes.
#pragma once
#include <cstdint>
#include <vector>

#include "../array/array.h"
#include "../base/export.h"
#include "graph.h"

namespace gradus {

/// Which leaves of a graph a step of gradient descent moves: the parameters or, where there are none, every leaf that a
/// gradient flows to.
enum class Moved : std::uint8_t { parameters, leaves };
[[nodiscard]] GRADUS_API Moved moved_by_descent(const Graph& graph);

/// What the slots of a graph are after each leaf that moves (moved_by_descent) has moved by -rate times its gradient: one
/// array for each slot, those leaves' and the outputs', which are computed again; null for all others.  The graph does
/// not change.  Throws GraphError when no leaf moves, when the gradients have not been computed and where Graph::run does;
/// ValueError for a rate that is not finite.
[[nodiscard]] GRADUS_API std::vector<Array> after_descent(const Graph& graph, double rate);

}  // namespace gradus
