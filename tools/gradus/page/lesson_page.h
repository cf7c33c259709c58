// A derivation as one HTML page that a reader steps through.
#pragma once
#include <string>
#include <string_view>

#include "autograd/derive/derivation.h"
#include "autograd/graph/graph.h"

namespace gradus::command {

/// The page: it needs nothing beside itself, and user text is escaped wherever it stands.  `svg` is what Graphviz makes
/// of to_dot(graph) with DotStyle::anchors.  Throws ValueError when that holds no <svg> element.
[[nodiscard]] std::string lesson_page(const Graph& graph, const Derivation& derivation, std::string_view svg,
                                      std::string_view title);

}  // namespace gradus::command
