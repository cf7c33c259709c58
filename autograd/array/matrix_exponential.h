// e to the power of a matrix.
#pragma once
#include "array.h"

namespace gradus {

/// Σ aᵏ/k! of every matrix in the last two axes, by scaling, a Padé approximant and squaring (Higham 2005), in doubles.  Not
/// finite where a is not.
[[nodiscard]] GRADUS_API Array expm(const Array& a);

}  // namespace gradus
