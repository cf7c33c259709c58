// Formulas that branch: the same text on numbers, arrays with their derivatives of every order, forward mode, formulas and
// notes of what is computed.
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "autograd/autograd.h"
#include "autograd/math/leaf_code.h"
#include "tests/catch.h"
#include "tests/reference/check_function.h"

using namespace gradus;
using namespace gradus::reference;

namespace branching_formula {

namespace {

using Numbers = std::vector<double>;
using List = std::vector<Tensor>;

// By words and by signs, with constants on either side.
constexpr auto words = custom_op<"words">([](auto x) {
  return where(ops::less(x, 1.0), x, 2.0 * x) + where(ops::greater_equal(0.5, x), x * x, 1.0) -
         where(equal(x, 2.0), 3.0, 0.0) * x + where(not_equal(x, 2.0), 0.25, x) +
         where(ops::less_equal(x, -1.0), 0.5, 0.0) + where(ops::greater(x, 0.0), 1, 2);
});
constexpr auto signs = custom_op<"signs">([](auto x) {
  return where(x < 1.0, x, 2.0 * x) + where(0.5 >= x, x * x, 1.0) - where(x == 2.0, 3.0, 0.0) * x +
         where(x != 2.0, 0.25, x) + where(x <= -1.0, 0.5, 0.0) + where(x > 0.0, 1, 2);
});
constexpr auto of_two = custom_op<"of_two">([](auto x, auto y) {
  return where(x < y, x * x, y) + maximum(x, y) + minimum(x, 1.5) + maximum(0.25, y) + clamp(x, -1.0, 1.0) +
         clamp(y, x, 2.0) + clamp_min(x, 0.0) + where(x * y != y, 2.0 * y, x);
});
constexpr auto functions = custom_op<"functions">([](auto x, auto y) {
  return logaddexp(x, y) + logaddexp(x, 0.5) + xlogy(x, y * y + 1.0) + xlogy(2.0, y * y + 1.0) + hypot(x, 3.0) +
         atan2(y, 2.0) + pow(x * x + 1.0, 1.5) + pow(2.0, y) + sign(x) * x;
});
constexpr auto step = custom_op<"step">([](auto x) { return x > 1.0; });
constexpr auto constants = custom_op<"constants">([](auto x) { return where(x > 1.0, 2.0, 3.0); });

double words_of(double x) {
  return (x < 1 ? x : 2 * x) + (0.5 >= x ? x * x : 1) - (x == 2 ? 3 : 0) * x + (x != 2 ? 0.25 : x) +
         (x <= -1 ? 0.5 : 0) + (x > 0 ? 1 : 2);
}
double slope_of(double x) { return (x < 1 ? 1 : 2) + (0.5 >= x ? 2 * x : 0) - (x == 2 ? 3 : 0) + (x == 2 ? 1 : 0); }

const Numbers points{-1.5, -1.0, -0.25, 0.5, 0.75, 1.25, 2.0, 3.0, -7.0, 11.0, 0.3};

}  // namespace

TEST_CASE("formulas that branch are right on numbers, arrays, duals and tapes", "[custom_op]") {
  const Array at({static_cast<std::int64_t>(points.size())}, points);
  for (const DType dtype : {DType::float64, DType::float32}) {
    const Tensor x = variable(at.to(dtype));
    for (const auto& y : {words(x), signs(x)}) {
      const Numbers slopes = grad(sum(y), {x})[0].to_vector();
      for (std::size_t k = 0; k < points.size(); ++k) {
        const double z = x.to_vector()[k];
        CHECK(y.to_vector()[k] == test::Approx(words_of(z)).epsilon(1e-6));
        CHECK(slopes[k] == test::Approx(slope_of(z)).epsilon(1e-6));
      }
    }
  }
  for (const double z : points) {
    CHECK(words(z) == test::Approx(words_of(z)));
    CHECK(signs(z) == test::Approx(words_of(z)));
    CHECK(words(static_cast<float>(z)) == test::Approx(words_of(z)).epsilon(1e-6));
    const Dual<double> d = signs(Dual<double>(z, 1.0));
    CHECK(d.dot == test::Approx(slope_of(z)));
    CHECK(signs(Dual(Dual<double>(z, 1.0), Dual<double>(1.0, 0.0))).dot.dot == test::Approx(0.5 >= z ? 2.0 : 0.0));
    CHECK(gradient_forward([](auto v) { return signs(v[0]); }, std::array{z}).gradient[0] == test::Approx(slope_of(z)));
    Tape tape;
    const std::vector<Scalar> s{tape.variable(z)};
    CHECK(tape.gradient(signs(s[0]), s)[0] == test::Approx(slope_of(z)));
  }
}

TEST_CASE("formulas that branch have derivatives of every order", "[custom_op]") {
  const Array at({5}, {-1.5, 0.2, 0.7, 1.2, 3.1});
  const Array other({5}, {0.4, -0.3, 1.7, 1.1, 2.6});
  for (const auto& f : {+[](const List& a) { return words(a[0]); }, +[](const List& a) { return signs(a[0]); }}) {
    CHECK(check_function("branches", f, {at}, {.order = 3, .saved = false}) == "");
  }
  CHECK(check_function("of two", [](const List& a) { return of_two(a[0], a[1]); }, {at, other},
                       {.order = 3, .saved = false}) == "");
  CHECK(check_function("functions", [](const List& a) { return functions(a[0], a[1]); }, {at, other},
                       {.order = 3, .saved = false}) == "");
  const Tensor x = variable(at);
  CHECK(step(x).to_vector() == Numbers{0, 0, 0, 1, 1});
  CHECK(grad(sum(step(x)), {x})[0].to_vector() == Numbers{0, 0, 0, 0, 0});
  CHECK(constants(x).to_vector() == Numbers{3, 3, 3, 2, 2});
  CHECK(grad(sum(constants(x) * x), {x})[0].to_vector() == Numbers{3, 3, 3, 2, 2});
  CHECK(step(2.0) == 1.0);
}

TEST_CASE("what is not selected passes nothing on, in formulas too", "[custom_op]") {
  const auto root = custom_op<"root">([](auto x) { return where(x > 0.0, sqrt(x), 0.0); });
  const Tensor x = variable(Array({3}, {0.0, 4.0, -1.0}));
  CHECK(root(x).to_vector() == Numbers{0, 2, 0});
  CHECK(grad(sum(root(x)), {x})[0].to_vector() == Numbers{0, 0.25, 0});
  const Dual<double> d = where(Dual<double>(0.0, 1.0) > 0.0, sqrt(Dual<double>(0.0, 1.0)), 0.0);
  CHECK(d.dot == 0.0);
}

TEST_CASE("words of selection on plain numbers are those of the ops") {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK(ops::less(1.0, 2) == 1.0);
  CHECK(ops::greater(1.0, 2.0) == 0.0);
  CHECK(maximum(1.0, 2.5F) == 2.5);
  CHECK(std::isnan(maximum(1.0, nan)));
  CHECK(std::isnan(minimum(nan, 1.0)));
  CHECK(clamp(3.0, 0, 1) == 1.0);
  CHECK(std::isnan(clamp(nan, 0.0, 1.0)));
  CHECK(where(0.0, 1.0, 2) == 2.0);
  CHECK(where(true, 1, 2.5) == 1.0);
  CHECK(std::isnan(where(nan, 1.0, 2.0)));
  CHECK(logaddexp(0.0, 0) == test::Approx(std::log(2.0)));
  CHECK(xlogy(0.0, 0) == 0.0);
}

TEST_CASE("comparisons of formulas are formulas, of duals those of their values") {
  const Formula x("x");
  CHECK((x < 1.0).text() == "x < 1");
  CHECK((2.0 >= x).text() == "2 ≥ x");
  CHECK((x != x).text() == "x ≠ x");
  CHECK(where(x <= 0.0, x, 1.0).text() == "where(x ≤ 0, x, 1)");
  const Dual<double> a(1.0, 5.0);
  const Dual<double> b(1.0, 7.0);
  CHECK(a == b);
  CHECK(a <= b);
  CHECK_FALSE(a < b);
  CHECK_FALSE(a != 1.0);
  CHECK(2 > a);
  CHECK(Dual(a, b) < 3.0);
  CHECK(Dual(a, b) >= a);
}

TEST_CASE("a formula that branches is drawn, derived and put on a page") {
  const LeafCode y = signs(LeafCode::argument(0));
  CHECK(y.node->function.name == "add");
  const Tensor x = variable(0.75);
  CHECK(signs(x).record()->rule->name() == "signs");
  CHECK(step(Formula("x")).text() == "step(x)");
}

}  // namespace branching_formula
