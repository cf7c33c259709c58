// The gamma function and its like, remainders and roundings: known values, on numbers, Duals, Tangents, Scalars and tensors.
#include <autograd/autograd.h>

#include <cmath>
#include <numbers>
#include <vector>

#include "tests/catch.h"

using namespace gradus;

namespace special_functions_test {

using Doubles = std::vector<double>;
const double NaN = std::nan("");
const double inf = INFINITY;

namespace {

Tensor gradient_at(const auto& f, const Tensor& x) {
  const Tensor v = variable(x);
  return grad(f(v), v);
}

/// All of them added up, found by the type of the argument.
template <class X>
X sum_of_all(const X& x) {
  return lgamma(x) + digamma(x) + polygamma(2, x) + tgamma(x) + erfinv(x) + norm_cdf(x) + logit(x) + sinc(x) + i0(x) +
         i1(x) + trunc(x) + fmod(x, 0.25) + mod(x, -0.25) + x % 0.3;
}

}  // namespace

TEST_CASE("special functions have the values of the tables", "[special]") {
  CHECK(digamma(Tensor(1.0)).item() == Approx(-0.57721566490153286).epsilon(1e-15));
  CHECK(polygamma(1, Tensor(1.0)).item() == Approx(std::numbers::pi * std::numbers::pi / 6).epsilon(1e-15));
  CHECK(polygamma(2, Tensor(1.0)).item() == Approx(-2.4041138063191886).epsilon(1e-15));
  CHECK(lgamma(Tensor{3, 0.5, -0.5}).to_vector() == Doubles{std::log(2.0), std::lgamma(0.5), std::lgamma(-0.5)});
  CHECK(tgamma(Tensor{5, 1}).to_vector() == Doubles{24, 1});
  CHECK(erfinv(Tensor(0.5)).item() == Approx(0.47693627620446987).epsilon(1e-15));
  CHECK(erfinv(Tensor{1, -1, 0}).to_vector() == Doubles{inf, -inf, 0});
  CHECK(std::isnan(erfinv(Tensor(1.5)).item()));
  CHECK(norm_cdf(Tensor(1.96)).item() == Approx(0.97500210485177952).epsilon(1e-14));
  CHECK(logit(Tensor{0.5, 1, 0}).to_vector() == Doubles{0, inf, -inf});
  CHECK(sinc(Tensor{0, 0.5, 1, -3}).to_vector() == Doubles{1, 2 / std::numbers::pi, 0, 0});
  CHECK(i0(Tensor(1.0)).item() == Approx(1.2660658777520084).epsilon(1e-15));
  CHECK(i1(Tensor(1.0)).item() == Approx(0.56515910399248503).epsilon(1e-15));
  CHECK(i0(Tensor(710.0)).item() == Approx(3.345334558619656e306).epsilon(1e-12));
  CHECK(std::isnan(digamma(Tensor(-2.0)).item()));
  CHECK(polygamma(1, Tensor(-2.0)).item() == inf);
  CHECK(tgamma(Tensor{-0.0, 0.0}).to_vector() == Doubles{-inf, inf});
}

TEST_CASE("polygamma of an order that it does not have is refused", "[special]") {
  CHECK_THROWS_MATCHES(polygamma(-1, Tensor(1.0)), ValueError,
                       test::Message("[polygamma] the order has to be a whole number of at least 0"));
  Tape tape;
  CHECK_THROWS_AS(polygamma(-2, tape.variable(1.0)), ValueError);
  CHECK(polygamma(0, Tensor(1.0)).item() == digamma(Tensor(1.0)).item());
}

TEST_CASE("remainders and the whole part", "[special]") {
  const Tensor x{7, -7, 7, -7, 6, -6};
  const Tensor y{3, 3, -3, -3, 3, 3};
  CHECK(mod(x, y).to_vector() == Doubles{1, 2, -2, -1, 0, 0});
  CHECK((x % y).to_vector() == mod(x, y).to_vector());
  CHECK((x % 4.0).to_vector() == Doubles{3, 1, 3, 1, 2, 2});
  CHECK((10.0 % Tensor{3}).to_vector() == Doubles{1});
  CHECK(fmod(x, y).to_vector() == Doubles{1, -1, 1, -1, 0, -0.0});
  CHECK(trunc(Tensor{1.7, -1.7, -0.2}).to_vector() == Doubles{1, -1, -0.0});
  CHECK(std::signbit(mod(Tensor(6.0), Tensor(-3.0)).item()));
  CHECK(std::isnan(mod(Tensor(1.0), Tensor(0.0)).item()));
  const Tensor a = variable(Tensor{7.5, -7.5});
  const Tensor b = variable(Tensor{2, 2});
  const std::vector<Tensor> g = grad(sum(a % b), {a, b});
  CHECK(g[0].to_vector() == Doubles{1, 1});
  CHECK(g[1].to_vector() == Doubles{-3, 4});
  CHECK(grad(sum(trunc(a)), a).to_vector() == Doubles{0, 0});
}

TEST_CASE("special functions are found on every number type, with one derivative", "[special]") {
  const double at = 0.4;
  const double slope = gradient_at([](const Tensor& x) { return sum_of_all(x); }, Tensor(at)).item();
  const double step = 1e-6;
  const double difference = (sum_of_all(Tensor(at + step)).item() - sum_of_all(Tensor(at - step)).item()) / (2 * step);
  CHECK(slope == Approx(difference).epsilon(1e-8));
  const Dual<double> dual = sum_of_all(Dual<double>(at, 1.0));
  CHECK(dual.v == Approx(sum_of_all(Tensor(at)).item()).epsilon(1e-14));
  CHECK(dual.dot == Approx(slope).epsilon(1e-13));
  const Tangents<1> moved = sum_of_all(Tangents<1>(at, {1.0}));
  CHECK(moved.dot[0] == Approx(slope).epsilon(1e-13));
  Tape tape;
  const Scalar s = tape.variable(at);
  CHECK(tape.gradient(sum_of_all(s), s) == Approx(slope).epsilon(1e-13));
  CHECK(digamma(0.4) == digamma(Tensor(0.4)).item());  // and of plain numbers
  CHECK(norm_cdf(0.4) == Approx(0.5 * std::erfc(-0.4 / std::sqrt(2.0))).epsilon(1e-15));
}

TEST_CASE("derivatives of special functions, of order three", "[special]") {
  const auto third = [](auto f, double at) {
    const Tensor x = variable(at);
    const Tensor first = recorded_grad(f(x), {x})[0];
    return grad(recorded_grad(first, {x})[0], x).item();
  };
  CHECK(third([](const Tensor& x) { return lgamma(x); }, 1.5) ==
        Approx(polygamma(2, Tensor(1.5)).item()).epsilon(1e-13));
  CHECK(third([](const Tensor& x) { return sinc(x); }, 0.0) == 0.0);
  CHECK(third([](const Tensor& x) { return sinc(x) * x; }, 0.0) == Approx(-std::pow(std::numbers::pi, 2)));
  CHECK(third([](const Tensor& x) { return i1(x); }, 0.0) == Approx(0.375));
  CHECK(third([](const Tensor& x) { return i0(x) * x; }, 0.0) == Approx(1.5));
  // y‴ of the inverse of erf at 0 is (√π/2)³ · 2
  CHECK(third([](const Tensor& x) { return erfinv(x); }, 0.0) ==
        Approx(2 * std::pow(std::sqrt(std::numbers::pi) / 2, 3)));
}

}  // namespace special_functions_test
