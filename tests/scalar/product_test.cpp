// Products that wait for a sum: whatever is done with them, the gradient is right.
#include <type_traits>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/scalar/scalar.h"
#include "autograd/scalar/spans.h"
#include "tests/catch.h"

using namespace gradus;

namespace {

std::vector<double> gradient_of(const Tape& tape, const Scalar& y, const std::vector<Scalar>& x) {
  return tape.gradient(y, x);
}

}  // namespace

TEST_CASE("a product and a sum are one record") {
  Tape tape;
  const std::vector<Scalar> x{tape.variable(2.0), tape.variable(3.0), tape.variable(5.0)};
  const std::size_t before = tape.size();
  const Scalar y = x[2] + x[0] * x[1];
  CHECK(tape.size() == before + 1);
  CHECK(y.value() == 11.0);
  CHECK(gradient_of(tape, y, x) == std::vector<double>{3.0, 2.0, 1.0});
  const Scalar z = y + x[0] * x[0];  // the sum so far is the record before
  CHECK(tape.size() == before + 2);
  CHECK(gradient_of(tape, z, x) == std::vector<double>{7.0, 2.0, 1.0});
  const Scalar d = y - x[1] * x[2];
  CHECK(gradient_of(tape, d, x) == std::vector<double>{3.0, -3.0, -2.0});
  CHECK(gradient_of(tape, x[0] * x[1] - x[2], x) == std::vector<double>{3.0, 2.0, -1.0});
  CHECK(gradient_of(tape, x[0] * x[1] - x[1] * x[2], x) == std::vector<double>{3.0, -3.0, -3.0});
  CHECK(gradient_of(tape, x[0] * x[1] + x[1] * x[2], x) == std::vector<double>{3.0, 7.0, 3.0});
}

TEST_CASE("a product that is kept may be used again") {
  Tape tape;
  const std::vector<Scalar> x{tape.variable(2.0), tape.variable(3.0)};
  auto t = x[0] * x[1];
  const Scalar once = t + x[0];
  const Scalar twice = t * t + exp(t) + once + (-t) / 2.0;
  const double e6 = std::exp(6.0);
  CHECK(twice.value() == test::Approx(36.0 + e6 + 8.0 - 3.0).epsilon(1e-15));
  const std::vector<double> g = gradient_of(tape, twice, x);
  CHECK(g[0] == test::Approx(3.0 * (12.0 + e6 + 1.0 - 0.5) + 1.0).epsilon(1e-15));
  CHECK(g[1] == test::Approx(2.0 * (12.0 + e6 + 1.0 - 0.5)).epsilon(1e-15));
  t += x[1];
  t *= 2.0;
  t -= x[0];
  t /= x[1];  // (2(xy + y) − x)/y
  CHECK(t.value() == test::Approx(16.0 / 3.0));
  CHECK(gradient_of(tape, t, x)[0] == test::Approx(2.0 - 1.0 / 3.0));
  CHECK(gradient_of(tape, t, x)[1] == test::Approx(2.0 / 9.0));
}

TEST_CASE("products of constants record nothing, and of a constant only themselves") {
  Tape tape;
  const std::vector<Scalar> x{tape.variable(2.0)};
  const Scalar c = 3.0;
  const std::size_t before = tape.size();
  CHECK(Scalar(c * c).is_constant());
  CHECK((c * c + c).is_constant());
  CHECK(tape.size() == before);
  CHECK(gradient_of(tape, c * x[0] + c, x)[0] == 3.0);
  CHECK(gradient_of(tape, c - x[0] * c, x)[0] == -3.0);
  CHECK(gradient_of(tape, x[0] * x[0] + c, x)[0] == 4.0);
  CHECK(gradient_of(tape, c - x[0] * x[0], x)[0] == -4.0);
  Scalar s = 0.0;
  for (int k = 0; k < 3; ++k) s += x[0] * x[0];
  CHECK(gradient_of(tape, s, x)[0] == 12.0);
}

TEST_CASE("products compare, choose and convert as Scalars do") {
  Tape tape;
  const std::vector<Scalar> x{tape.variable(2.0), tape.variable(3.0)};
  CHECK(x[0] * x[1] > x[1]);
  CHECK(x[0] * x[1] == 6.0);
  const Scalar a = x[0] > 1.0 ? x[0] * x[1] : 0.0;
  const Scalar b = x[0] > 1.0 ? x[0] * x[1] : x[0];
  CHECK(gradient_of(tape, a + b, x) == std::vector<double>{6.0, 4.0});
  CHECK(gradient_of(tape, max(x[0] * x[1], x[1] * x[1]), x) == std::vector<double>{0.0, 6.0});
  CHECK(gradient_of(tape, where(1.0, x[0] * x[1], x[0]), x) == std::vector<double>{3.0, 2.0});
  CHECK(gradient_of(tape, norm_cdf(x[0] * x[1]), x)[0] == test::Approx(3.0 * 6.0758828498232861e-9).epsilon(1e-14));
  std::vector<Scalar> list;
  list.push_back(x[0] * x[1]);
  CHECK(gradient_of(tape, list[0], x) == std::vector<double>{3.0, 2.0});
}

TEST_CASE("a product of a tape that was cleared is an error wherever it is used") {
  Tape tape;
  const Scalar x = tape.variable(2.0);
  const auto t = x * x;
  tape.clear();
  const Scalar y = tape.variable(1.0);
  CHECK_THROWS_AS(y + t, GraphError);
  CHECK_THROWS_AS(exp(t), GraphError);
  CHECK_THROWS_AS(Scalar(t), GraphError);
}

TEST_CASE("a product made before a rewind may be used after it") {
  Tape tape;
  const std::vector<Scalar> x{tape.variable(2.0), tape.variable(3.0)};
  const auto t = x[0] * x[1];
  const TapeMark mark = tape.mark();
  static_cast<void>(exp(x[0]));
  tape.rewind(mark);
  CHECK(gradient_of(tape, x[1] + t, x) == std::vector<double>{3.0, 3.0});
  CHECK(gradient_of(tape, t, x) == std::vector<double>{3.0, 2.0});
}
