// The modules of a graph as a tree, with the slots that belong to each.
#pragma once
#include <cstddef>
#include <span>
#include <vector>

#include "graph.h"

namespace gradus {

class ModuleTree {
 public:
  /// Takes time that grows with the number of slots and modules only.  The graph must outlive the tree.
  explicit ModuleTree(const Graph& graph);

  /// How deep a module lies in others: 0 at the top, -1 for no module (-1).
  [[nodiscard]] int depth(int module) const { return module < 0 ? -1 : depth_[index(module)]; }
  /// One more than the greatest depth; 0 without modules.
  [[nodiscard]] int levels() const noexcept { return levels_; }
  /// The modules right inside one, in the order of their first recording; of -1 those at the top.
  [[nodiscard]] const std::vector<int>& parts(int module) const { return parts_[index(module + 1)]; }
  /// The slots of a module and of all modules in it, in an order that equal modules share.
  [[nodiscard]] std::span<const int> slots(int module) const {
    const Range& range = ranges_[index(module)];
    return std::span(order_).subspan(range.begin, range.size);
  }
  /// Where a slot lies in slots() of a module; outside of it where it does not belong to it.
  [[nodiscard]] std::ptrdiff_t place(int slot, int module) const {
    return static_cast<std::ptrdiff_t>(position_[index(slot)]) -
           static_cast<std::ptrdiff_t>(ranges_[index(module)].begin);
  }
  [[nodiscard]] bool contains(int module, int slot) const {
    const std::ptrdiff_t at = place(slot, module);
    return at >= 0 && at < static_cast<std::ptrdiff_t>(ranges_[index(module)].size);
  }
  /// A number for each module; those in one module have the numbers that follow its own.
  [[nodiscard]] int number(int module) const { return number_[index(module)]; }
  /// How many modules lie in one, at any depth.
  [[nodiscard]] int parts_in_all(int module) const { return parts_in_all_[index(module)]; }

 private:
  struct Range {
    std::size_t begin = 0, size = 0;
  };
  static std::size_t index(int i) { return static_cast<std::size_t>(i); }

  int levels_ = 0;
  std::vector<int> depth_;
  std::vector<std::vector<int>> parts_;  // of each module, first those of none
  std::vector<int> number_;
  std::vector<int> parts_in_all_;
  std::vector<Range> ranges_;
  std::vector<int> order_;             // slots, those of one module side by side
  std::vector<std::size_t> position_;  // of each slot in that order
};

}  // namespace gradus
