// What the parser makes of a text: the instructions in postfix order, and what it says of texts it refuses.
#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "autograd/base/error.h"
#include "tests/catch.h"
#include "tools/gradus/expression.h"

namespace {

using namespace gradus::command;

const Vocabulary vocabulary{{{"sin", 1, 1, {}},
                             {"sqrt", 1, 1, {}},
                             {"floor", 1, 1, {}},
                             {"clamp", 1, 3, {"low", "high"}},
                             {"max", 1, Function::any_number, {}},
                             {"random", 0, 0, {}},
                             {"sum", 1, 1, {"axis", "keepdims"}}},
                            {"x", "y", "alpha", "\u03b8\u2081", "axis"}};

std::string listed(const OptionValue& value) {
  if (const auto* number = std::get_if<double>(&value)) return fmt::format("{}", *number);
  if (const auto* boolean = std::get_if<bool>(&value)) return *boolean ? "true" : "false";
  std::string text = "(";
  for (const auto integer : std::get<std::vector<std::int64_t>>(value)) text += fmt::format("{},", integer);
  return text + ")";
}

std::string listed(const Call& call) {
  std::string text = fmt::format("{}/{}", vocabulary.functions[call.function].name, call.argument_count);
  for (const Option& option : call.options) text += fmt::format("[{}={}]", option.name, listed(option.value));
  return text;
}

std::string listed(const Instruction& instruction) {
  if (const auto* number = std::get_if<Number>(&instruction.action)) {
    return number->name.empty() ? fmt::format("{}", number->value) : std::string(number->name);
  }
  if (const auto* variable = std::get_if<Variable>(&instruction.action)) return vocabulary.variables[variable->index];
  if (const auto* call = std::get_if<Call>(&instruction.action)) return listed(*call);
  if (const auto* binary = std::get_if<Binary>(&instruction.action)) {
    return std::string(1, "+-*/@^"[static_cast<int>(binary->op)]);
  }
  return std::holds_alternative<Negate>(instruction.action) ? "neg" : "array";
}

/// The instructions in order, as words.
std::string postfix(const std::string& text) {
  std::string result;
  for (const Instruction& instruction : parse(text, vocabulary).instructions) {
    result += (result.empty() ? "" : " ") + listed(instruction);
  }
  return result;
}

/// Where the instructions point, in order.
std::vector<std::size_t> offsets(const std::string& text) {
  std::vector<std::size_t> result;
  for (const Instruction& instruction : parse(text, vocabulary).instructions) result.push_back(instruction.offset);
  return result;
}

/// "offset: message", or the instructions when there is no error.
std::string complaint(const std::string& text) {
  try {
    return postfix(text);
  } catch (const gradus::ParseError& error) {
    return fmt::format("{}: {}", error.offset(), error.what());
  }
}

}  // namespace

TEST_CASE("operators bind as in mathematics", "[expression]") {
  CHECK(postfix("1+2*3") == "1 2 3 * +");
  CHECK(postfix("1*2+3") == "1 2 * 3 +");
  CHECK(postfix("1-2-3") == "1 2 - 3 -");
  CHECK(postfix("1/2*3@4") == "1 2 / 3 * 4 @");
  CHECK(postfix("2^3^4") == "2 3 4 ^ ^");
  CHECK(postfix("2*3^4*5") == "2 3 4 ^ * 5 *");
  CHECK(postfix("(1+2)*3") == "1 2 + 3 *");
}

TEST_CASE("a sign binds weaker than the power on its right and tighter than a product", "[expression]") {
  CHECK(postfix("-x^2") == "x 2 ^ neg");
  CHECK(postfix("2^-1") == "2 1 neg ^");
  CHECK(postfix("2^-3^4") == "2 3 4 ^ neg ^");
  CHECK(postfix("-x*y") == "x neg y *");
  CHECK(postfix("x*-y+1") == "x y neg * 1 +");
  CHECK(postfix("1--2") == "1 2 neg -");
  CHECK(postfix("+x") == "x");
  CHECK(postfix("2^+-+x") == "2 x neg ^");
}

