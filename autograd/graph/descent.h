// A step of gradient descent on a graph, for drawings that show what it changes.
#pragma once
#include <vector>

#include "autograd/array/array.h"
#include "autograd/base/export.h"
#include "autograd/graph/graph.h"

namespace gradus {

/// What the slots of a graph are after each parameter has moved by -rate times its gradient: one array for each slot,
/// the parameters' and the outputs', which are computed again; null for all others.  The graph does not change.
/// Throws GraphError when the gradients have not been computed and where Graph::run does; ValueError for a rate that is
/// not finite.
[[nodiscard]] GRADUS_API std::vector<Array> after_descent(const Graph& graph, double rate);

}  // namespace gradus
