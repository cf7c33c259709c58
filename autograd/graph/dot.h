// Graphs as DOT text for Graphviz.  No Graphviz is needed to write it.
#pragma once
#include <string>

#include "autograd/base/export.h"
#include "autograd/graph/graph.h"

namespace gradus {

struct DotStyle {
  std::string title;     // above the drawing, in bold; empty: none
  std::string subtitle;  // beside the title
  bool dark = false;
};

/// The graph as DOT.  A graph of single numbers shows a card for each value, with its name, role, value and gradient,
/// the op as a badge and the local derivative on each edge; a graph of arrays shows ops and shapes, a box around each
/// module. The same graph gives the same text.  User text appears only in labels, escaped.
[[nodiscard]] GRADUS_API std::string to_dot(const Graph& graph, const DotStyle& style = {});

}  // namespace gradus
