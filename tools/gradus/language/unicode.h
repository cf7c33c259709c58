// What the characters of a command line are: parts of names or not, and how much room a terminal gives them.
#pragma once
#include <cstddef>
#include <string_view>

namespace gradus::command {

/// How many code points the text has; a byte that is not UTF-8 counts as one.
[[nodiscard]] std::size_t count_code_points(std::string_view text) noexcept;

/// True for what a name may begin with: letters and the underscore.
[[nodiscard]] bool is_name_start(char32_t c) noexcept;

/// True for what a name may go on with: letters, digits, the underscore, subscript digits, combining marks.
[[nodiscard]] bool is_name_part(char32_t c) noexcept;

/// Columns a terminal gives to a printable code point: 0 for combining marks, 2 for wide East Asian ones, else 1.
[[nodiscard]] int display_width(char32_t c) noexcept;

}  // namespace gradus::command
