// What is said of an expression that is none: the message for each way in which a text goes wrong.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "tools/gradus/language/lexer.h"
#include "tools/gradus/language/vocabulary.h"

namespace gradus::command {

/// How far the parser has come.  Every function below throws ParseError.
struct Reading {
  const Lexer& lexer;  ///< behind `word`
  const Vocabulary& vocabulary;
  const std::vector<std::string>& names;  ///< that statements have defined
  const std::optional<Token>& defining;   ///< the name of the statement that is read
  const Token& word;                      ///< the last word taken, and the one before
  const Token& previous;
  bool in_brackets;
};

[[noreturn]] void fail_for_lack_of_operand(const Reading& at, const Token& token);
[[noreturn]] void fail_for_lack_of_operator(const Reading& at, const Token& token);
[[noreturn]] void fail_as_unexpected(const Reading& at, const Token& token);

/// Names that are bound get their values where they are bound.
[[noreturn]] void fail_at_equals(const Reading& at, const Token& name, const Token& equals);

/// A name that means nothing here: of a function, a variable, or what another language would write.
[[noreturn]] void fail_at_unknown_name(const Reading& at, const Token& name);

/// A function's name without a call.
[[noreturn]] void fail_for_lack_of_call(const Reading& at, const Token& name);

/// A '.' with a name, as in x.T, behind a value that ends at `value`.
[[noreturn]] void fail_at_attribute(const Reading& at, const Token& value);

/// A bracket that is never closed: `open` is '(' or '['.
[[noreturn]] void fail_for_lack_of_bracket(const Reading& at, const Token& end, char open, std::size_t offset);

}  // namespace gradus::command
