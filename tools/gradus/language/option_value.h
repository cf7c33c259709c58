// What `name=value` in a call may give.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "tools/gradus/language/lexer.h"

namespace gradus::command {

/// The word none: whatever a function does when nothing is asked for.
struct None {
  friend bool operator==(None, None) = default;
};

/// A number, true or false, a list of whole numbers, a text in quotes, or none.
using OptionValue = std::variant<double, bool, std::vector<std::int64_t>, std::string, None>;

/// What an option takes.  `axes` and `sizes` are one whole number or a list of them, axes also none for
/// all, `padding` also a text.
enum class ValueKind { any, number, whole, flag, axis, axes, sizes, padding, text };

/// "a whole number", "true or false": what an option of this kind must be.
[[nodiscard]] std::string_view description_of(ValueKind kind) noexcept;

/// Whether a kind that takes whole numbers was given one that no size, shift or axis comes to.
[[nodiscard]] bool is_too_large(const OptionValue& value, ValueKind kind) noexcept;

/// Whether an option of this kind can have the value.
[[nodiscard]] bool fits(const OptionValue& value, ValueKind kind) noexcept;

/// The value as it is written in a call: `0.01`, `true`, `(0, 1)`, `"same"`, `none`.
[[nodiscard]] std::string to_string(const OptionValue& value);

/// Takes a value: `0`, `-1e-3`, `true`, `(0, 1)`, `[0, 1]`, `()`, `"ij,jk->ik"`, `none`.  Throws ParseError for anything
/// else.
[[nodiscard]] OptionValue read_option_value(Lexer& lexer);

}  // namespace gradus::command
