// What attributes an op may have, as its struct states it.
#pragma once
#include <string_view>

#include "../base/export.h"

namespace gradus {

namespace detail {

[[noreturn]] GRADUS_API void refuse_attributes(std::string_view op, std::string_view why);

/// The op itself.  Throws ValueError where it states, as `refused()`, that its attributes have no meaning.
template <class Op>
constexpr const Op& allowed(const Op& op) {
  if constexpr (requires { op.refused(); }) {
    if (const std::string_view why = op.refused(); !why.empty()) refuse_attributes(Op::name, why);
  }
  return op;
}

}  // namespace detail

}  // namespace gradus
