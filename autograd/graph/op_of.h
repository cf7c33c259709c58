// The op behind a rule, by its type.
#pragma once
#include <typeinfo>

#include "autograd/tensor/rule.h"

namespace gradus::detail {

/// The op of a rule, if it is of this type; else null.  It lives as long as the rule.
template <class Op>
const Op* as_op(const Rule& rule) {
  const AnyOp any = rule.op_struct();
  return any.type != nullptr && *any.type == typeid(Op) ? static_cast<const Op*>(any.op) : nullptr;
}

}  // namespace gradus::detail
