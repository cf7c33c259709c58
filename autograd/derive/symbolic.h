// The result in letters: ∂L/∂w = (a − y)·a·(1 − a)·x, composed along the chain and simplified as a teacher would.
#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "../base/export.h"
#include "../graph/graph.h"
#include "../math/formula.h"

namespace gradus {

/// The gradient of a leaf in letters.
struct SymbolicGradient {
  int slot = -1;
  Formula formula;
};

/// What the letters of a result stand for: a = sigmoid(z).
struct SymbolicDefinition {
  int slot = -1;
  Formula formula;
};

/// The gradients of leaves in letters, in the order of the slots, and what the letters stand for that are no leaves, in the order
/// of computation.
struct SymbolicResult {
  std::vector<SymbolicGradient> gradients;
  std::vector<SymbolicDefinition> definitions;
};

/// The gradients, as short as the known simplifications make them, of the leaves where that is no longer than `longest`
/// characters.  `symbols` has what each slot is called (Derivation::symbols).  The graph has its gradients, and one output.
///
/// Nothing is said of a leaf where the letters would not be right: each result is computed from the recorded values and
/// compared with the engine's gradient, which also holds where a convention decides.
[[nodiscard]] GRADUS_API SymbolicResult symbolic_gradients(const Graph& graph, const std::vector<std::string>& symbols,
                                                           std::size_t longest);

namespace detail {

/// How a candidate compares with the engine's gradient: for tests, which see what symbolic_gradients() leaves out.
struct SymbolicCandidate {
  int slot = -1;
  Formula formula;
  bool agrees = false;
};
/// Every result of every way of simplifying.
[[nodiscard]] GRADUS_API std::vector<SymbolicCandidate> symbolic_candidates(const Graph& graph,
                                                                            const std::vector<std::string>& symbols);

}  // namespace detail

}  // namespace gradus
