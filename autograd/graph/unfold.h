// Graphs in simpler steps: composite ops as what they are made of, and arrays as single numbers.
#pragma once
#include <cstdint>

#include "../base/export.h"
#include "graph.h"

namespace gradus {

/// The same computation with every composite op in its elementary ones: a sigmoid as 1/(1 + exp(−x)), a tanh as
/// sinh/cosh, a softmax as exponentials and their sum.  Leaves, names, modules and values are those of the graph, to
/// rounding, and the gradients are computed when the graph has some.  Where the elementary ops overflow and the composite
/// op does not, so does this: it is for looking at, on ordinary numbers.  Throws GraphError for a graph with functions of
/// the user's.
[[nodiscard]] GRADUS_API Graph unfolded(const Graph& graph);

/// The same computation with what only serves gradients in ordinary ops: of a gradient that was recorded, cotangent times
/// derivative, with the derivative as people write it.  Helpers of ops on whole arrays stay as they are.  Where what is
/// computed keeps more digits than what people write, so does the graph itself: this is for looking at.
[[nodiscard]] GRADUS_API Graph with_written_gradients(const Graph& graph);

struct ScalarsOptions {
  /// No graph with more slots than this is made.
  std::int64_t most_slots = 2000;
};

/// The same computation on single numbers, one for each element of each array, as lessons draw a small network: w of
/// shape [2, 2] becomes w11, w12, w21, w22.  Linear ops become sums of products, the others what unfolded() makes of
/// them.  Gradients are computed when the graph has some; with several outputs, or one of several elements, each element
/// is an output.  Throws GraphError when it would be too large, or for an op that has no such form.
[[nodiscard]] GRADUS_API Graph as_scalars(const Graph& graph, const ScalarsOptions& options = {});

}  // namespace gradus
