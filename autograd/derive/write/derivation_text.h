// Derivations as text, Markdown and LaTeX.
#pragma once
#include <string>

#include "autograd/base/export.h"
#include "autograd/derive/derivation.h"
#include "autograd/graph/graph.h"

namespace gradus {

struct DerivationTextStyle {
  std::string title;   // above everything; empty: none
  bool color = false;  // escape sequences of terminals
};

/// For a terminal or a file: a numbered line for each step, its equations below, and the closing table, aligned.  Control
/// characters in names become their pictures, so that no name can act on a terminal.
[[nodiscard]] GRADUS_API std::string to_text(const Graph& graph, const Derivation& derivation,
                                             const DerivationTextStyle& style = {});

/// The same as Markdown, the mathematics between dollar signs.
[[nodiscard]] GRADUS_API std::string to_markdown(const Graph& graph, const Derivation& derivation,
                                                 const std::string& title = "");

/// The same as a LaTeX document that pdflatex compiles, or as a fragment for one that loads amsmath, and
/// graphicx if what is wider than the page is to be made to fit it.
[[nodiscard]] GRADUS_API std::string to_latex(const Graph& graph, const Derivation& derivation,
                                              const std::string& title = "", bool standalone = true);

}  // namespace gradus
