// How a gradient gets from a step to its arguments: what is asked of the graph itself.
#pragma once
#include <cstddef>

#include "../graph/graph.h"

namespace gradus::detail {

/// What the chain rule hands to argument k of a step of single numbers: the gradient times the local derivative.  As in the
/// engine, a gradient of 0 stays 0 whatever it meets, and so does any gradient at a branch that was not taken.
[[nodiscard]] double handed_on(const Graph& graph, const Graph::Step& step, std::size_t k, double gradient);

/// Whether the result of a step depends on `origin`, which argument k is or repeats, in another way than through argument k.
/// Then ∂result/∂origin is not the local derivative.  True when it would take long to find out.
[[nodiscard]] bool has_other_paths(const Graph& graph, const Graph::Step& step, std::size_t k, int origin);

}  // namespace gradus::detail
