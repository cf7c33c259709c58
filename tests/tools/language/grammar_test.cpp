// What the parser makes of a text: the instructions in postfix order, and what it says of texts it refuses.
#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "autograd/base/error.h"
#include "tests/catch.h"
#include "tests/tools/language/instructions.h"
#include "tools/gradus/language/expression.h"

namespace grammar_test {

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
  CHECK(unused_names(parse("x*axis", vocabulary), vocabulary) ==
        std::vector<std::string>{vocabulary.variables[1], vocabulary.variables[2], vocabulary.variables[3]});
  CHECK(unused_names(parse("1", {}), {}).empty());
  CHECK(unused_names(parse("p = x; q = p; y*alpha*\u03b8\u2081*axis", vocabulary), vocabulary) ==
        std::vector<std::string>{"q"});
}

TEST_CASE("statements: names, results, and where one ends", "[expression]") {
  CHECK(postfix("p = x*2; p + y") == "x 2 * =p p y +");
  CHECK(parse("p = x*2; q = p; q", vocabulary).names == std::vector<std::string>{"p", "q"});
  CHECK(postfix("p = x") == "x =p p");                     // the last is the result
  CHECK(postfix("x; p = y; sin(p)") == "x y =p p sin/1");  // and what has no name
  CHECK(postfix("p = x # a comment; y\n\n# another\np*y;;\n") == "x =p p y *");
  CHECK(postfix("p = x\n  + y\np") == "x y + =p p");  // a line that begins with an operator goes on
  CHECK(postfix("p =\n x +\n y\np") == "x y + =p p");
  CHECK(postfix("max(x,\n y\n)\ny") == "x y max/2 y");
}

TEST_CASE("statements: what is refused", "[expression]") {
  CHECK(complaint("p = 1; p = 2; p") == "7: 'p' is defined twice");
  CHECK(complaint("p = p + 1") == "4: 'p' is used in its own definition");
  CHECK(complaint("p = q; q = 2*p; q") == "4: 'p' and 'q' are each defined by the other");
  CHECK(complaint("p = q*x; q = 3; p") == "4: 'q' is used before it is defined");
  CHECK(complaint("sin = 3; sin") == "0: 'sin' is a function name");
  CHECK(complaint("pi = 3; pi") == "0: 'pi' is a constant");
  CHECK(complaint("p = ; x") == "4: expected operand, found ';'");
  CHECK(complaint("p = sin(x; y") == "9: expected ')' to close the '(' at column 8");
  CHECK(complaint(" ; # nothing") == "12: empty expression");
}

TEST_CASE("an open bracket is reported where its end is missed", "[expression]") {
  CHECK(complaint("2*(1+x") == "6: expected ')' to close the '(' at column 3");
  CHECK(complaint("sin(x ") == "6: expected ')' to close the '(' at column 4");
  CHECK(complaint("()") == "1: expected operand, found ')'");
  CHECK(complaint("(1,2)") == "2: unexpected ','");
  CHECK(complaint("max(1,(2,3))") == "8: unexpected ','");
  CHECK(complaint("[1,2") == "4: expected ',' or ']', found the end");
  CHECK(complaint("[1,x") == "4: expected ']' to close the '[' at column 1");
  CHECK(complaint("[x,(1") == "5: expected ')' to close the '(' at column 4");
  CHECK(complaint("(x]") == "2: unexpected ']'");
  CHECK(complaint("[x)") == "2: unexpected ')'");
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
  CHECK(postfix("mean(x, keepdims=True)") == "x mean/1[keepdims=true]");
  CHECK(postfix("mean(x, axis=None, keepdims=False)") == "x mean/1[axis=none][keepdims=false]");
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

}  // namespace grammar_test
