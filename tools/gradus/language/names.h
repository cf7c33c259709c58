// The names of the expression language: its constants, and which names a binding may take.
#pragma once
#include <string>
#include <string_view>

#include "tools/gradus/language/vocabulary.h"

namespace gradus::command {

/// A name with a fixed value.
struct Constant {
  std::string_view name;
  double value;
};

/// e, pi (also π), inf or nan; null for any other name.  The answer lives as long as the program.
[[nodiscard]] const Constant* find_constant(std::string_view name) noexcept;

/// Whether options and subscripts read the word as something else than a number: true, false, none, and as Python has them.
[[nodiscard]] bool is_reserved_word(std::string_view name) noexcept;

/// The word as it is written here: "true" for True.  Any other as it is.
[[nodiscard]] std::string_view plain_word(std::string_view word) noexcept;

/// Checks that `--var name=...` may bind this name, where `vocabulary.variables` are those bound so far.
/// Throws ValueError for a missing or malformed name, that of a function or constant, a reserved one, one bound twice.
void check_binding_name(std::string_view name, const Vocabulary& vocabulary);

}  // namespace gradus::command
