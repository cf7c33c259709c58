// What a term of a formula is worth: the op that writes itself so, on arrays.
#pragma once
#include <span>

#include "autograd/array/array.h"
#include "autograd/math/formula.h"

namespace gradus::detail {

/// The value of a function, a root, a relation, a power, a fence or a constant that has a name; null where no elementwise
/// op and no constant is written so.
[[nodiscard]] Array value_of_term(const Formula::Term& term, std::span<const Array> x);

}  // namespace gradus::detail
