#include "autograd/graph/module_tree.h"

#include <algorithm>

namespace gradus {

ModuleTree::ModuleTree(const Graph& graph) {
  const std::vector<GraphModule>& modules = graph.modules();
  const std::vector<Slot>& slots = graph.slots();
  const std::size_t n = modules.size();
  depth_.resize(n);
  parts_.resize(n + 1);
  number_.resize(n);
  parts_in_all_.resize(n);
  ranges_.resize(n);
  for (std::size_t m = 0; m < n; ++m) {  // a module comes after the one it lies in
    depth_[m] = depth(modules[m].parent) + 1;
    levels_ = std::max(levels_, depth_[m] + 1);
    parts_[index(modules[m].parent + 1)].push_back(static_cast<int>(m));
  }
  for (std::size_t m = n; m-- > 0;) {
    if (modules[m].parent >= 0) parts_in_all_[index(modules[m].parent)] += parts_in_all_[m] + 1;
  }
  std::vector<int> next{0};  // number of the next part of each module, first of none
  next.resize(n + 1);
  for (std::size_t m = 0; m < n; ++m) {
    int& mine = next[index(modules[m].parent + 1)];
    number_[m] = mine;
    next[m + 1] = mine + 1;
    mine += parts_in_all_[m] + 1;
  }
  // Sorted by the number of the module, slots without one last.
  std::vector<std::size_t> begin(n + 2);
  const auto key = [&](const Slot& slot) { return slot.scope < 0 ? n : index(number_[index(slot.scope)]); };
  for (const Slot& slot : slots) ++begin[key(slot) + 1];
  for (std::size_t k = 0; k <= n; ++k) begin[k + 1] += begin[k];
  for (std::size_t m = 0; m < n; ++m) {
    const std::size_t first = index(number_[m]);
    ranges_[m] = {begin[first], begin[first + 1 + index(parts_in_all_[m])] - begin[first]};
  }
  order_.resize(slots.size());
  position_.resize(slots.size());
  for (std::size_t i = 0; i < slots.size(); ++i) {
    position_[i] = begin[key(slots[i])]++;
    order_[position_[i]] = static_cast<int>(i);
  }
}

}  // namespace gradus
