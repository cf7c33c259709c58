// What runs along axes and remembers: sums, recurrences, shifts.  Several axes are one line, in row-major order.
#pragma once
#include "array.h"

namespace gradus {

/// In each place the sum of its group along the axes in `mask` up to there, itself included; from the end when `reverse`.
/// The sums are compensated: as good as if each had been rounded once.
[[nodiscard]] GRADUS_API Array cumsum(const Array& x, std::uint32_t mask, bool reverse);

/// y_i = b_i + a_i · y_{i−1} along the axes in `mask`, starting from 0; with y_{i+1}, from the end, when `reverse`.
[[nodiscard]] GRADUS_API Array recurrence(const Array& a, const Array& b, std::uint32_t mask, bool reverse);

/// y_i = x_{i−by} along the axes in `mask`, and `fill` where there is no such place.
[[nodiscard]] GRADUS_API Array shift(const Array& x, std::uint32_t mask, std::int64_t by, double fill);

}  // namespace gradus
