// The elementwise ops behind losses, against their definitions in quad precision.
#include "autograd/math/loss_ops.h"

#include <cmath>
#include <limits>
#include <vector>

#include "autograd/base/dtype.h"
#include "autograd/math/dual.h"
#include "autograd/math/ops.h"
#include "tests/catch.h"
#include "tests/reference/quad.h"
#include "tests/reference/sample.h"
#include "tests/reference/ulp.h"

using namespace gradus;
using namespace gradus::reference;

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();
constexpr double NaN = std::numeric_limits<double>::quiet_NaN();

template <class T>
Quad wide(T x) {
  return Quad(static_cast<double>(x));
}

/// An ulp of T at a number, as a unit that a cancelling sum is measured in.
template <class T>
Quad ulp_of(Quad x) {
  return Quad(ulp_at(static_cast<T>(x)));
}

/// Targets: the ends, close to them, and between.
template <class T>
T target(Numbers& numbers) {
  if (numbers.chance(0.3)) return T(0);
  if (numbers.chance(0.3)) return T(1);
  return static_cast<T>(numbers.chance(0.2) ? numbers.real(0.0, 1e-6) : numbers.real(0.0, 1.0));
}

/// Probabilities down to the smallest numbers and close to 1.
template <class T>
T probability(Numbers& numbers) {
  if (numbers.chance(0.02)) return numbers.chance(0.5) ? T(0) : T(1);
  if (numbers.chance(0.3)) return static_cast<T>(std::exp2(numbers.real(std::is_same_v<T, float> ? -120 : -140, 0)));
  if (numbers.chance(0.2)) return static_cast<T>(1.0 - std::exp2(numbers.real(-24, 0)));
  return static_cast<T>(numbers.real(0.0, 1.0));
}

constexpr int many = 20000;

}  // namespace

TEMPLATE_TEST_CASE("loss ops: binary cross-entropy of logits", "[losses]", float, double) {
  Numbers numbers(61);
  double value_error = 0.0;
  double slope_error = 0.0;
  double bend_error = 0.0;
  for (int k = 0; k < many; ++k) {
    const auto x = static_cast<TestType>(k % 3 == 0 ? numbers.real(-700, 700) : numbers.real(-30, 30));
    const auto t = target<TestType>(numbers);
    const Quad e = exp(-abs(wide(x)));
    const Quad yes = 1.0 / (1.0 + exp(-wide(x)));
    const Quad no = 1.0 / (1.0 + exp(wide(x)));
    const Quad linear = x > 0 ? (1.0 - wide(t)) * wide(x) : -(wide(t) * wide(x));
    value_error = std::max(value_error, ulp_error(bind(BceWithLogits{}, x, t), linear + log1p(e)));
    // Both terms count: where they cancel, an ulp of the larger is what is left to be known.
    const Quad slope = (1.0 - wide(t)) * yes - wide(t) * no;
    const Quad unit = t == 0 || t == 1 ? Quad(0.0) : ulp_of<TestType>((1.0 - wide(t)) * yes + wide(t) * no);
    const TestType got = partial<0>(BceWithLogits{}, x, t, TestType(0));
    slope_error = std::max(slope_error, ulp_error(got, slope, Quad(0.0), unit));
    bend_error = std::max(bend_error, ulp_error(partial<0>(BceLogitsSlope{}, x, t, got), yes * no));
    CHECK(partial<1>(BceWithLogits{}, x, t, TestType(0)) == -x);
  }
  CHECK(value_error <= 4.0);
  CHECK(slope_error <= 8.0);
  CHECK(bend_error <= 8.0);
  for (const double t : {0.0, 1.0}) {
    CHECK(bind(BceWithLogits{}, inf, t) == (t == 1.0 ? 0.0 : inf));
    CHECK(bind(BceWithLogits{}, -inf, t) == (t == 0.0 ? 0.0 : inf));
    CHECK(bind(BceLogitsSlope{}, inf, t) == 1.0 - t);
    CHECK(bind(BceLogitsSlope{}, -inf, t) == -t);
    CHECK(std::isnan(bind(BceWithLogits{}, NaN, t)));
    CHECK(std::isnan(bind(BceLogitsSlope{}, NaN, t)));
  }
  CHECK(std::isnan(bind(BceWithLogits{}, 1.0, NaN)));
}

