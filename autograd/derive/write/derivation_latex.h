// Derivations as LaTeX.
#pragma once
#include <string>

#include "../../base/export.h"
#include "../../graph/graph.h"
#include "../derivation.h"
#include "derivation_style.h"

namespace gradus {

/// A document that pdflatex compiles, or a fragment for one that loads amsmath, and graphicx if what is wider than the
/// page is to be made to fit it.
[[nodiscard]] GRADUS_API std::string to_latex(const Graph& graph, const Derivation& derivation,
                                              const DerivationStyle& style = {});
[[nodiscard]] inline std::string to_latex(const Graph& graph, const Derivation& derivation, const std::string& title,
                                          bool standalone = true) {
  return to_latex(graph, derivation, DerivationStyle{title, false, !standalone});
}

}  // namespace gradus
