// Products along axes.  They keep their digits, neither overflow nor underflow on the way, and nothing is ever divided:
// so zeros need no special care.
#pragma once
#include "array.h"

namespace gradus {

/// The product over the axes whose bits are set in `mask`; 1 where there is nothing to multiply.
[[nodiscard]] GRADUS_API Array prod_axes(const Array& x, std::uint32_t mask, bool keepdims);

/// In each place the product of all the others in its group along the axes in `mask`: the gradient of prod.
[[nodiscard]] GRADUS_API Array other_products(const Array& x, std::uint32_t mask);

/// In each place the product of its group up to there, itself included, in row-major order; from the end when `reverse`.
[[nodiscard]] GRADUS_API Array cumprod(const Array& x, std::uint32_t mask, bool reverse);

}  // namespace gradus
