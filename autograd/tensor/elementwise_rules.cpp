// Compiles the rules of every listed op, once.
#include <array>

#include "autograd/math/ops.h"
#include "autograd/tensor/boxed_rule.h"

namespace gradus::detail {

namespace {

template <class... Op>
std::array<RuleEntry, sizeof...(Op)> entries(OpList<Op...>) {
  return {rule_entry<Op>()...};
}

}  // namespace

const RuleEntry& listed_rule(std::size_t index) {
  static const std::array<RuleEntry, Elementwise::size> table = entries(Elementwise{});
  return table[index];
}

}  // namespace gradus::detail
