// Derivations as Markdown.
#pragma once
#include <string>

#include "../../base/export.h"
#include "../../graph/graph.h"
#include "../derivation.h"
#include "derivation_style.h"

namespace gradus {

/// A numbered list, the mathematics between dollar signs.
[[nodiscard]] GRADUS_API std::string to_markdown(const Graph& graph, const Derivation& derivation,
                                                 const DerivationStyle& style = {});
[[nodiscard]] inline std::string to_markdown(const Graph& graph, const Derivation& derivation,
                                             const std::string& title) {
  return to_markdown(graph, derivation, DerivationStyle{title});
}

}  // namespace gradus
