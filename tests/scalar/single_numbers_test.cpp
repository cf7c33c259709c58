// Generic code written for double, on Scalars, Duals and Tangents: limits, the functions of <cmath>, signs, steps.
#include "autograd/math/single_numbers.h"

#include <array>
#include <cmath>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/scalar/scalar.h"
#include "autograd/scalar/scalar_formatting.h"
#include "autograd/scalar/scalar_forward.h"
#include "autograd/scalar/second_order.h"
#include "tests/catch.h"

using namespace gradus;

namespace single_numbers {

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// The value of f at x and its derivative, by a tape, a Dual and Tangents, which must be equal.
template <class F>
std::array<double, 2> both(const F& f, double x) {
  const Dual<double> by_dual = f(Dual<double>(x, 1.0));
  const ValueAndDerivative by_tangents = gradient_forward(f, x);
  Tape tape;
  const Scalar s = tape.variable(x);
  const Scalar y = f(s);
  const double derivative = tape.gradient(y, s);
  DualTape second;
  const DualScalar d = second.variable({x, 1.0});
  const DualScalar z = f(d);
  const auto same = [](double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); };
  INFO("at " << x);
  CHECK(same(y.value(), by_dual.v));
  CHECK(same(y.value(), by_tangents.value));
  CHECK(same(y.value(), z.value().v));
  CHECK(same(derivative, by_dual.dot));
  CHECK(same(derivative, by_tangents.derivative));
  CHECK(same(derivative, z.value().dot));
  return {y.value(), derivative};
}

template <class N>
void check_limits() {
  using Limits = std::numeric_limits<N>;
  using Plain = std::numeric_limits<double>;
  static_assert(Limits::is_specialized && Limits::has_infinity && Limits::digits == Plain::digits);
  CHECK(Limits::infinity() == inf);
  CHECK(Limits::max() == Plain::max());
  CHECK(Limits::lowest() == Plain::lowest());
  CHECK(Limits::min() == Plain::min());
  CHECK(Limits::epsilon() == Plain::epsilon());
  CHECK(Limits::denorm_min() == Plain::denorm_min());
  CHECK(Limits::round_error() == 0.5);
  CHECK(isnan(Limits::quiet_NaN()));
  CHECK(isnan(Limits::signaling_NaN()));
  N best = Limits::infinity();
  for (const double x : {3.0, 1.0, 2.0}) {
    if (N(x) < best) best = N(x);
  }
  CHECK(best == 1.0);
}

}  // namespace

TEST_CASE("numbers that stand for a double have its limits") {
  check_limits<Scalar>();
  check_limits<DualScalar>();
  check_limits<Dual<double>>();
  check_limits<Dual<Dual<double>>>();
  check_limits<Tangents<3>>();
}

TEST_CASE("numbers that stand for a double have the functions of cmath") {
  using Pair = std::array<double, 2>;
  CHECK(both([](auto x) { return fmax(x, 2.0); }, 3.0) == Pair{3, 1});
  CHECK(both([](auto x) { return fmax(2.0, x); }, 1.0) == Pair{2, 0});
  CHECK(both([](auto x) { return fmax(x, nan); }, 1.0) == Pair{1, 1});
  CHECK(both([](auto x) { return fmin(nan, x); }, 1.0) == Pair{1, 1});
  CHECK(both([](auto x) { return fmin(x, 2.0) + fmin(x, x * x); }, 3.0) == Pair{5, 1});
  CHECK(both([](auto x) { return fmax(x * x, x); }, 3.0) == Pair{9, 6});
  CHECK(both([](auto x) { return max(x, 2) + max(1.0, x) + min(x, 5.0F) + min(4, x); }, 3.0) == Pair{12, 4});
  CHECK(both([](auto x) { return fdim(x, 2.0); }, 3.0) == Pair{1, 1});
  CHECK(both([](auto x) { return fdim(x, 2.0); }, 1.0) == Pair{0, 0});
  CHECK(std::isnan(both([](auto x) { return fdim(x, nan); }, 1.0)[0]));
  CHECK(both([](auto x) { return copysign(x, -2.0); }, 3.0) == Pair{-3, -1});
  CHECK(both([](auto x) { return copysign(x, x * x); }, -3.0) == Pair{3, -1});
  CHECK(both([](auto x) { return copysign(2.0, x); }, -3.0) == Pair{-2, 0});
  CHECK(both([](auto x) { return fabs(x); }, -3.0) == Pair{3, -1});
  CHECK(both([](auto x) { return fma(x, x, 1.0) + fma(2.0, x, x) + fma(x, 1, 3.0); }, 3.0) == Pair{25, 10});
  CHECK(both([](auto x) { return fma(x, 1.0 + 0x1p-30, -(x * (1.0 + 0x1p-30))); }, 1.0 + 0x1p-30)[0] == 0x1p-60);
  CHECK(both([](auto x) { return +x; }, 3.0) == Pair{3, 1});
  CHECK(both(
            [](auto x) {
              auto y = ++x;
              y += x--;
              y -= 2.0;
              y *= x++;
              y /= 2.0;
              return y + --x;
            },
            3.0) == Pair{12, 7});
}

