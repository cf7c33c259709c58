// What may stand in an expression, for --help.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace gradus::command {

/// The words of a text in lines of at most `width` columns, each line after `indent` blanks.
[[nodiscard]] std::string wrapped(std::string_view text, std::size_t width, std::size_t indent);

/// Operators, literals, and the names of all functions by theme.
[[nodiscard]] std::string expression_help();

}  // namespace gradus::command
