// Reductions over axes.  Sums are pairwise over fixed chunks: the same bits whatever the number of threads.
#pragma once
#include <cstdint>
#include <span>
#include <string_view>

#include "array.h"

namespace gradus {

/// The sum over the axes whose bits are set in `mask`; 0 where there is nothing to add.
[[nodiscard]] GRADUS_API Array sum_axes(const Array& x, std::uint32_t mask, bool keepdims);

/// The sum of sums: how those of the blocks of a row (KernelTable::sum_block) become one.  Writes over them.
[[nodiscard]] GRADUS_API double pairwise_sum(std::span<double> parts);

/// Throws ShapeError, naming `op`, when an axis in `mask` has no numbers.
GRADUS_API void require_numbers(const Shape& shape, std::uint32_t mask, std::string_view op);

/// The largest number along the axes in `mask`; NaN if there is one.  Throws ShapeError, naming `op`, for an empty
/// axis.
[[nodiscard]] GRADUS_API Array max(const Array& x, std::uint32_t mask, bool keepdims, std::string_view op);
/// The smallest, likewise.
[[nodiscard]] GRADUS_API Array min(const Array& x, std::uint32_t mask, bool keepdims, std::string_view op);

/// The sum over everything that broadcasting `shape` to x's shape repeated: an array of that shape.
[[nodiscard]] GRADUS_API Array sum_to(const Array& x, const Shape& shape);

/// The axes of `to` that a `from` repeats when it is broadcast, as a bit mask.
[[nodiscard]] GRADUS_API std::uint32_t repeated_axes(const Shape& from, const Shape& to);

}  // namespace gradus
