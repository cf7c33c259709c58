// Derivations as Markdown.
#pragma once
#include <string>

#include "autograd/base/export.h"
#include "autograd/derive/derivation.h"
#include "autograd/derive/write/derivation_style.h"
#include "autograd/graph/graph.h"

namespace gradus {

/// A numbered list, the mathematics between dollar signs.
[[nodiscard]] GRADUS_API std::string to_markdown(const Graph& graph, const Derivation& derivation,
                                                 const DerivationStyle& style = {});
[[nodiscard]] inline std::string to_markdown(const Graph& graph, const Derivation& derivation,
                                             const std::string& title) {
  return to_markdown(graph, derivation, DerivationStyle{title});
}

}  // namespace gradus
