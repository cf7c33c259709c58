// Why gradients are added up in topological order: the mistakes that everybody makes once, made on purpose.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "../base/export.h"
#include "../graph/graph.h"

namespace gradus {

enum class Walk : std::uint8_t {
  topological,      // a node hands its gradient on when all parts of it have arrived, and parts are added
  overwriting,      // the same order, but a part replaces what had arrived before
  naive_recursion,  // a node hands on what it has whenever a part arrives
  visited_once      // a node hands on what it has when its first part arrives, and never again
};

/// The word for a walk: "naive-recursion", in files.
constexpr std::string_view name_of(Walk walk) {
  constexpr std::string_view names[] = {"topological", "overwriting", "naive-recursion", "visited-once"};
  return names[static_cast<int>(walk)];
}

/// One arrow followed backwards: the gradient of `from` times the local derivative arrives at `to`.
struct OrderHop {
  int from = -1, to = -1;
  double gradient = 0.0;    // of `from`, as far as it has arrived
  double derivative = 0.0;  // ∂from/∂to along this arrow
  double before = 0.0;      // what had arrived at `to`
  double after = 0.0;
};

struct OrderRun {
  Walk walk = Walk::topological;
  std::vector<OrderHop> hops;     // the first of them, in the order in which they are made
  std::size_t hop_count = 0;      // how many there are
  bool finished = true;           // false: given up
  std::vector<double> gradients;  // of every slot, as they stand at the end; 0 where nothing arrived
};

/// The right walk and three wrong ones, each carried out on the graph's own local derivatives.
struct OrderComparison {
  int meeting =
      -1;  // a node where paths meet: the last in the order of computation, of those that come out wrong if there are any
  std::vector<int> uses;         // the results that read it, once for every time they do
  bool only_leaves_meet = true;  // whether all that is used twice are leaves, which hand nothing on
  std::vector<int> slots;        // those a gradient can arrive at, but the output
  std::array<OrderRun, 4> runs;  // as in Walk

  /// Whether a walk ends with another gradient than the right one, beyond rounding.
  [[nodiscard]] GRADUS_API bool is_wrong(Walk walk, int slot) const;
  [[nodiscard]] GRADUS_API bool is_wrong(Walk walk) const;
};

/// Throws GraphError for a graph of arrays (the walks need local derivatives), one without gradients or with several
/// outputs, and one in which nothing is used twice: there every order gives the same gradients.  Naive recursion can take time
/// that is exponential in the graph; it is given up after 100,000 hops.  The first 1,000 hops are kept.
[[nodiscard]] GRADUS_API OrderComparison compare_orders(const Graph& graph);

}  // namespace gradus