TEST_CASE("calls know their arguments and options", "[expression]") {
  CHECK(postfix("max(x, 1+2, sin(y))") == "x 1 2 + y sin/1 max/3");
  CHECK(postfix("random()") == "random/0");
  CHECK(postfix("sin (x)^2") == "x sin/1 2 ^");
  CHECK(postfix("-sin(-x)") == "x neg sin/1 neg");
  CHECK(postfix("sum(x, axis=0)") == "x sum/1[axis=0]");
  CHECK(postfix("sum(x, axis=(0, -1), keepdims=true)*2") == "x sum/1[axis=(0,-1,)][keepdims=true] 2 *");
  CHECK(postfix("sum(x, axis = () , keepdims=false)") == "x sum/1[axis=()][keepdims=false]");
  CHECK(postfix("sum(x, axis=(1,))") == "x sum/1[axis=(1,)]");
  CHECK(postfix("clamp(x, low=-1e-1, high=inf)") == "x clamp/1[low=-0.1][high=inf]");
  CHECK(postfix("sum(axis)") == "axis sum/1");
}

TEST_CASE("constants keep their names and names may be Greek", "[expression]") {
  CHECK(postfix("2*pi*e") == "2 pi * e *");
  CHECK(postfix("-inf+nan") == "inf neg nan +");
  CHECK(postfix("\u03b8\u2081*x") == "\u03b8\u2081 x *");
}

TEST_CASE("arrays of plain numbers are operands", "[expression]") {
  CHECK(postfix("[1,2]+x") == "array x +");
  CHECK(postfix("sum([[1,2],[3,-inf]] @ [1,pi], axis=0)") == "array array @ sum/1[axis=0]");
  const Expression expression = parse("2*[[1,-2,3],[4,5,e]]", vocabulary);
  const auto& array = std::get<Literal>(expression.instructions[1].action);
  CHECK(array.shape == std::vector<std::int64_t>{2, 3});
  CHECK(array.data == std::vector<double>{1, -2, 3, 4, 5, 2.718281828459045});
}

TEST_CASE("every instruction points at the text it came from", "[expression]") {
  CHECK(offsets("x + 2*y") == std::vector<std::size_t>{0, 4, 6, 5, 2});
  CHECK(offsets(" sin(-x) @ [1]") == std::vector<std::size_t>{6, 5, 1, 11, 9});
  const Expression expression = parse("sum(x, axis=1)", vocabulary);
  CHECK(std::get<Call>(expression.instructions[1].action).options[0].offset == 7);
}

TEST_CASE("variables that are not used are known", "[expression]") {
  CHECK(unused_variables(parse("x*axis", vocabulary), vocabulary) == std::vector<std::size_t>{1, 2, 3});
  CHECK(unused_variables(parse("1", {}), {}).empty());
}

TEST_CASE("an open bracket is reported where its end is missed", "[expression]") {
  CHECK(complaint("2*(1+x") == "6: expected ')' to close the '(' at column 3");
  CHECK(complaint("sin(x ") == "6: expected ')' to close the '(' at column 4");
  CHECK(complaint("()") == "1: expected operand, found ')'");
  CHECK(complaint("(1,2)") == "2: unexpected ','");
  CHECK(complaint("max(1,(2,3))") == "8: unexpected ','");
  CHECK(complaint("[1,2") == "4: expected ',' or ']', found the end; the elements of an array are plain numbers");
}

TEST_CASE("two operands in a row are not a product", "[expression]") {
  CHECK(complaint("2x") == "1: expected operator before 'x'; multiplication is written '*'");
  CHECK(complaint("x y") == "2: expected operator before 'y'; multiplication is written '*'");
  CHECK(complaint("x(2)") == "1: expected operator before '('; 'x' is not a function");
  CHECK(complaint("sin(x)(y)") == "6: expected operator before '('; multiplication is written '*'");
  CHECK(complaint("1 2") == "2: expected operator before '2'");
  CHECK(complaint("1.2.3") == "3: expected operator before '.3'");
  CHECK(complaint("x[0]") == "1: expected operator before '['; multiplication is written '*'");
}

