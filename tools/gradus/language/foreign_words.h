// What other languages and blackboards call things, and what they are called here.
#pragma once
#include <string>
#include <string_view>

namespace gradus::command {

/// How a function of another language is written here: "log(x)" for ln.  Empty when it is not known.
[[nodiscard]] std::string_view written_here(std::string_view function) noexcept;

/// Whether functions of other languages stand in a module of this name: np, torch, math.
[[nodiscard]] bool is_foreign_module(std::string_view name) noexcept;

/// What to write for an attribute of a value, x.T or x.sum: "transpose(x)", "sum(x)".
[[nodiscard]] std::string without_attribute(std::string_view value, std::string_view attribute);

/// The advice where a word of another language stands between two operands, as the end of a message; empty for others.
[[nodiscard]] std::string_view advice_for_word_between(std::string_view word) noexcept;

/// What was probably meant by more arguments than the function takes, as the end of a message; empty where nothing is known.
[[nodiscard]] std::string_view advice_for_more_arguments(std::string_view function) noexcept;

}  // namespace gradus::command
