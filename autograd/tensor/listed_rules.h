// What is known of the listed ops, put together from the parts it is compiled in.
#pragma once
#include <array>
#include <cstddef>

#include "elementwise_op.h"

namespace gradus::detail {

using ListedOps = std::array<const ElementwiseOp*, Elementwise::size>;

/// Enters every op whose place in the list is `part` modulo GRADUS_RULE_PARTS.  Each is defined by one build of
/// elementwise_rules.cpp.
template <std::size_t part>
void fill_ops(ListedOps& table);

}  // namespace gradus::detail