TEST_CASE("wrong arguments of a call are refused", "[expression]") {
  CHECK(complaint("sin(x,y)") == "7: sin takes 1 argument, got 2");
  CHECK(complaint("random(1)") == "8: random takes 0 arguments, got 1");
  CHECK(complaint("max()") == "4: max takes at least 1 argument, got 0");
  CHECK(complaint("clamp(1,2,3,4)") == "13: clamp takes 1 to 3 arguments, got 4");
  CHECK(complaint("max(1,)") == "6: expected operand, found ')'");
  CHECK(complaint("max(,1)") == "4: expected operand, found ','");
}

TEST_CASE("wrong options of a call are refused", "[expression]") {
  CHECK(complaint("sin(x, axis=0)") == "7: sin has no option 'axis'");
  CHECK(complaint("sum(x, axes=0)") == "7: sum has no option 'axes'; did you mean 'axis'?");
  CHECK(complaint("sum(x, axis=0, axis=1)") == "15: option 'axis' is given twice");
  CHECK(complaint("sum(axis=0, x)") == "12: expected name=value: the arguments without a name come first");
  CHECK(complaint("sum(axis=0)") == "10: sum takes 1 argument, got 0");
  CHECK(complaint("sum(x, axis=0+1)") == "13: expected ',' or ')', found '+'");
  CHECK(complaint("sum(x, axis=y)") == "12: expected a number, found 'y'");
  CHECK(complaint("sum(x, axis=(0.5,1))") == "13: expected an integer");
  CHECK(complaint("sum(x, axis=(1e300))") == "13: expected an integer");
  CHECK(complaint("sum(x, axis=(0") == "14: expected ',' or ')', found the end");
}

TEST_CASE("names nearly right are recognised, others are not guessed at", "[expression]") {
  CHECK(complaint("alhpa") == "0: unbound variable 'alhpa'; did you mean 'alpha'?");
  CHECK(complaint("Pi") == "0: unbound variable 'Pi'; did you mean 'pi'?");
  CHECK(complaint("1+z") == "2: unbound variable 'z'; bind it with --var z=VALUE");
  CHECK(complaint("SIN(x)") == "0: unknown function 'SIN'; did you mean 'sin'?");
  CHECK(complaint("foo(x)") == "0: unknown function 'foo'");
  CHECK(complaint("flor (x)") == "0: unknown function 'flor'; did you mean 'floor'?");
}

TEST_CASE("messages never repeat raw control characters or endless names", "[expression]") {
  CHECK(complaint("1\x1b[2J") == "1: unexpected control character \\x1b");
  CHECK(complaint("1\xc2\x9b") == "1: unexpected U+009B");
  CHECK(complaint("1\xe2\x80\xae") == "1: unexpected U+202E");
  CHECK(complaint("\xef\xbb\xbf"
                  "1") == "0: U+FEFF is not a space here; use an ordinary space");
  CHECK(complaint(std::string(100, 'q')) ==
        fmt::format("0: unbound variable '{0}...'; bind it with --var {0}...=VALUE", std::string(40, 'q')));
}

TEST_CASE("bytes that are not UTF-8 are refused", "[expression]") {
  CHECK(complaint("x+\xc0\xaf") == "2: invalid UTF-8 byte 0xC0");      // overlong
  CHECK(complaint("x+\xed\xa0\x80") == "2: invalid UTF-8 byte 0xED");  // a surrogate
  CHECK(complaint("x+\xce") == "2: invalid UTF-8 byte 0xCE");          // cut off
  CHECK(complaint("x+\xf5\x80\x80\x80") == "2: invalid UTF-8 byte 0xF5");
}

TEST_CASE("an equals sign suggests the binding that was meant", "[expression]") {
  CHECK(complaint("x=3.5") == "1: unexpected '='; bind with --var x=3.5");
  CHECK(complaint("x = y") == "2: unexpected '='; bind with --var x=VALUE");
  CHECK(complaint("2=2") == "1: unexpected '='");
}
