// Arrays in derivations.
#pragma once
#include <cstdint>
#include <string>

#include "../array/array.h"
#include "../math/formula.h"

namespace gradus::detail {

/// Arrays of more numbers than this are told by their shape.
inline constexpr std::int64_t most_written = 8;
/// All numbers of an array, in brackets as they are nested: −1, [1, −2], [[1, 2], [3, 4]].  For null, "not computed".
[[nodiscard]] std::string numbers_of(const Array& a, int digits);

/// Whether what is printed of an array in so many digits does not read back as its numbers.
[[nodiscard]] bool is_rounded(const Array& a, int digits);

/// A number put into a formula, in so many digits.
[[nodiscard]] Formula put_in(double x, int digits);

}  // namespace gradus::detail
