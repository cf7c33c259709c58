// Derivations as LaTeX.
#pragma once
#include <string>

#include "autograd/base/export.h"
#include "autograd/derive/derivation.h"
#include "autograd/derive/write/derivation_style.h"
#include "autograd/graph/graph.h"

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
