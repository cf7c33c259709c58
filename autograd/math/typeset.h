// Names and formulas as people write them: x1·w_2 → x₁w₂.
#pragma once
#include <string>
#include <string_view>

#include "../base/export.h"

namespace gradus::text {

/// A name of letters with a number at its end, with the number as a subscript: x1 → x₁, w_2 → w₂; several, parted by
/// '_', are parted by commas: w1_11 → w₁,₁₁.  Others unchanged.
[[nodiscard]] GRADUS_API std::string subscripted(std::string_view name);
/// A formula with subscripts and superscripts, and products of short names written without a sign: x1·w1 → x₁w₁.
[[nodiscard]] GRADUS_API std::string typeset(std::string_view formula);

}  // namespace gradus::text
