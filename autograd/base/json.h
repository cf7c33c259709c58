// JSON: its texts and its numbers, written.
#pragma once
#include <string>
#include <string_view>

#include "export.h"

namespace gradus {

/// The text in quotes, escaped.  Well-formed whatever the bytes are: what is not UTF-8 becomes U+FFFD, one for each maximal
/// subpart.  Control characters are written as escapes, those above U+007F too, and the line separators of JavaScript.
[[nodiscard]] GRADUS_API std::string json_text(std::string_view text);

/// The shortest digits that read back as the same number, with a point or an exponent; "nan", "inf" and "-inf" as texts,
/// since JSON has no word for them.
[[nodiscard]] GRADUS_API std::string json_number(double x);

}  // namespace gradus