TEMPLATE_TEST_CASE("loss ops: binary cross-entropy of probabilities", "[losses]", float, double) {
  Numbers numbers(62);
  const Quad floor(bce_floor);
  double value_error = 0.0;
  double slope_error = 0.0;
  double target_error = 0.0;
  double bend_error = 0.0;
  for (int k = 0; k < many; ++k) {
    const auto p = probability<TestType>(numbers);
    const auto t = target<TestType>(numbers);
    const bool low = p < static_cast<TestType>(bce_least);
    const bool high = p == TestType(1);
    const Quad yes = low ? floor : log(wide(p));
    const Quad no = high ? floor : log1p(-wide(p));
    value_error = std::max(value_error, ulp_error(bind(Bce{}, p, t), -(wide(t) * yes) - (1.0 - wide(t)) * no));
    const Quad of_yes = low ? Quad(0.0) : wide(t) / wide(p);
    const Quad of_no = high ? Quad(0.0) : (1.0 - wide(t)) / (1.0 - wide(p));
    const TestType slope = partial<0>(Bce{}, p, t, TestType(0));
    slope_error = std::max(slope_error, ulp_error(slope, of_no - of_yes));
    target_error = std::max(target_error, ulp_error(partial<1>(Bce{}, p, t, TestType(0)), no - yes));
    if (std::is_same_v<TestType, float> && p < TestType(1e-15)) continue;  // 1/p² overflows
    const Quad bend = (low ? Quad(0.0) : of_yes / wide(p)) + (high ? Quad(0.0) : of_no / (1.0 - wide(p)));
    bend_error = std::max(bend_error, ulp_error(as<TestType>(partial<0>(BceSlope{}, p, t, slope)), bend));
  }
  CHECK(value_error <= 4.0);
  CHECK(slope_error <= 8.0);
  CHECK(target_error <= 8.0);
  CHECK(bend_error <= 8.0);
  CHECK(bind(Bce{}, 0.0, 1.0) == 100.0);
  CHECK(bind(Bce{}, 1.0, 0.0) == 100.0);
  CHECK(bind(Bce{}, 0.0, 0.0) == 0.0);
  CHECK(bind(Bce{}, 1.0, 1.0) == 0.0);
  CHECK(bind(BceSlope{}, 0.0, 1.0) == 0.0);  // the logarithm has stopped
  CHECK(bind(BceSlope{}, 0.0, 0.0) == 1.0);
  CHECK(bind(BceSlope{}, 1.0, 1.0) == -1.0);
  CHECK(std::isnan(bind(Bce{}, NaN, 1.0)));
  CHECK(std::isnan(bind(BceSlope{}, NaN, 1.0)));
}

