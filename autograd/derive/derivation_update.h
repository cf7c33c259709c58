// The step of gradient descent that ends a derivation.
#pragma once
#include <string>

#include "../graph/graph.h"
#include "derivation.h"

namespace gradus::detail {

/// Adds the steps of the update, and the update itself.  Throws ValueError for a rate that is not a positive number.
void explain_update(const Graph& graph, double learning_rate, Derivation& out);

/// What is differentiated: the output, or the sum of its numbers.
[[nodiscard]] Formula result_formula(const Graph& graph, const Derivation& derivation);

}  // namespace gradus::detail
