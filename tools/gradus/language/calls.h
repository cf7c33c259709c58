// The options of a call and what it must have: the part of the grammar between a function's brackets.
#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "tools/gradus/language/lexer.h"
#include "tools/gradus/language/option_value.h"
#include "tools/gradus/language/vocabulary.h"

namespace gradus::command {

/// An option as it was given, under the name it was declared with.  The offset is that of its name, or of its value when
/// it has none.
struct Option {
  std::string name;
  OptionValue value;
  std::size_t offset;
};

/// Replaces the `argument_count` top values by the function's result; the last argument is on top.
struct Call {
  std::size_t function;  ///< index in the vocabulary
  std::size_t argument_count;
  std::vector<Option> options;
};

/// Takes `name=value`.  Throws ParseError for an unknown name, suggesting the nearest, for one given before, also under
/// its other name, and for a value of the wrong kind.
void read_named_option(Lexer& lexer, const Function& function, Call& call);

/// Takes the value of the next option that may stand without its name.  Throws as read_named_option does.
void read_positional_option(Lexer& lexer, const Function& function, Call& call);

/// Whether a plain value, and not an expression, is due now in this call: before its arguments or behind them.
[[nodiscard]] bool option_is_due(const Function& function, const Call& call) noexcept;

/// Throws ParseError at `offset` when there are too few or too many arguments, or an option is missing.
void check_call(const Lexer& lexer, const Function& function, const Call& call, std::size_t offset);

}  // namespace gradus::command
