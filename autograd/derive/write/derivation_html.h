// Derivations as a page that needs nothing else.
#pragma once
#include <string>

#include "../../base/export.h"
#include "../../graph/graph.h"
#include "../derivation.h"
#include "derivation_style.h"

namespace gradus {

/// One static HTML file: the steps with their mathematics in MathML, and the closing tables.  Light or dark as the reader's
/// system is, printable.  It has no scripts and loads nothing, and its Content-Security-Policy forbids both.  Whatever
/// names and the title are made of stays text.  Without a title the page is called "Derivation".
[[nodiscard]] GRADUS_API std::string to_html(const Graph& graph, const Derivation& derivation,
                                             const DerivationStyle& style = {});
[[nodiscard]] inline std::string to_html(const Graph& graph, const Derivation& derivation, const std::string& title) {
  return to_html(graph, derivation, DerivationStyle{title});
}

}  // namespace gradus
