// What the parser makes of a text: the instructions in postfix order, and what it says of texts it refuses.
#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "autograd/base/error.h"
#include "tests/catch.h"
#include "tools/gradus/language/expression.h"

namespace {

using namespace gradus::command;

const OptionDeclaration axes = OptionDeclaration("axis", ValueKind::axes, None{}).also_called("axes");
const OptionDeclaration keepdims("keepdims", ValueKind::flag, false);
const OptionDeclaration mode =
    OptionDeclaration("mode", ValueKind::text, "constant").one_of({"constant", "reflect", "replicate"});

const Vocabulary vocabulary{{{"sin", 1, 1, {}},
                             {"sqrt", 1, 1, {}},
                             {"floor", 1, 1, {}},
                             {"clamp", 1, 3, {"low", "high"}},
                             {"max", 1, Function::any_number, {}},
                             {"random", 0, 0, {}},
                             {"sum", 1, 1, {"axis", "keepdims"}},
                             {"mean", 1, 1, {axes, keepdims}, 2},
                             {"reshape", 1, 1, {{"shape", ValueKind::sizes}}, 1},
                             {"norm", 1, 1, {{"p", ValueKind::number, 2.0}, axes}, 2},
                             {"einsum", 1, Function::any_number, {{"equation", ValueKind::text}}, 0, 1},
                             {"pad", 1, 1, {{"widths", ValueKind::sizes}, mode}, 1}},
                            {"x", "y", "alpha", "\u03b8\u2081", "axis"}};

std::string listed(const OptionValue& value) {
  if (const auto* number = std::get_if<double>(&value)) return fmt::format("{}", *number);
  if (!std::holds_alternative<std::vector<std::int64_t>>(value)) return to_string(value);
  std::string text = "(";
  for (const auto integer : std::get<std::vector<std::int64_t>>(value)) text += fmt::format("{},", integer);
  return text + ")";
}

std::string listed(const Subscript& subscript) {
  std::string text;
  const auto bound = [](const std::optional<std::int64_t>& b) { return b ? fmt::format("{}", *b) : ""; };
  for (const SubscriptItem& item : subscript.items) {
    text += text.empty() ? "" : ",";
    if (item.kind == SubscriptItem::Kind::index) text += bound(item.start);
    if (item.kind == SubscriptItem::Kind::ellipsis) text += "...";
    if (item.kind == SubscriptItem::Kind::new_axis) text += "none";
    if (item.kind != SubscriptItem::Kind::range) continue;
    text += bound(item.start) + ":" + bound(item.stop) + (item.step ? ":" + bound(item.step) : "");
  }
  return "[" + text + "]";
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
  if (const auto* subscript = std::get_if<Subscript>(&instruction.action)) return listed(*subscript);
  if (const auto* binary = std::get_if<Binary>(&instruction.action)) {
    return std::string(entry_of(binary->op).symbol);
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
  CHECK(complaint("2[0]") == "1: expected operator before '['; multiplication is written '*'");
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
  CHECK(complaint("sum(x, axis=(1e300))") == "13: the number is too large: 1e+300 is no index, size or axis");
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

TEST_CASE("comparisons bind weakest and are not chained", "[expression]") {
  CHECK(postfix("x+1 < 2*y") == "x 1 + 2 y * <");
  CHECK(postfix("-x <= y") == "x neg y <=");
  CHECK(postfix("x>y") == "x y >");
  CHECK(postfix("x>=-1") == "x 1 neg >=");
  CHECK(postfix("(x==1)*(y!=2)") == "x 1 == y 2 != *");
  CHECK(postfix("(x<y)<1") == "x y < 1 <");
  CHECK(postfix("max(x<1, y==2)") == "x 1 < y 2 == max/2");
  CHECK(postfix("max(axis==1)") == "axis 1 == max/1");
  CHECK(offsets("x <= y") == std::vector<std::size_t>{0, 5, 2});
  const std::string rule = ": comparisons cannot be chained; write (a < b) * (b < c)";
  CHECK(complaint("0 < x < 1") == "6" + rule);
  CHECK(complaint("0 < x+1 == 1") == "8" + rule);
  CHECK(complaint("0 < -x >= 1") == "7" + rule);
  CHECK(complaint("x < ") == "4: expected operand, found the end");
  CHECK(complaint("x =< 1") == "2: unexpected '='; bind with --var x=VALUE");
  CHECK(complaint("x < = 1") == "4: expected operand, found '='");
  CHECK(complaint("x ! y") == "2: unexpected '!'");
  CHECK(complaint("!x") == "0: unexpected '!'");
}

TEST_CASE("a subscript binds tightest", "[expression]") {
  CHECK(postfix("x[0]") == "x [0]");
  CHECK(postfix("x[-1]") == "x [-1]");
  CHECK(postfix("x[1:3, ::2]") == "x [1:3,::2]");
  CHECK(postfix("x[::-1]") == "x [::-1]");
  CHECK(postfix("x[:, 1:, :-2, 3:9:4]") == "x [:,1:,:-2,3:9:4]");
  CHECK(postfix("x[..., 0]") == "x [...,0]");
  CHECK(postfix("x[none, :, None]") == "x [none,:,none]");
  CHECK(postfix("-x[0]^2") == "x [0] 2 ^ neg");
  CHECK(postfix("2^x[0]") == "2 x [0] ^");
  CHECK(postfix("x[0][1]") == "x [0] [1]");
  CHECK(postfix("(x+y)[0]") == "x y + [0]");
  CHECK(postfix("sum(x, axis=1)[0] [1]") == "x sum/1[axis=1] [0] [1]");
  CHECK(postfix("[1,2,3][0]") == "array [0]");
  CHECK(offsets("x + y[0]") == std::vector<std::size_t>{0, 4, 5, 2});
}

TEST_CASE("a malformed subscript is refused where it goes wrong", "[expression]") {
  CHECK(complaint("x[]") == "2: expected an index such as 0 or a range such as 1:3");
  CHECK(complaint("x[1,]") == "4: expected an index such as 0 or a range such as 1:3");
  CHECK(complaint("x[,1]") == "2: expected an index such as 0 or a range such as 1:3");
  CHECK(complaint("x[0.5]") == "2: expected an integer");
  CHECK(complaint("x[y]") == "2: expected a number, found 'y'");
  CHECK(complaint("x[1+1]") == "3: expected ',', ':' or ']', found '+'; a subscript is whole numbers");
  CHECK(complaint("x[1:2:3:4]") == "7: expected ',', ':' or ']', found ':'; a subscript is whole numbers");
  CHECK(complaint("x[::0]") == "4: the step of a range cannot be 0");
  CHECK(complaint("x[..., 0, ...]") == "10: a subscript has at most one '...'");
  CHECK(complaint("x[0") == "3: expected ',', ':' or ']', found the end; a subscript is whole numbers");
  CHECK(complaint("x[") == "2: expected a number, found the end");
  CHECK(complaint("x[1e300]") == "2: the number is too large: 1e+300 is no index, size or axis");
  CHECK(complaint("x:1") == "1: unexpected ':'");
  CHECK(complaint("...") == "0: expected operand, found '...'");
}

TEST_CASE("an option may have two names, and some need none", "[expression]") {
  CHECK(postfix("mean(x, axes=(0,1))") == "x mean/1[axis=(0,1,)]");
  CHECK(postfix("mean(x, 1)") == "x mean/1[axis=1]");
  CHECK(postfix("mean(x, [0,1], true)") == "x mean/1[axis=(0,1,)][keepdims=true]");
  CHECK(postfix("mean(x, -1, keepdims=true)*2") == "x mean/1[axis=-1][keepdims=true] 2 *");
  CHECK(postfix("mean(x, none)") == "x mean/1[axis=none]");
  CHECK(postfix("reshape(x, (2, -1))+1") == "x reshape/1[shape=(2,-1,)] 1 +");
  CHECK(postfix("norm(x, inf)") == "x norm/1[p=inf]");
  CHECK(postfix("einsum(\"ij,jk->ik\", x, y)") == "x y einsum/2[equation=\"ij,jk->ik\"]");
  CHECK(postfix("einsum('ii', x)") == "x einsum/1[equation=\"ii\"]");
  CHECK(postfix("pad(x, (1,1), mode='reflect')") == "x pad/1[widths=(1,1,)][mode=\"reflect\"]");
  CHECK(postfix("pad(x, 1, mode=reflect)") == "x pad/1[widths=1][mode=\"reflect\"]");
  const Expression expression = parse("mean(x, 1)", vocabulary);
  CHECK(std::get<Call>(expression.instructions[1].action).options[0].offset == 8);
}

TEST_CASE("an option that does not fit its declaration is refused", "[expression]") {
  CHECK(complaint("mean(x, axis=0, axes=1)") == "16: option 'axis' is given twice; axis and axes are the same");
  CHECK(complaint("mean(x, 1, axis=1)") == "11: option 'axis' is given twice; axis and axes are the same");
  CHECK(complaint("mean(x, axsi=1)") == "8: mean has no option 'axsi'; did you mean 'axis'?");
  CHECK(complaint("mean(x, keepdims=1)") == "17: keepdims must be true or false");
  CHECK(complaint("mean(x, keepdims=none)") == "17: keepdims must be true or false");
  CHECK(complaint("mean(x, keepdims=True)") == "17: keepdims must be true or false, found 'True'");
  CHECK(complaint("mean(x, y)") == "8: axis must be a whole number, a list of them such as (0,1), or none, found 'y'");
  CHECK(complaint("mean(x, 0.5)") == "8: axis must be a whole number, a list of them such as (0,1), or none");
  CHECK(complaint("mean(x, 1, true, 2)") == "18: mean takes 1 argument, got 2");
  CHECK(complaint("reshape(x)") == "9: reshape needs shape=…: a whole number or a list of them such as (2,3)");
  CHECK(complaint("reshape(x, none)") == "11: shape must be a whole number or a list of them such as (2,3)");
  CHECK(complaint("reshape(x, (1 2))") == "14: expected ',' or ')', found '2'");
  CHECK(complaint("reshape(x, [1)") == "13: expected ',' or ']', found ')'");
  CHECK(complaint("norm(x, p=\"a\")") == "10: p must be a number");
  CHECK(complaint("einsum(x, y)") == "7: equation must be a text in quotes, found 'x'");
  CHECK(complaint("einsum(\"ij\")") == "11: einsum takes at least 1 argument, got 0");
  CHECK(complaint("einsum(\"ij, x)") == "7: the quote is never closed");
  CHECK(complaint("einsum(\"i\x1b\", x)") == "9: unexpected control character \\x1b");
  CHECK(complaint("einsum(\"" + std::string(5000, 'i') + "\", x)") == "7: text longer than 4096 bytes");
  CHECK(complaint("pad(x, 1, mode=\"reflct\")") ==
        "15: mode must be one of constant, reflect, replicate; did you mean 'reflect'?");
  CHECK(complaint("sin(\"a\")") == "4: unexpected '\"'");
}
