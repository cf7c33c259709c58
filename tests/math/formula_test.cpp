// Formulas as people read them: parentheses where they are needed and nowhere else.
#include "autograd/math/formula.h"

#include "autograd/math/dual.h"
#include "autograd/math/ops.h"
#include "tests/catch.h"

using namespace gradus;

namespace {

const Formula a("a");
const Formula b("b");
const Formula c("c");
const Formula x("x");
const Formula y("y");

}  // namespace

TEST_CASE("formula: sums and differences", "[formula]") {
  CHECK((a + b + c).text() == "a + b + c");
  CHECK((a - b - c).text() == "a − b − c");
  CHECK((a - (b - c)).text() == "a − (b − c)");
  CHECK((a - (b + c)).text() == "a − (b + c)");
  CHECK((a + (b - c)).text() == "a + b − c");
}

TEST_CASE("formula: products and quotients", "[formula]") {
  CHECK((a * b + c).text() == "a·b + c");
  CHECK((a * (b + c)).text() == "a·(b + c)");
  CHECK(((a + b) * c).text() == "(a + b)·c");
  CHECK((a / b / c).text() == "a/b/c");
  CHECK((a / (b / c)).text() == "a/(b/c)");
  CHECK((a / (b * c)).text() == "a/(b·c)");
  CHECK((a * b / c).text() == "a·b/c");
  CHECK((a - b * c).text() == "a − b·c");
}

TEST_CASE("formula: a factor of 1 is not written", "[formula]") {
  CHECK((1.0 * x).text() == "x");
  CHECK((x * 1.0).text() == "x");
  CHECK((1.0 / x).text() == "1/x");
  CHECK((x + 1.0).text() == "x + 1");
}

TEST_CASE("formula: signs", "[formula]") {
  CHECK((-x).text() == "−x");
  CHECK((-(-x)).text() == "x");
  CHECK((-(a + b)).text() == "−(a + b)");
  CHECK((-(a * b)).text() == "−(a·b)");
  CHECK((a - (-b)).text() == "a + b");
  CHECK((a - Formula(-3.0)).text() == "a + 3");
  CHECK((a + Formula(-3.0)).text() == "a − 3");
  CHECK((-1.0 * x).text() == "−x");
  CHECK((x * -1.0).text() == "−x");
  CHECK((x + 0.0).text() == "x");
  CHECK((0.0 + x).text() == "x");
  CHECK((x - 0.0).text() == "x");
  CHECK((a * (-b)).text() == "a·(−b)");
  CHECK((-a * b).text() == "−a·b");
  CHECK((x * -2.0).text() == "x·(−2)");
  CHECK((-2.0 * x).text() == "−2·x");
}

TEST_CASE("formula: a number that was put in stays as it is", "[formula]") {
  const Formula three = Formula::put_in("3"), minus_three = Formula::put_in("−3"), one = Formula::put_in("1");
  CHECK((x * one).text() == "x·1");
  CHECK((x - minus_three).text() == "x − (−3)");
  CHECK((-minus_three).text() == "−(−3)");
  CHECK((three * three).text() == "3·3");
  CHECK((x + Formula::put_in("0")).text() == "x + 0");
}

TEST_CASE("formula: what begins with a sign is fenced off from another sign", "[formula]") {
  const Formula minus_three = Formula::put_in("−3");
  CHECK((a - minus_three * b).text() == "a − (−3)·b");
  CHECK((a + minus_three * b * c).text() == "a + (−3)·b·c");
  CHECK((a + minus_three / b).text() == "a + (−3)/b");
  CHECK((a * (minus_three * b)).text() == "a·(−3)·b");
  CHECK((a + (minus_three + b)).text() == "a + (−3) + b");
  CHECK((a - (minus_three + b)).text() == "a − (−3 + b)");
  CHECK((minus_three * b + a).text() == "−3·b + a");
  CHECK((minus_three * b - minus_three * c).text() == "−3·b − (−3)·c");
  CHECK((a - minus_three * b).latex() == "a - \\left(-3\\right) \\cdot b");
}

TEST_CASE("formula: equal factors are a power", "[formula]") {
  CHECK((y * y).text() == "y^2");
  CHECK((1.0 - y * y).text() == "1 − y^2");
  CHECK((y * y * y).text() == "y^3");
  CHECK((y * (y * y)).text() == "y^3");
  CHECK((a * y * y).text() == "a·y·y");
  CHECK(((a + b) * (a + b)).text() == "(a + b)^2");
  CHECK((-y * -y).text() == "(−y)^2");
  CHECK((a * b).text() == "a·b");
  CHECK((2.0 * Formula(2.0)).text() == "2·2");
  // Products of matrices, and number by number, are something else.
  CHECK(Formula::matrix_product(a, a).text() == "a a");
  CHECK(Formula::elementwise_product(a, a).text() == "a ⊙ a");
  CHECK(Formula::elementwise_product(a, Formula(-1.0)).text() == "−a");
  CHECK(Formula::product(y, y).text() == "y·y");
}

TEST_CASE("formula: powers", "[formula]") {
  CHECK(pow(x, 2).text() == "x^2");
  CHECK((-pow(x, 2)).text() == "−x^2");
  CHECK(pow(-x, 2).text() == "(−x)^2");
  CHECK(pow(x, -1).text() == "x^(−1)");
  CHECK(pow(x, 0.5).text() == "x^0.5");
  CHECK(pow(a + b, 3).text() == "(a + b)^3");
  CHECK(pow(pow(x, 2), 3).text() == "(x^2)^3");
  CHECK(pow(exp(x), 2).text() == "exp(x)^2");
  CHECK((2.0 * pow(x, 2)).text() == "2·x^2");
  CHECK(pow(x, 1).text() == "x");
}

TEST_CASE("formula: functions hold their argument", "[formula]") {
  CHECK(tanh(a + b).text() == "tanh(a + b)");
  CHECK((exp(x) * y).text() == "exp(x)·y");
  CHECK(relu(-x).text() == "relu(−x)");
}

TEST_CASE("formula: the derivative rules as they are taught", "[formula]") {
  CHECK(partial<0>(Log{}, x, y).text() == "1/x");
  CHECK(partial<0>(Exp{}, x, y).text() == "y");
  CHECK(partial<1>(Div{}, a, b, y).text() == "−(y/b)");
  CHECK(as<Formula>(partial<0>(ops::Relu{}, x, y)).text() == "step(x)");
  CHECK(ops::Tanh::shown(wrt<0>{}, x, y).text() == "1 − y^2");
  CHECK(ops::Sigmoid::shown(wrt<0>{}, x, y).text() == "y·(1 − y)");
  Power cube;
  cube.exponent = 3.0;
  CHECK(partial<0>(cube, x, y).text() == "3·x^2");
  Power line;
  line.exponent = 1.0;
  CHECK(partial<0>(line, x, y).text() == "1");
  Power constant;
  constant.exponent = 0.0;
  CHECK(partial<0>(constant, x, y).text() == "0");
}
