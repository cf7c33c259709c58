// Text that came from outside: is it text at all, and how to show it in a message.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "export.h"
#include "utf8.h"

namespace gradus {

/// Whether this is well-formed UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF.
[[nodiscard]] GRADUS_API bool is_utf8(std::string_view text) noexcept;

/// True for what a terminal would obey or hide instead of showing: controls, invisible and direction-changing
/// characters, bytes that are not UTF-8.
[[nodiscard]] GRADUS_API bool is_unprintable(const CodePoint& c) noexcept;

/// The written form of something unprintable: \x1b for a byte or a small code point, \u202e for others.  Bytes as
/// decode_utf8_or_byte() gives them.
[[nodiscard]] GRADUS_API std::string escaped(const CodePoint& c);

/// The text with everything unprintable escaped, cut after `limit` code points with "..." in place of the rest.
[[nodiscard]] GRADUS_API std::string printable(std::string_view text, std::size_t limit = 40);

/// The printable text between single quotes, as messages show what they were given.
[[nodiscard]] GRADUS_API std::string in_quotes(std::string_view text);

}  // namespace gradus
