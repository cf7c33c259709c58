// A graph in letters, forward and backward: what every slot's value and gradient are made of.
#pragma once
#include <vector>

#include "../graph/graph.h"
#include "symbolic_algebra.h"

namespace gradus::detail {

/// Which values stand in a result as what they are made of, where that is sums and products alone.
enum class WrittenOut : std::uint8_t { nothing, what_has_no_name, everything };

struct SymbolicWay {
  Sums sums = Sums::as_they_stand;
  WrittenOut written_out = WrittenOut::what_has_no_name;
};

/// The gradient of every slot; not known where the algebra cannot say.  Of a slot of several numbers it may have a smaller shape,
/// which broadcasts.  The graph has its gradients, and one output.
[[nodiscard]] std::vector<Product> gradients_in_letters(const Graph& graph, const SymbolicWay& way, Algebra& algebra);

}  // namespace gradus::detail