TEMPLATE_TEST_CASE("loss ops: Huber and its derivatives", "[losses]", float, double) {
  Numbers numbers(63);
  for (int k = 0; k < many; ++k) {
    // Attributes that both types hold exactly.
    const double threshold = std::ldexp(1.0 + static_cast<double>(numbers.whole(64)) / 64.0, -3);
    const double slope = k % 2 == 0 ? threshold : 1.0;
    const Huber op{{}, threshold, slope};
    const auto x =
        static_cast<TestType>(k % 5 == 0 ? (numbers.chance(0.5) ? threshold : -threshold) : numbers.real(-1.0, 1.0));
    const Quad size = abs(wide(x));
    const bool inside = size <= Quad(threshold);
    const Quad value = inside ? Quad(0.5 * slope) * size * size / threshold : slope * (size - 0.5 * threshold);
    const Quad first = inside ? Quad(slope) * wide(x) / threshold : Quad(x > 0 ? slope : -slope);
    CHECK(ulp_error(bind(op, x), value) <= 4.0);
    CHECK(ulp_error(partial<0>(op, x, TestType(0)), first) <= 4.0);
    CHECK(ulp_error(as<TestType>(partial<0>(HuberSlope{{}, threshold, slope}, x, TestType(0))),
                    Quad(inside ? slope / threshold : 0.0)) <= 1.0);
  }
  const Huber op{};
  CHECK(bind(op, inf) == inf);
  CHECK(partial<0>(op, -inf, inf) == -1.0);
  CHECK(std::isnan(bind(op, NaN)));
  CHECK(std::isnan(partial<0>(op, NaN, NaN)));
  CHECK(std::isnan(bind(HuberBend{}, NaN)));
}

TEMPLATE_TEST_CASE("loss ops: a term of the Kullback–Leibler divergence", "[losses]", float, double) {
  Numbers numbers(64);
  for (int k = 0; k < many; ++k) {
    const auto x = static_cast<TestType>(-numbers.real(0.0, 20.0));
    const auto t = probability<TestType>(numbers);
    if (t == TestType(0)) continue;
    const Quad exact = wide(t) * (log(wide(t)) - wide(x));
    const Quad unit = ulp_of<TestType>(wide(t) * log(wide(t)));  // the logarithm's own rounding, where it cancels
    CHECK(ulp_error(bind(KlTerm{}, x, t), exact, Quad(0.0), unit) <= 4.0);
    CHECK(partial<0>(KlTerm{}, x, t, TestType(0)) == -t);
    const Quad slope = log(wide(t)) - wide(x) + 1.0;
    CHECK(ulp_error(as<TestType>(partial<1>(KlTerm{}, x, t, TestType(0))), slope, Quad(0.0),
                    ulp_of<TestType>(log(wide(t))) + ulp_of<TestType>(log(wide(t)) - wide(x))) <= 4.0);
  }
  CHECK(bind(KlTerm{}, -inf, 0.0) == 0.0);
  CHECK(bind(KlTerm{}, -inf, 0.5) == inf);
  CHECK(std::isnan(bind(KlTerm{}, NaN, 0.0)));
  CHECK(std::isnan(bind(KlTerm{}, -1.0, -0.5)));
  CHECK(partial<1>(KlTerm{}, -2.0, 0.0, 0.0) == 3.0);
}

TEST_CASE("norm ops: a quotient that is 0 at the origin, and powers of a size", "[losses]") {
  CHECK(bind(DivOrZero{}, 3.0, 0.0) == 0.0);
  CHECK(bind(DivOrZero{}, 3.0, 2.0) == 1.5);
  CHECK(std::isnan(bind(DivOrZero{}, NaN, 0.0)));
  CHECK(std::isnan(bind(DivOrZero{}, 1.0, NaN)));
  CHECK(partial<0>(DivOrZero{}, 3.0, 2.0, 1.5) == 0.5);
  CHECK(partial<1>(DivOrZero{}, 3.0, 2.0, 1.5) == -0.75);
  CHECK(partial<1>(DivOrZero{}, 3.0, 0.0, 0.0) == 0.0);
  const AbsPower odd{{}, 3.0, 2.0, true};
  CHECK(bind(odd, -2.0) == -16.0);
  CHECK(partial<0>(odd, -2.0, -16.0) == 24.0);
  CHECK(bind(AbsPower{{}, 0.0, 1.0, true}, -0.0) == 0.0);
  CHECK(bind(AbsPower{{}, -0.5, 1.0, false}, 0.0) == 0.0);
  CHECK(bind(AbsPower{{}, 0.0, 1.0, false}, 0.0) == 1.0);
  CHECK(std::isnan(bind(odd, NaN)));
}
