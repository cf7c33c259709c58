#include "autograd/scalar/scalar.h"

#include <cmath>
#include <vector>

#include "autograd/base/error.h"
#include "tests/catch.h"

using namespace gradus;
using test::Approx;

namespace {

// Anything with the usual operators.
template <class T>
T rosenbrock(const T& a, const T& b) {
  const T u = 1.0 - a;
  const T w = b - a * a;
  return u * u + 100.0 * (w * w);
}

}  // namespace

TEST_CASE("a scalar's gradient is that of the published Rosenbrock point") {
  Tape tape;
  const std::vector<Scalar> x{tape.variable(-1.2), tape.variable(1.0)};
  const Scalar y = rosenbrock(x[0], x[1]);
  const std::vector<double> g = tape.gradient(y, x);
  CHECK(y.value() == Approx(24.2).epsilon(1e-15));
  CHECK(g[0] == Approx(-215.6).epsilon(1e-14));
  CHECK(g[1] == Approx(-88.0).epsilon(1e-14));
}

TEST_CASE("every op of one argument agrees with a central difference on a tape") {
  for_each_op(Elementwise{}, [](const auto& op) {
    using Op = std::remove_cvref_t<decltype(op)>;
    if constexpr (Op::arity == 1) {
      Tape tape;
      const double at = Op::domain.low + 0.618 * (Op::domain.high - Op::domain.low);
      const double h = 1e-5;
      const std::vector<Scalar> x{tape.variable(at)};
      const double slope = (bind(op, at + h) - bind(op, at - h)) / (2 * h);
      INFO(op.name);
      CHECK(tape.gradient(bind(op, x[0]), x)[0] == Approx(slope).epsilon(1e-8).margin(1e-9));
    }
  });
}

TEST_CASE("plain numbers are constants and record nothing") {
  Tape tape;
  const Scalar x = tape.variable(2.0);
  const std::size_t before = tape.size();
  const Scalar c = exp(Scalar(1.0)) + 2.0;
  CHECK(c.is_constant());
  CHECK(tape.size() == before);
  CHECK(tape.gradient(c, std::vector<Scalar>{x})[0] == 0.0);
  CHECK(tape.gradient(3.0 * x, std::vector<Scalar>{c, x}) == std::vector<double>{0.0, 3.0});
}

TEST_CASE("the innermost tape records, and a scalar of another tape is an error") {
  Tape outer;
  const Scalar x = outer.variable(2.0);
  {
    Tape inner;
    const Scalar y = inner.variable(3.0);
    CHECK(inner.gradient(y * y, std::vector<Scalar>{y})[0] == 6.0);
    CHECK_THROWS_AS(x * y, GraphError);
  }
  CHECK(outer.gradient(x * x, std::vector<Scalar>{x})[0] == 4.0);
}

TEST_CASE("clearing a tape makes its scalars stale") {
  Tape tape;
  const Scalar x = tape.variable(2.0);
  tape.clear();
  CHECK_THROWS_AS(x + 1.0, GraphError);
  CHECK_THROWS_AS(tape.gradient(x, std::vector<Scalar>{}), GraphError);
}

TEST_CASE("without a tape a variable cannot be used") { CHECK_THROWS_AS(Tape::current(), GraphError); }
