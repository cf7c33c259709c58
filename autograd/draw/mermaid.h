// Graphs as text for Mermaid, which GitHub, GitLab and many editors draw inside of Markdown.
#pragma once
#include <string>

#include "../base/export.h"
#include "../graph/graph.h"
#include "dot.h"

namespace gradus {

/// The graph as a Mermaid flowchart: the nodes, words, numbers and colours of to_dot in the same style, a subgraph for
/// each module.  Anchors are not written.  The same graph gives the same text.  User text appears only in labels,
/// escaped; there is no click, no link and no directive in it.  Mermaid draws at most 500 arrows unless the page that
/// shows it allows more.
/// Throws what to_dot throws.
[[nodiscard]] GRADUS_API std::string to_mermaid(const Graph& graph, const DotStyle& style = {});

}  // namespace gradus
