// Derivations as text, for the tests of what they say.
#pragma once
#include <string>
#include <string_view>

#include "autograd/derive/derivation.h"
#include "autograd/derive/write/derivation_text.h"
#include "tests/reference/with_gradients.h"

namespace gradus::reference {

inline std::string text_of(const Tensor& y, const DerivationOptions& options = {}) {
  const Graph graph = with_gradients(y);
  return to_text(graph, derivation(graph, options));
}

inline bool holds(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

}  // namespace gradus::reference