TEST_CASE("numbers that stand for a double are asked what they are") {
  Tape tape;
  const auto check = [](auto number) {
    CHECK((isnan(number(nan)) && !isnan(number(1.0))));
    CHECK((isinf(number(-inf)) && !isinf(number(nan))));
    CHECK((isfinite(number(1.0)) && !isfinite(number(inf))));
    CHECK((signbit(number(-0.0)) && !signbit(number(0.0))));
    CHECK((isnormal(number(1.0)) && !isnormal(number(1e-310))));
  };
  check([&](double x) { return tape.variable(x); });
  check([](double x) { return Dual<double>(x, 1.0); });
  check([](double x) { return Tangents<2>(x, {1.0, 0.0}); });
}

TEST_CASE("a dual is made from a number, compared, and kept in containers") {
  Dual<double> sum = 0.0;
  std::vector<Dual<double>> list(3);
  CHECK(list[1] == 0.0);
  list[0] = {2.0, 1.0};
  list[2] = 1;
  for (const auto& x : list) sum += x * x;
  CHECK(sum.v == 5.0);
  CHECK(sum.dot == 4.0);
  if (sum > 4.0) sum -= 1.0;
  CHECK(sum == 4.0);
  CHECK(std::max(list[0], list[2]).dot == 1.0);
}

TEST_CASE("forward mode gives a Jacobian, and the derivative of a function of one number") {
  const auto polar = [](const auto& r, const auto& a) { return std::array{r * cos(a), r * sin(a), r * r}; };
  const auto j = gradient_forward(polar, std::array{2.0, 0.5});
  static_assert(std::same_as<decltype(j.values), std::array<double, 3>>);
  CHECK(j.values[0] == test::Approx(2.0 * std::cos(0.5)));
  CHECK(j.values[2] == 4.0);
  CHECK(j.jacobian[0] == std::array{std::cos(0.5), -2.0 * std::sin(0.5)});
  CHECK(j.jacobian[1] == std::array{std::sin(0.5), 2.0 * std::cos(0.5)});
  CHECK(j.jacobian[2] == std::array{4.0, 0.0});
  const auto squares = [](const auto& x) {
    using N = std::remove_cvref_t<decltype(x[0])>;
    std::vector<N> out;
    for (const N& each : x) out.push_back(each * each);
    out.push_back(7.0);
    return out;
  };
  const auto v = gradient_forward(squares, std::array{2.0, 3.0});
  CHECK(v.values == std::vector<double>{4.0, 9.0, 7.0});
  CHECK(v.jacobian == std::vector<std::array<double, 2>>{{4.0, 0.0}, {0.0, 6.0}, {0.0, 0.0}});
  const auto one = gradient_forward([](auto x) { return x * x * x; }, 2.0);
  CHECK(one.value == 8.0);
  CHECK(one.derivative == 12.0);
  CHECK(gradient_forward([](const auto& x) { return x[0] * x[0]; }, std::array{3.0}).gradient[0] == 6.0);
  CHECK(gradient_forward([](const auto&, const auto&) { return 5.0; }, std::array{3.0, 4.0}).gradient[1] == 0.0);
}

TEST_CASE("a tape gives the gradient by one number, or by those in braces") {
  Tape tape;
  const Scalar a = tape.variable(2.0);
  const Scalar b = tape.variable(3.0);
  const Scalar y = a * b + a;
  CHECK(tape.gradient(y, b) == 2.0);
  CHECK(tape.gradient(y, {a, b}) == std::vector<double>{4.0, 2.0});
  CHECK(tape.gradient(y, {b}) == std::vector<double>{2.0});
  CHECK(tape.gradient(y, Scalar(1.0)) == 0.0);
  CHECK_THROWS_AS(Tape().gradient(y, b), GraphError);
}

TEST_CASE("a Scalar is written as its value") {
  Tape tape;
  const Scalar x = tape.variable(2.5);
  std::ostringstream out;
  out << x << ' ' << x * x << ' ' << Scalar(3);
  CHECK(out.str() == "2.5 6.25 3");
  CHECK(fmt::format("{:.3f} {}", x, DualScalar(2.5)) == "2.500 2.5");
}

namespace {

// As matrices of other libraries are filled: m << a, b, c.
template <class Matrix>
struct FilledByCommas {
  struct Filler {
    Matrix& to;
    Filler& operator,(const Scalar& x) {
      to.numbers.push_back(x);
      return *this;
    }
  };
  Filler operator<<(const Scalar& x) {
    Filler filler{static_cast<Matrix&>(*this)};
    filler, x;
    return filler;
  }
};
struct Filled : FilledByCommas<Filled> {
  std::vector<Scalar> numbers;
};

}  // namespace

TEST_CASE("a matrix that is filled by << takes Scalars, which are not written to it as to a stream") {
  Tape tape;
  Filled m;
  m << tape.variable(4.0), tape.variable(1.0), Scalar(2.0);
  CHECK(m.numbers.size() == 3);
  std::ostringstream text;
  text << Scalar(2.5) << ' ' << DualScalar(1.0);
  CHECK(text.str().substr(0, 4) == "2.5 ");
}

}  // namespace single_numbers
