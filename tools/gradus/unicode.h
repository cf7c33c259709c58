// UTF-8 as it comes from a command line: decoded without trust, measured, and made safe to print on a terminal.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace gradus::command {

/// One code point of a text.  A byte that is not part of valid UTF-8 stands alone: its value, length 1, not valid.
struct CodePoint {
  char32_t value = 0;
  std::size_t length = 1;
  bool valid = true;
};

/// The code point that begins at `offset`, which must be inside the text.  Refuses overlong forms and surrogates.
[[nodiscard]] CodePoint decode(std::string_view text, std::size_t offset) noexcept;

/// How many code points the text has; a byte that is not UTF-8 counts as one.
[[nodiscard]] std::size_t count_code_points(std::string_view text) noexcept;

/// True for what a name may begin with: letters and the underscore.
[[nodiscard]] bool is_name_start(char32_t c) noexcept;

/// True for what a name may go on with: letters, digits, the underscore, subscript digits, combining marks.
[[nodiscard]] bool is_name_part(char32_t c) noexcept;

/// Columns a terminal gives to a printable code point: 0 for combining marks, 2 for wide East Asian ones, else 1.
[[nodiscard]] int display_width(char32_t c) noexcept;

/// True for what a terminal would obey or hide instead of showing: controls, invisible and direction-changing
/// characters, bytes that are not UTF-8.
[[nodiscard]] bool is_unprintable(const CodePoint& c) noexcept;

/// The written form of something unprintable: \x1b for a byte or a small code point, \u202e for others.
[[nodiscard]] std::string escaped(const CodePoint& c);

/// The text with everything unprintable escaped, cut after `limit` code points with "..." in place of the rest.
[[nodiscard]] std::string printable(std::string_view text, std::size_t limit = 40);

}  // namespace gradus::command
