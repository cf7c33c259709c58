// The softmax family along axes.  In a softmax one entry is close to 1 and what it lacks is the sum of the others: so
// everything here is computed from the others, and keeps its digits however sure the softmax is.
#pragma once
#include <cstdint>
#include <string_view>

#include "array.h"
#include "kernels.h"

namespace gradus {

/// The exponentials of one row (kernels.h).  Thread-safe.
template <Element T>
ExpRow exp_row(const T* row, std::int64_t n, T* out);
/// Multiplies n neighbouring numbers.
template <Element T>
void scale_row(T* row, std::int64_t n, double by);

/// exp(x) / Σ exp(x); in a group where every number is −∞, `of_nothing` / its length.
[[nodiscard]] GRADUS_API Array softmax(const Array& x, std::uint32_t mask, double of_nothing);

/// log Σ exp(x) over the axes in `mask`, which hold numbers.
[[nodiscard]] GRADUS_API Array logsumexp(const Array& x, std::uint32_t mask, bool keepdims, std::string_view op);

/// x − log Σ exp(x), which is the logarithm of softmax; NaN throughout a group where every number is −∞ (K12).
[[nodiscard]] GRADUS_API Array log_softmax(const Array& x, std::uint32_t mask, std::string_view op);

/// y · (g − Σ g·y) for a softmax y.
[[nodiscard]] GRADUS_API Array softmax_pullback(const Array& y, const Array& g, std::uint32_t mask);

/// g − y · Σ g for a softmax y; nothing at all in a group where g is 0 (K7).
[[nodiscard]] GRADUS_API Array log_softmax_pullback(const Array& y, const Array& g, std::uint32_t mask);

/// g minus its entry where y is largest, for each group along the axes in `mask`; or the adjoint of that.
[[nodiscard]] GRADUS_API Array anchored(const Array& y, const Array& g, std::uint32_t mask, bool adjoint);

}  // namespace gradus
