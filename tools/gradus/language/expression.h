// From the text of an expression, or of several statements, to instructions in postfix order.  Knows nothing of what the
// values are.
//
//   program    :  statement { (; | end of line) statement }
//   statement  :  [ name = ] expression
//   expression :  operand { operator operand }      < <= > >= == !=  lowest, not chained;  + -  next;  * / @  next;
//                                                   ^ highest, to the right: 2^3^2 = 2^9
//   operand    :  { + | - } ( number | name | name ( arguments ) | ( expression ) | array ) { [ subscript ] | ² }
//   array      :  [ expression { , expression } ]   of plain numbers also with blanks for commas: [1 -2]
//   arguments  :  [ expression { , expression } ] { , option = value }
//   subscript  :  place { , place }                 place: 3, 1:9:2 with any part left out, ..., none
//
// x² is (x)^2, whatever stands before x, and ⁻¹ an exponent alike.  A sign binds tighter than * and weaker than ^ on its right: -x^2 is -(x^2), and 2^-1 is 2^(-1).  A subscript binds
// tightest: -x[0]^2 is -((x[0])^2).  A line ends a statement unless a bracket is open, its last word is an operator, or the
// next line begins with one.  The last statement is the result, and so is every other that has no name.  Some functions
// take an option without its name (sum(x, 1) is sum(x, axis=1)).
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

/// Pushes the variable with this index in the vocabulary; behind those come the names that statements define.
struct Variable {
  std::size_t index;
};

/// Takes the top value away and gives it to a name: of Expression::names the one at `index` minus the number of the
/// vocabulary's variables.
struct Define {
  std::size_t index;
};

/// Replaces the top value by its negative.
struct Negate {};

/// Replaces the two top values by one; the right operand is on top.
struct Binary {
  BinaryOperator op;
};

/// Replaces so many top values, the last on top, by an array of them along a new first axis.
struct ArrayOf {
  std::size_t count;
};

/// Replaces the top value by a part of it.
struct Subscript {
  std::vector<SubscriptItem> items;
};

/// One step, and the byte of the source to point at when it fails: the operator, the number, the function's name, or
/// the bracket of a subscript.
/// A Literal pushes an array.
struct Instruction {
  std::variant<Number, Variable, Literal, Define, Negate, Binary, ArrayOf, Subscript, Call> action;
  std::size_t offset;
};

/// What was parsed.  Running the instructions in order over a stack leaves the results, of which there is at least one.
struct Expression {
  std::vector<Instruction> instructions;
  std::vector<std::string> names;  ///< that statements define, in order
};

/// Reads an expression.  Throws ParseError, with a message for people and the first place where the text goes wrong.
[[nodiscard]] Expression parse(std::string_view text, const Vocabulary& vocabulary);

/// The names, bound ones before defined ones, that the expression does not use.
[[nodiscard]] std::vector<std::string> unused_names(const Expression& expression, const Vocabulary& vocabulary);

}  // namespace gradus::command
