// What a term of a formula is worth on arrays, number by number.
#pragma once
#include <span>

#include "../array/array.h"
#include "../math/formula.h"

namespace gradus::detail {

/// The value of a function, a root, a relation, a power or a fence of these arrays, which broadcast, or of a constant that
/// has a name; null where nobody can say (formula_value.h).
[[nodiscard]] Array value_of_term(const Formula::Term& term, std::span<const Array> x);

}  // namespace gradus::detail
