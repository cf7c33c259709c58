// Forward mode: a number with its tangent, nested for higher orders.
#include "autograd/math/dual.h"

#include <cmath>
#include <cstdint>

#include "autograd/math/ops.h"
#include "tests/catch.h"
#include "tests/reference/cases.h"
#include "tests/reference/difference.h"
#include "tests/reference/ulp.h"

using namespace gradus;
using gradus::reference::Quad;

namespace {

/// An op that states no derivative: it is derived from the value.
struct Swish : Unary {
  static constexpr auto value(auto x) { return x * sigmoid(x); }
};

/// The k-th derivatives of f at x for k = 0, 1, …, order, from Dual nested `order` deep.
template <int Order, class F, class X>
X top(const F& f, const X& x) {
  if constexpr (Order == 0) {
    return f(x);
  } else {
    return top<Order - 1>([&](const auto& v) { return f(Dual(v, as<std::remove_cvref_t<decltype(v)>>(1.0))).dot; }, x);
  }
}

void check_derivatives(const char* id, std::uint64_t ulps, std::initializer_list<double> got) {
  const auto expected = reference::numbers_of(reference::torture_cases().at(id).at("expected").at("derivatives"));
  std::size_t k = 0;
  for (const double value : got) {
    INFO(id << ", derivative " << k << ": got " << value << ", expected " << expected.at(k));
    CHECK(reference::ulp_distance(value, expected.at(k)) <= ulps);
    ++k;
  }
  CHECK(k == expected.size());
}

}  // namespace

TEST_CASE("dual: the tangent of a product, a quotient and a chain", "[dual]") {
  const Dual<double> x(3.0, 1.0);
  CHECK((x * x).dot == 6.0);
  CHECK((x * x * x).dot == 27.0);
  CHECK((1.0 / x).dot == -1.0 / 9.0);
  CHECK((x - x).dot == 0.0);
  CHECK((-x).dot == -1.0);
  CHECK(exp(log(x)).dot == test::Approx(1.0).epsilon(1e-15));
}

TEST_CASE("dual: C++ numbers on either side are constants", "[dual]") {
  const Dual<double> x(3.0, 1.0);
  CHECK((2.0 * x + 1.0).dot == 2.0);
  CHECK((2 * x + 1).v == 7.0);
  CHECK((1 - x).dot == -1.0);
  CHECK(Dual<double>(5.0).dot == 0.0);
  CHECK(Dual<Dual<double>>(5.0).dot.v == 0.0);
}

TEST_CASE("dual: a derivative that is not stated is derived from the value", "[dual]") {
  STATIC_REQUIRE(!states_partial<Swish, 0, double, double>);
  for (const double x : {-3.0, -0.5, 0.0, 1.0, 4.0}) {
    const auto exact = reference::quad_slope([](Quad v) { return Swish::value(v); }, Quad(x));
    INFO("x = " << x);
    CHECK(reference::ulp_error(partial<0>(Swish{}, x, 0.0), exact.value, exact.uncertainty) <= 8.0);
    CHECK(bind(Swish{}, Dual<double>(x, 1.0)).dot == partial<0>(Swish{}, x, 0.0));
  }
}

TEST_CASE("dual: nested, the derivatives of any order", "[dual]") {
  const auto cube = [](const auto& x) { return pow(x, 3); };
  check_derivatives("d5-cube", 0,
                    {top<0>(cube, Dual<double>(2.0)).v, top<1>(cube, 2.0), top<2>(cube, 2.0), top<3>(cube, 2.0),
                     top<4>(cube, 2.0), top<5>(cube, 2.0)});
  const auto fourth = [](const auto& x) { return pow(x, 4); };
  check_derivatives("d5-pow4-at-0", 0,
                    {top<0>(fourth, Dual<double>(0.0)).v, top<1>(fourth, 0.0), top<2>(fourth, 0.0), top<3>(fourth, 0.0),
                     top<4>(fourth, 0.0), top<5>(fourth, 0.0)});
  const auto reciprocal = [](const auto& x) { return 1.0 / x; };
  check_derivatives("d3-recip", 0,
                    {reciprocal(2.0), top<1>(reciprocal, 2.0), top<2>(reciprocal, 2.0), top<3>(reciprocal, 2.0)});
  const auto logarithm = [](const auto& x) { return log(x); };
  check_derivatives(
      "d4-log", 2,
      {logarithm(2.0), top<1>(logarithm, 2.0), top<2>(logarithm, 2.0), top<3>(logarithm, 2.0), top<4>(logarithm, 2.0)});
  const auto hyperbolic = [](const auto& x) { return tanh(x); };
  check_derivatives("d3-tanh", 16,
                    {hyperbolic(0.5), top<1>(hyperbolic, 0.5), top<2>(hyperbolic, 0.5), top<3>(hyperbolic, 0.5)});
  check_derivatives("d3-tanh-0", 0,
                    {hyperbolic(0.0), top<1>(hyperbolic, 0.0), top<2>(hyperbolic, 0.0), top<3>(hyperbolic, 0.0)});
  const auto logistic = [](const auto& x) { return sigmoid(x); };
  check_derivatives("d3-sigmoid", 16,
                    {logistic(1.5), top<1>(logistic, 1.5), top<2>(logistic, 1.5), top<3>(logistic, 1.5)});
  check_derivatives("d3-sigmoid-0", 0,
                    {logistic(0.0), top<1>(logistic, 0.0), top<2>(logistic, 0.0), top<3>(logistic, 0.0)});
}

TEST_CASE("dual: float stays float", "[dual]") {
  const Dual<float> x(2.0F, 1.0F);
  STATIC_REQUIRE(std::same_as<decltype(tanh(x * 0.5).dot), float>);
  const auto exact = reference::quad_slope([](Quad v) { return tanh(v * 0.5); }, Quad(2.0));
  CHECK(reference::ulp_error(tanh(x * 0.5).dot, exact.value) <= 4.0);
}
