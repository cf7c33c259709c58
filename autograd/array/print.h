// Numbers as people write them, with a true minus (U+2212): "nan", "inf", "−inf"; zero has no sign.  to_string(), which
// writes them for machines to read back, is declared in array.h.
#pragma once
#include <functional>
#include <string>

#include "../base/export.h"
#include "../base/shape.h"
#include "array.h"

namespace gradus::text {

inline constexpr int usual_digits = 4;
inline constexpr int most_digits = 17;  // tell any two numbers apart

/// Four decimals, so that numbers below each other line up: 0.7071.  Very large and small ones as 1.2346e−9.
[[nodiscard]] GRADUS_API std::string fixed(double x, int digits = usual_digits);
/// At most four significant digits: −3, 0.5, 1.5e−7.
[[nodiscard]] GRADUS_API std::string brief(double x, int digits = usual_digits);
/// All numbers of a small array: 0.7071, [1, −2], [[1, 2], [3, 4]].  A dash for one without data.
[[nodiscard]] GRADUS_API std::string numbers(const Array& array, int digits = usual_digits);
/// The numbers of an array that has some, in brackets as they are nested, each as `written` writes it.
[[nodiscard]] GRADUS_API std::string nested(const Array& array, const std::function<std::string(double)>& written);
/// How many digits, `digits` at least, brief() needs to write two arrays of one shape so that numbers that differ do so on
/// paper.
[[nodiscard]] GRADUS_API int digits_apart(const Array& a, const Array& b, int digits = usual_digits);
/// 64×16, 16, scalar.
[[nodiscard]] GRADUS_API std::string dimensions(const Shape& shape);

}  // namespace gradus::text
