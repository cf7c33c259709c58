// Gradients beside central differences.
#pragma once
#include <cstdint>
#include <vector>

#include "derivation.h"

namespace gradus::detail {

/// A line for every variable and parameter of the graph, in the order of its slots.
[[nodiscard]] std::vector<DerivationCheck> compare_with_differences(const Graph& graph, std::int64_t most_numbers);

}  // namespace gradus::detail
