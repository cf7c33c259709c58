// Mathematics as people write it: what is read, and what is said of other languages' spelling.
#include <string>
#include <vector>

#include "tests/catch.h"
#include "tests/tools/language/instructions.h"
#include "tools/gradus/language/expression.h"

namespace spelling_test {

using namespace grammar_test;

TEST_CASE("arrays of expressions are operands", "[expression]") {
  CHECK(postfix("[x, 2*y]") == "x 2 y * array/2");
  CHECK(postfix("[[x, 1], [2, y]]") == "x 1 array/2 2 y array/2 array/2");
  CHECK(postfix("[[1, 2], [x, y]]") == "array x y array/2 array/2");
  CHECK(postfix("[1 - 2]") == "1 2 - array/1");
  CHECK(postfix("[1-2, 3]") == "1 2 - 3 array/2");
  CHECK(postfix("[x, y][0]") == "x y array/2 [0]");
  CHECK(postfix("max([x, y], [1, 2])") == "x y array/2 array max/2");
  CHECK(postfix("[max(x, y), (x)]") == "x y max/2 x array/2");
  CHECK(offsets("x + [y, 1]") == std::vector<std::size_t>{0, 5, 8, 4, 2});
  CHECK(complaint("[x,]") == "3: expected operand, found ']'");
  CHECK(complaint("[x y]") == "3: expected operator before 'y'; multiplication is written '*'");
  CHECK(complaint(std::string(17, '[') + "x") == "16: more than 16 nested brackets");
}

TEST_CASE("blanks may stand for commas between plain numbers", "[expression]") {
  const auto data = [](const std::string& text) {
    return std::get<Literal>(parse(text, vocabulary).instructions.at(0).action).data;
  };
  CHECK(data("[1 2 3]") == std::vector<double>{1, 2, 3});
  CHECK(data("[1 -2, +3 pi]") == std::vector<double>{1, -2, 3, 3.141592653589793});
  CHECK(data("[[1 2] [3 4]]") == std::vector<double>{1, 2, 3, 4});
  CHECK(data("[[1 2],\n [3 4]]") == std::vector<double>{1, 2, 3, 4});
  CHECK(complaint("[[1 2] [3]]") == "9: ragged rows: this row has fewer than 2 elements, unlike the rows before it");
}

TEST_CASE("superscripts are powers that bind tightest", "[expression]") {
  CHECK(postfix("x²") == "x 2 ^");
  CHECK(postfix("-x²") == "x 2 ^ neg");
  CHECK(postfix("2*x³+1") == "2 x 3 ^ * 1 +");
  CHECK(postfix("2^x²") == "2 x 2 ^ ^");
  CHECK(postfix("(x+y)²") == "x y + 2 ^");
  CHECK(postfix("sin(x)²") == "x sin/1 2 ^");
  CHECK(postfix("x[0]²") == "x [0] 2 ^");
  CHECK(postfix("x⁻¹") == "x -1 ^");
  CHECK(postfix("x¹⁰") == "x 10 ^");
  CHECK(postfix("3²") == "3 2 ^");
  CHECK(complaint("²") == "0: expected operand, found '²'");
  CHECK(complaint("x⁻") == "1: the exponent has no digits");
  CHECK(complaint("x^²") == "2: expected operand, found '²'");
  std::string endless = "x";
  for (int k = 0; k < 20; ++k) endless += "⁹";
  CHECK(complaint(endless) == "1: number out of range");
}

TEST_CASE("pi may be written as a letter", "[expression]") {
  CHECK(std::get<Number>(parse("π", vocabulary).instructions[0].action).value == 3.141592653589793);
  CHECK(complaint("π = 3; π") == "0: 'π' is a constant");
}

TEST_CASE("what is differentiated by is a name", "[expression]") {
  CHECK(postfix("grad(x^2, x)") == "x 2 ^ x grad/2");
  CHECK(postfix("z = x*y; grad(z^2, z)") == "x y * =z z 2 ^ z grad/2");
  CHECK(postfix("grad(grad(x, x), (x))") == "x x grad/2 x grad/2");
  CHECK(postfix("x + grad(y, x)") == "x y x grad/2 +");
  const std::string rule =
      ": grad(f, x): x is the name of a variable or of a value that was named, as z in z = w*x; grad(f, z)";
  CHECK(complaint("grad(x, 2*x)") == "8" + rule);
  CHECK(complaint("grad(x, 3)") == "8" + rule);
  CHECK(complaint("grad(x, -x)") == "8" + rule);
  CHECK(complaint("grad(x, sin(x))") == "8" + rule);
  CHECK(complaint("grad(x)") == "6: grad takes 2 arguments, got 1");
  CHECK(complaint("grad(x, x, y)") ==
        "12: grad takes 2 arguments, got 3; of several variables it is one grad(f, x) for each");
  CHECK(complaint("grad(x, q)") == "8: unbound variable 'q'; bind it with --var q=VALUE");
  CHECK(complaint("grad + 1") == "5: expected '(' after function grad");
}

TEST_CASE("a variable may be called like a derivative", "[expression]") {
  Vocabulary with_grad = vocabulary;
  with_grad.variables.emplace_back("grad");
  CHECK(parse("grad + grad(grad, grad)", with_grad).instructions.size() == 5);
}

TEST_CASE("what other languages write is answered with what is written here", "[expression]") {
  CHECK(complaint("ln(x)") == "0: unknown function 'ln'; write log(x)");
  CHECK(complaint("arcsin(x)") == "0: unknown function 'arcsin'; write asin(x)");
  CHECK(complaint("σ(x)") == "0: unknown function 'σ'; write sigmoid(x)");
  CHECK(complaint("log_2(x)") == "0: unknown function 'log_2'; write log2(x)");
  CHECK(complaint("np.sin(x)") == "0: names have no prefix np. here; write sin");
  CHECK(complaint("torch.clip(x)") == "0: names have no prefix torch. here; write clamp(x, low, high)");
  CHECK(complaint("math.pi") == "0: names have no prefix math. here; write pi");
  CHECK(complaint("x.T") == "1: unexpected '.'; write transpose(x)");
  CHECK(complaint("x.sum()") == "1: unexpected '.'; write sum(x)");
  CHECK(complaint("(x*y).T") == "5: unexpected '.'; write transpose(x)");
  CHECK(complaint("|x|") == "0: unexpected '|'; |x| is abs(x), a norm is norm(x)");
  CHECK(complaint("x'") == "1: unexpected '''; the transpose is transpose(x), a derivative is grad(f, x)");
  CHECK(complaint("2x") == "1: expected operator before 'x'; multiplication is written '*'");
  CHECK(complaint("sin x") == "4: expected '(' after function sin; write sin(x)");
  CHECK(complaint("sin²(x)") == "3: expected '(' after function sin; a power of its value is sin(x)^2");
  CHECK(complaint("sin^2(x)") == "3: expected '(' after function sin; a power of its value is sin(x)^2");
  CHECK(complaint("log(x, 2)") ==
        "8: log takes 1 argument, got 2; to another base it is log(x)/log(base), or log2(x), log10(x)");
  CHECK(complaint("x**2") == "2: expected operand; use ^ for powers");
  CHECK(complaint("x if x > 0 else y") == "2: expected operator before 'if'; a choice is where(condition, a, b)");
  const std::string both = "; for 'and' between comparisons multiply them: (a < b)*(b < c)";
  CHECK(complaint("x > 0 and y > 0") == "6: expected operator before 'and'" + both);
  CHECK(complaint("x > 0 & y") == "6: unexpected '&'" + both);
  CHECK(complaint("x^{2}") == "2: unexpected '{'; parts are grouped with ( )");
  CHECK(complaint("\\sin x") == "0: unexpected '\\'; commands of LaTeX are not read: write sin(x), a/b, sqrt(x)");
  CHECK(complaint("x > 0 ? x : y") == "6: unexpected '?'; a choice is where(condition, a, b)");
  CHECK(complaint("x ≤ y") == "2: unexpected U+2264 '≤'; use '<='");
  CHECK(complaint("√x") == "0: unexpected U+221A '√'; use 'sqrt(...)'");
  CHECK(complaint("∇x") == "0: unexpected U+2207 '∇'; use 'grad(f, x)'");
  CHECK(complaint("xᵀ") == "1: unexpected U+1D40 'ᵀ'; use 'transpose(...)'");
  CHECK(complaint("sin(x) = 2") ==
        "7: unexpected '='; functions are not defined here: name a value, as in z = w*x + b");
  CHECK(complaint("1,5") == "1: unexpected ','; decimals are written with a point: 1.5");
  CHECK(complaint("1, 5") == "1: unexpected ','");
}

}  // namespace spelling_test
