#include "autograd/tensor/listed_rules.h"

#include <utility>

namespace gradus::detail {

const RuleEntry& listed_rule(std::size_t index) {
  static const ListedRules table = []<std::size_t... Part>(std::index_sequence<Part...>) {
    ListedRules filled{};
    (fill_rules<Part>(filled), ...);
    return filled;
  }
  (std::make_index_sequence<GRADUS_RULE_PARTS>{});
  return table[index];
}

}  // namespace gradus::detail
