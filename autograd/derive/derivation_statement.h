// What stands before the steps of a derivation and after them: what is derived, and the answer.
#pragma once
#include "../graph/graph.h"
#include "derivation.h"

namespace gradus::detail {

/// y = σ(w·x + b); wanted: the gradients of the leaves, at their numbers.
[[nodiscard]] DerivationStatement task_of(const Graph& graph, const Derivation& derivation);

/// Every gradient that was wanted, in letters where they are no longer than `longest_letters`, and in numbers.
[[nodiscard]] DerivationStatement answer_of(const Graph& graph, const Derivation& derivation,
                                            std::size_t longest_letters);

}  // namespace gradus::detail
