// UTF-8, one code point at a time: decoded without trust, written, counted.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "export.h"

namespace gradus {

/// One code point of a text, or a piece that is none.
struct CodePoint {
  char32_t value = 0;
  std::size_t length = 1;  ///< in bytes
  bool valid = true;
};

/// The code point that begins at `offset`.  Overlong forms, surrogates and what lies above U+10FFFF are refused.
///
/// Where none begins: U+FFFD, not valid, with the length of the maximal subpart, which is the longest piece that could
/// have begun a code point, or else one byte.  Unicode and WHATWG replace each such piece by one U+FFFD.  At the end of
/// the text and behind it: the same with length 0.
[[nodiscard]] GRADUS_API CodePoint decode_utf8(std::string_view text, std::size_t offset = 0) noexcept;

/// The same, but a byte that is not part of a code point stands alone: its own value, length 1, not valid.  For
/// messages that name the byte.
[[nodiscard]] GRADUS_API CodePoint decode_utf8_or_byte(std::string_view text, std::size_t offset = 0) noexcept;

/// Writes the code point at the end; U+FFFD for a surrogate and for what lies above U+10FFFF, which have no UTF-8.
GRADUS_API void append_utf8(std::string& out, char32_t c);

namespace text {

/// Number of code points; a maximal subpart of something that is not UTF-8 counts as one.
[[nodiscard]] GRADUS_API std::size_t code_points(std::string_view text);
/// The text if it has at most `longest` code points, else the first of them and '…'.
[[nodiscard]] GRADUS_API std::string cut(std::string_view text, std::size_t longest);

}  // namespace text

}  // namespace gradus
