// The rules of the listed ops, put together from the parts they are compiled in.
#pragma once
#include <array>
#include <cstddef>

#include "autograd/math/ops.h"
#include "autograd/tensor/rule.h"

namespace gradus::detail {

using ListedRules = std::array<RuleEntry, Elementwise::size>;

/// Enters the rules of every op whose place in the list is `part` modulo GRADUS_RULE_PARTS.  Each is defined by one
/// build of elementwise_rules.cpp.
template <std::size_t part>
void fill_rules(ListedRules& table);

}  // namespace gradus::detail
