// Whether the sides of an equation are equal as they are printed.
#pragma once
#include <string_view>

#include "../base/export.h"
#include "../math/formula.h"
#include "derivation.h"

namespace gradus::detail {

/// Goes through all equations and lets only those sides stand that are true of the numbers as they are printed: what the
/// left side comes to is what the right one says, to its last digit, else ≈ stands between them.  Where digits cancel, the
/// left side is written with as many more as that takes.  A side that none are enough for, or that has no value, goes, and
/// the step says why.
void settle_signs(Derivation& derivation);

/// "=" where what the left side comes to, as it is printed, is what the right one says; else "≈".
[[nodiscard]] GRADUS_API std::string_view sign_between(const Formula& left, const Formula& right, int digits);

}  // namespace gradus::detail
