// Derivations as text.
#pragma once
#include <string>

#include "../../base/export.h"
#include "../../graph/graph.h"
#include "../derivation.h"
#include "derivation_latex.h"     // IWYU pragma: export: declared here once
#include "derivation_markdown.h"  // IWYU pragma: export
#include "derivation_style.h"

namespace gradus {

/// For a terminal or a file: a numbered line for each step, its equations below, and the closing table, aligned.  Control
/// characters in names become their pictures, so that no name can act on a terminal.
[[nodiscard]] GRADUS_API std::string to_text(const Graph& graph, const Derivation& derivation,
                                             const DerivationStyle& style = {});

}  // namespace gradus
