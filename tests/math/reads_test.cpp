// Which numbers a derivative looks at, known when the program is compiled.
#include "autograd/math/reads.h"

#include "autograd/math/ops.h"
#include "autograd/math/pullback.h"
#include "tests/catch.h"

using namespace gradus;

namespace reads_test {

namespace {

constexpr unsigned a = 0b001, b = 0b010, x = 0b01;  // arguments
constexpr unsigned y1 = 0b10,
                   y2 = 0b100;  // the result of an op with one argument, with two

struct Derived : Binary {
  static constexpr auto value(auto p, auto q) { return p * exp(q); }
};

// Linear ops keep nothing.
static_assert(reads<Add, 0> == 0 && reads<Add, 1> == 0);
static_assert(reads<Sub, 0> == 0 && reads<Sub, 1> == 0);
static_assert(reads<Neg, 0> == 0 && reads<ops::Identity, 0> == 0);
// Each factor keeps the other.
static_assert(reads<Mul, 0> == b && reads<Mul, 1> == a);
static_assert(reads<ChainProduct, 0> == b && reads<ChainProduct, 1> == a);
static_assert(reads<Div, 0> == b && reads<Div, 1> == (b | y2));
// The result serves where it can, so that the argument need not be kept.
static_assert(reads<Exp, 0> == y1);
static_assert(reads<ops::Step, 0> == y1);  // 0, but NaN where the result is
static_assert(reads<Log, 0> == x && reads<Power, 0> == x && reads<ops::Tanh, 0> == x && reads<ops::Sigmoid, 0> == x);
static_assert(reads<ops::Relu, 0> == x);
static_assert(reads<Sech2, 0> == (x | y1) && reads<SigmoidSlope, 0> == (x | y1));
// A derivative that is derived reads the arguments, not the result.
static_assert(reads<Derived, 0> == (a | b) && reads<Derived, 1> == (a | b));

// A pullback takes the cotangent and what the derivative reads.
static_assert(Pullback<Add, 0>::arity == 1 && Pullback<Mul, 0>::arity == 2 && Pullback<Div, 1>::arity == 3);
static_assert(is_pullback<Pullback<Mul, 0>> && !is_pullback<Mul>);

}  // namespace

TEST_CASE(
    "reads: a pullback is the cotangent times the derivative, from what "
    "is read alone",
    "[reads]") {
  CHECK(bind(Pullback<Mul, 0>{}, 3.0, 5.0) == 15.0);
  CHECK(bind(Pullback<Sub, 1>{}, 3.0) == -3.0);
  CHECK(bind(Pullback<Div, 1>{}, 3.0, 4.0, 2.0) == -1.5);
  CHECK(bind(Pullback<Exp, 0>{}, 3.0, 7.0) == 21.0);
}

TEST_CASE("reads: a zero cotangent stays zero whatever the derivative is", "[reads]") {
  const double inf = std::numeric_limits<double>::infinity();
  CHECK(bind(Pullback<Log, 0>{}, 0.0, 0.0) == 0.0);
  CHECK(bind(Pullback<Mul, 0>{}, 0.0, inf) == 0.0);
  CHECK(bind(Pullback<Exp, 0>{}, 0.0, std::nan("")) == 0.0);
  CHECK(std::isnan(bind(Pullback<Mul, 0>{}, std::nan(""), 0.0)));
}

}  // namespace reads_test
