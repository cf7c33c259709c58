// From the text of an expression to instructions in postfix order.  Knows nothing of what the values are.
//
//   expression :  operand { operator operand }      < <= > >= == !=  lowest, not chained;  + -  next;  * / @  next;
//                                                   ^ highest, to the right: 2^3^2 = 2^9
//   operand    :  { + | - } ( number | name | name ( arguments ) | ( expression ) | array ) { [ subscript ] }
//   arguments  :  [ expression { , expression } ] { , option = value }
//   subscript  :  place { , place }                 place: 3, 1:9:2 with any part left out, ..., none
//
// A sign binds tighter than * and weaker than ^ on its right: -x^2 is -(x^2), and 2^-1 is 2^(-1).  A subscript binds
// tightest: -x[0]^2 is -((x[0])^2).  Some functions take an option without its name (sum(x, 1) is sum(x, axis=1)).
// Parsing takes linear time and no recursion, however deep the nesting.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "tools/gradus/language/calls.h"
#include "tools/gradus/language/literal.h"
#include "tools/gradus/language/operators.h"
#include "tools/gradus/language/subscript.h"
#include "tools/gradus/language/vocabulary.h"

namespace gradus::command {

/// Pushes a number.  `name` is empty unless it was written as a constant such as pi; it lives as long as the program.
struct Number {
  double value;
  std::string_view name;
};

/// Pushes the variable with this index in the vocabulary.
struct Variable {
  std::size_t index;
};

/// Replaces the top value by its negative.
struct Negate {};

/// Replaces the two top values by one; the right operand is on top.
struct Binary {
  BinaryOperator op;
};

/// Replaces the top value by a part of it.
struct Subscript {
  std::vector<SubscriptItem> items;
};

/// One step, and the byte of the source to point at when it fails: the operator, the number, the function's name, or
/// the bracket of a subscript.
/// A Literal pushes an array.
struct Instruction {
  std::variant<Number, Variable, Literal, Negate, Binary, Subscript, Call> action;
  std::size_t offset;
};

/// What was parsed.  Running the instructions in order over a stack leaves exactly one value.
struct Expression {
  std::vector<Instruction> instructions;
};

/// Reads an expression.  Throws ParseError, with a message for people and the first place where the text goes wrong.
[[nodiscard]] Expression parse(std::string_view text, const Vocabulary& vocabulary);

/// Indices, ascending, of the variables that the expression does not use.
[[nodiscard]] std::vector<std::size_t> unused_variables(const Expression& expression, const Vocabulary& vocabulary);

}  // namespace gradus::command
