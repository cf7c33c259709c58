// Functions of single numbers that neither <cmath> has, nor has in a form that threads may call at once.  They are compiled
// once, for every processor alike: kernels call them lane by lane.
#pragma once
#include "../base/export.h"

namespace gradus::detail {

/// ln|Γ(x)|; ∞ at 0 and the negative whole numbers.
GRADUS_API double log_gamma(double x) noexcept;
/// Γ(x); ±∞ at ±0, NaN at negative whole numbers.
GRADUS_API double gamma(double x) noexcept;
/// The (order + 1)-th derivative of ln Γ: ψ for order 0.  NaN unless the order is a whole number that is not negative.
/// At 0 it is ±∞ by the sign of 0; at negative whole numbers ∞ for odd orders, whose poles have one sign, else NaN.
GRADUS_API double poly_gamma(double order, double x) noexcept;
/// Iₙ(x)/xⁿ for the modified Bessel function of the first kind Iₙ: an even function, positive everywhere.
GRADUS_API double bessel_ratio(double order, double x) noexcept;

}  // namespace gradus::detail
