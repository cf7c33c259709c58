// What an expression may speak of: the functions there are and the variables that have been bound.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tools/gradus/language/option_value.h"

namespace gradus::command {

/// What `name=value` in a call is: its name, what it may be given, and what it is when nobody gives it.
struct OptionDeclaration {
  std::string name;
  ValueKind kind = ValueKind::any;
  /// The value of an option that is not given; without one the option must be given.
  std::optional<OptionValue> preset = None{};
  /// A second spelling, such as axes for axis.
  std::string alias = {};
  /// The texts an option of kind text may be; any when empty.
  std::vector<std::string> choices = {};

  OptionDeclaration(const char* option_name) : name(option_name) {}  // NOLINT: a name alone is a declaration
  OptionDeclaration(std::string option_name, ValueKind value_kind, std::optional<OptionValue> value = std::nullopt)
      : name(std::move(option_name)), kind(value_kind), preset(std::move(value)) {}

  [[nodiscard]] OptionDeclaration also_called(std::string other) const {
    OptionDeclaration copy = *this;
    copy.alias = std::move(other);
    return copy;
  }
  [[nodiscard]] OptionDeclaration one_of(std::vector<std::string> texts) const {
    OptionDeclaration copy = *this;
    copy.choices = std::move(texts);
    return copy;
  }
};

/// A function as the parser needs to know it.  Arguments are expressions and come first, options are plain values.
struct Function {
  std::string name;
  std::size_t min_arguments = 1;
  std::size_t max_arguments = 1;  ///< `any_number` for no limit
  std::vector<OptionDeclaration> options = {};
  /// How many of the options, from the first, may also be given without their name, after `max_arguments` arguments.
  std::size_t positional_options = 0;
  /// How many of the options stand without their name before the arguments, as the "ij,jk->ik" of einsum does.
  std::size_t leading_options = 0;
  /// A variable may have this name too; the function is meant where a '(' follows.
  bool may_be_bound = false;
  /// The number of the argument, from 1, that is the name of a variable or of a defined value and no expression; 0: none.
  std::size_t name_argument = 0;

  static constexpr std::size_t any_number = static_cast<std::size_t>(-1);
};

struct Vocabulary {
  std::vector<Function> functions;
  std::vector<std::string> variables;
  bool values_only = false;  ///< the text is the value of a binding, which no variable is part of
};

}  // namespace gradus::command
