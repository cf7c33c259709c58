// Determinants and their derivatives, of matrices in the last two axes.  As in factorizations.h each matrix of a batch gives
// the bits it would give alone.
#pragma once
#include "array.h"

namespace gradus {

/// The determinants, 1 of an empty matrix.
[[nodiscard]] GRADUS_API Array det(const Array& a);

/// The signs of the determinants, 0 of a singular matrix, and the logarithms of their sizes, −∞ of one.
struct SignAndLog {
  Array sign;
  Array log;
};
[[nodiscard]] GRADUS_API SignAndLog slogdet(const Array& a);

/// The cofactors: in place i, j the derivative of the determinant by the number there.  det(a)·a⁻ᵀ, of singular matrices too.
[[nodiscard]] GRADUS_API Array cofactors(const Array& a);

/// How the cofactors move when a moves along h: the second derivative of the determinant, of singular matrices too.
[[nodiscard]] GRADUS_API Array cofactors_along(const Array& a, const Array& h);

}  // namespace gradus
