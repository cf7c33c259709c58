// Products that a sum takes in: whatever is done with them, the gradient is right.
#include <algorithm>
#include <cmath>
#include <concepts>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/scalar/replay.h"
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
  CHECK_THROWS_AS(tape.gradient(t, y), GraphError);
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

namespace products_as_scalars {

namespace {

template <class S>
S squared(S a) {
  return a * a;
}
template <class S>
S blend(const S& a, const S& b) {
  return a * b + a;
}
template <class S>
S same(const S& a) {
  return a;
}
template <class S>
S sum_of(S a, S b) {
  return std::move(a) + std::move(b);
}

}  // namespace

TEST_CASE("generic code takes a product for a Scalar") {
  static_assert(std::same_as<decltype(std::declval<Scalar>() * std::declval<Scalar>()), Scalar>);
  Tape tape;
  const std::vector<Scalar> x{tape.variable(2.0), tape.variable(3.0)};
  const Scalar& s = x[0];
  const Scalar& t = x[1];
  auto q = s * t;
  q = sin(s);
  CHECK(gradient_of(tape, q, x) == std::vector<double>{std::cos(2.0), 0.0});
  q = q + s * t;
  CHECK(gradient_of(tape, q, x) == std::vector<double>{std::cos(2.0) + 3.0, 2.0});
  CHECK(gradient_of(tape, squared(s * t), x) == std::vector<double>{36.0, 24.0});
  const auto two_returns = [](auto a) {
    if (a > 1.0) return a * a;
    return a;
  };
  CHECK(gradient_of(tape, two_returns(s), x)[0] == 4.0);
  CHECK(gradient_of(tape, two_returns(s * t), x)[0] == 36.0);
  CHECK(gradient_of(tape, two_returns(s - 2.0), x)[0] == 1.0);
  CHECK(gradient_of(tape, blend(s * t, s), x) == std::vector<double>{15.0, 6.0});
  CHECK(gradient_of(tape, std::max(s * t, s), x) == std::vector<double>{3.0, 2.0});
  const auto list = std::vector{s * t, s};
  CHECK(gradient_of(tape, list[0] + list[1], x) == std::vector<double>{4.0, 2.0});
  CHECK(gradient_of(tape, true ? s * t : s, x) == std::vector<double>{3.0, 2.0});
  CHECK(gradient_of(tape, std::accumulate(list.begin(), list.end(), s * t), x) == std::vector<double>{7.0, 4.0});
  CHECK(gradient_of(tape, std::inner_product(x.begin(), x.end(), x.begin(), s * t), x) ==
        std::vector<double>{7.0, 8.0});
}

TEST_CASE("a product that somebody has still is right after a sum has taken it in") {
  Tape tape;
  const std::vector<Scalar> x{tape.variable(2.0), tape.variable(3.0), tape.variable(5.0)};
  auto t = x[0] * x[1];
  const Scalar y = x[2] + same(t);  // a copy that is given away: one record for both
  CHECK(y.value() == 11.0);
  CHECK(gradient_of(tape, y, x) == std::vector<double>{3.0, 2.0, 1.0});
  CHECK(gradient_of(tape, t, x) == std::vector<double>{3.0, 2.0, 0.0});
  CHECK(gradient_of(tape, sin(t), x)[0] == test::Approx(3.0 * std::cos(6.0)));
  CHECK(gradient_of(tape, t * t + y, x) == std::vector<double>{39.0, 26.0, 1.0});
  CHECK(gradient_of(tape, t - y, x) == std::vector<double>{0.0, 0.0, -1.0});
  CHECK(gradient_of(tape, sum(std::vector<Scalar>{t, y, 1.0, t}), x) == std::vector<double>{9.0, 6.0, 1.0});
  CHECK(gradient_of(tape, dot(std::vector<double>{2.0, 1.0}, std::vector<Scalar>{t, y}), x)[0] == 9.0);
  CHECK(gradient_of(tape, pow(t, x[2]), x)[0] == test::Approx(5.0 * 6.0 * 6.0 * 6.0 * 6.0 * 3.0));
  CHECK(gradient_of(tape, tape.record(7.0, std::vector<Scalar>{t}, std::vector<double>{2.0}), x)[1] == 4.0);
  std::vector<Scalar> out(1);
  tape.record(
      std::vector<double>{12.0}, std::vector<Scalar>{t},
      [](std::span<const double> from, std::span<double> to) { to[0] = 2.0 * from[0]; }, out);
  CHECK(gradient_of(tape, out[0], x)[0] == 6.0);
  CHECK_THROWS_MATCHES(
      tape.gradient(y, std::vector<Scalar>{t}), GraphError,
      test::Message("[scalar] this product was given away to a sum, c + std::move(t), and has no record "
                    "of its own: leave out the move to differentiate by it"));
  CHECK_THROWS_AS(Replay(tape, x, t), GraphError);
  // Kept by name it has a record of its own, to differentiate by.
  const auto u = x[0] * x[1];
  const Scalar z = x[2] + u;
  CHECK(tape.gradient(z * 2.0, std::vector<Scalar>{u})[0] == 2.0);
  // Both sides given away, in either order, and twice the same.
  CHECK(gradient_of(tape, sum_of(x[0] * x[1], sin(x[2])), x)[1] == 2.0);
  const auto v = x[0] * x[1];
  CHECK(gradient_of(tape, same(v) + same(v), x) == std::vector<double>{6.0, 4.0, 0.0});
  CHECK(gradient_of(tape, same(v) - same(v), x) == std::vector<double>{0.0, 0.0, 0.0});
}

TEST_CASE("a product before a mark is none that a sum after it takes in") {
  Tape tape;
  const std::vector<Scalar> x{tape.variable(2.0), tape.variable(3.0), tape.variable(5.0)};
  auto t = x[0] * x[1];
  for (int k = 0; k < 3; ++k) {
    const TapeMark mark = tape.mark();
    const Scalar y = x[2] + same(t);
    CHECK(gradient_of(tape, y * x[2], x) == std::vector<double>{15.0, 10.0, 16.0});
    tape.rewind(mark);
    CHECK_THROWS_AS(tape.gradient(y, x), GraphError);
  }
  CHECK(gradient_of(tape, t, x) == std::vector<double>{3.0, 2.0, 0.0});
}

TEST_CASE("products kept by assignment cost nothing more") {
  Tape tape;
  const std::vector<Scalar> x{tape.variable(2.0), tape.variable(3.0)};
  const std::size_t before = tape.size();
  Scalar p = x[0];
  for (int k = 0; k < 3; ++k) p = p * x[1];
  p *= x[0];
  CHECK(tape.size() == before + 4);
  CHECK(gradient_of(tape, p, x) == std::vector<double>{108.0, 108.0});
  CHECK(gradient_of(tape, 1.0 + p, x) == std::vector<double>{108.0, 108.0});
  const Scalar y = x[0] * x[1] * x[0] + x[1];  // the second product and the sum are one record
  CHECK(tape.size() == before + 4 + 1 + 2);
  CHECK(gradient_of(tape, y, x) == std::vector<double>{12.0, 5.0});
}

}  // namespace products_as_scalars
