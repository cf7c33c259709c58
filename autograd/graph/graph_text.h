// A graph as text, one line for each value: what it is called, how it is computed, its shape and what it is.
#pragma once
#include <cstddef>
#include <iosfwd>
#include <string>

#include "../base/export.h"
#include "graph.h"

namespace gradus {

/// A long graph is shortened to its first and last lines, `most` of them together.
[[nodiscard]] GRADUS_API std::string printed(const Graph& graph, std::size_t most = 60);

GRADUS_API std::ostream& operator<<(std::ostream& out, const Graph& graph);

}  // namespace gradus
