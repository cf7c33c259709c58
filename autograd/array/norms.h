// Norms and deviations from the mean along axes.
#pragma once
#include "array.h"

namespace gradus {

/// (Σ |x|ᵖ)^(1/p) over the axes in `mask`; for p = ∞ and −∞ the largest and the smallest |x|, for p = 0 how many are
/// not 0.  Scaled, so that it overflows and underflows only where its value does.  NaN if there is one.  Of nothing it
/// is 0; a negative p must not meet nothing.
[[nodiscard]] GRADUS_API Array norm_axes(const Array& x, double p, std::uint32_t mask, bool keepdims);

/// x minus its mean over the axes in `mask`, each to the last digit however far the numbers lie from 0.
[[nodiscard]] GRADUS_API Array centered(const Array& x, std::uint32_t mask);

}  // namespace gradus
