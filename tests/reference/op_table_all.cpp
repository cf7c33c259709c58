#include <algorithm>
#include <utility>

#include "tests/reference/op_table.h"

namespace gradus::reference {

const std::vector<std::unique_ptr<OpCase>>& op_cases() {
  static const std::vector<std::unique_ptr<OpCase>> all = [] {
    std::vector<std::pair<std::size_t, std::unique_ptr<OpCase>>> placed;
    [&]<std::size_t... Part>(std::index_sequence<Part...>) { (detail::add_op_cases<Part>(placed), ...); }
    (std::make_index_sequence<GRADUS_OP_TABLE_PARTS>{});
    std::ranges::stable_sort(placed, {}, [](const auto& p) { return p.first; });
    std::vector<std::unique_ptr<OpCase>> list;
    for (auto& [place, op] : placed) list.push_back(std::move(op));
    return list;
  }();
  return all;
}

}  // namespace gradus::reference
