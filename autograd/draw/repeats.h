// Modules that do the same one after the other: twelve equal layers in a row.
#pragma once
#include <vector>

#include "../graph/graph.h"
#include "../graph/module_tree.h"

namespace gradus {

/// The row that a module belongs to; a module by itself is a row of one.
struct Repeat {
  int first = -1;  // module
  int last = -1;
  int count = 1;
};

/// One for each module.  Modules are in one row when they lie in the same module, next to each other, have the same
/// kind, note and steps on values of the same shapes, each read only what the one before computed (at the same places)
/// or what all of them read, and hand on to the next alone.  Names and the numbers of parameters do not matter.
[[nodiscard]] std::vector<Repeat> find_repeats(const Graph& graph, const ModuleTree& tree);

}  // namespace gradus
