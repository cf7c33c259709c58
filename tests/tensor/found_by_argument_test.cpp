// Generic code of users' finds our functions by the type of the argument: no using-directive of ours stands here.
// clang-format off
#include <complex>   // before ours: they declare functions of the same names
#include <valarray>
// clang-format on

#include <autograd/autograd.h>

#include <cmath>
#include <functional>
#include <vector>

#include "../catch.h"

namespace {

/// Every function of one argument that <cmath> does not have, added up.
template <class X>
X sum_of_unary(const X& x) {
  return gradus::ops::identity(x) + step(x) + relu(x) + sigmoid(x) + square(x) + reciprocal(x) + rsqrt(x) + sign(x) +
         leaky_relu(x) + relu6(x) + elu(x) + selu(x) + celu(x) + softsign(x) + hard_sigmoid(x) + hard_tanh(x) +
         hard_swish(x) + softplus(x) + log_sigmoid(x) + silu(x) + mish(x) + gelu(x) + gelu_tanh(x);
}

template <class X>
X sum_of_the_rest(const X& x, const X& y) {
  return leaky_relu(x, 0.2) + elu(x, 0.5) + celu(x, 0.5) + softplus(x, 2.0) + hard_tanh(x, -2.0, 2.0) +
         logaddexp(x, y) + xlogy(x, y) + gradus::ops::less(x, y) + gradus::ops::less_equal(x, y) +
         gradus::ops::greater(x, y) + gradus::ops::greater_equal(x, y) + equal(x, y) + not_equal(x, y) + maximum(x, y) +
         minimum(x, 0.5) + where(gradus::ops::greater(x, 0.0), x, y) + clamp(x, 0.0, 1.0) + clamp_min(x, 0.5);
}

// The same in C++ numbers, from the formulas.
double unary_by_hand(double x) {
  const double sigmoid = 1.0 / (1.0 + std::exp(-x));
  const double phi = 0.5 * std::erfc(-x / std::sqrt(2.0));
  const double inner = std::sqrt(2.0 / M_PI) * (x + 0.044715 * x * x * x);
  const double selu = 1.0507009873554804934193349852946 * x;
  // For 0 < x < 1.
  return x + 1.0 + x + sigmoid + x * x + 1.0 / x + 1.0 / std::sqrt(x) + 1.0 + x + x + x + selu + x + x / (1.0 + x) +
         (x / 6.0 + 0.5) + x + x * (x / 6.0 + 0.5) + std::log(1.0 + std::exp(x)) + std::log(sigmoid) + x * sigmoid +
         x * std::tanh(std::log(1.0 + std::exp(x))) + x * phi + 0.5 * x * (1.0 + std::tanh(inner));
}

double rest_by_hand(double x, double y) {  // for 0.5 < x < y < 1
  return x + x + x + 0.5 * std::log(1.0 + std::exp(2.0 * x)) + x + std::log(std::exp(x) + std::exp(y)) +
         x * std::log(y) + 1.0 + 1.0 + 0.0 + 0.0 + 0.0 + 1.0 + y + 0.5 + x + x + x;
}

TEST_CASE("functions are found by argument, on scalars and on tensors") {
  const gradus::Scalar s(0.625), t(0.875);
  CHECK(sum_of_unary(s).value() == Approx(unary_by_hand(0.625)).epsilon(1e-14));
  CHECK(sum_of_the_rest(s, t).value() == Approx(rest_by_hand(0.625, 0.875)).epsilon(1e-14));
  const gradus::Tensor x(0.625), y(0.875);
  CHECK(sum_of_unary(x).item() == Approx(unary_by_hand(0.625)).epsilon(1e-14));
  CHECK(sum_of_the_rest(x, y).item() == Approx(rest_by_hand(0.625, 0.875)).epsilon(1e-14));
  CHECK(sum(mean(x)).item() == 0.625);
}

TEST_CASE("activations are passed on by their names") {
  using Activation = std::function<gradus::Tensor(const gradus::Tensor&)>;
  const std::vector<Activation> all = {gradus::ops::identity<gradus::Tensor>, gradus::relu<gradus::Tensor>,
                                       gradus::sigmoid<gradus::Tensor>,       gradus::tanh<gradus::Tensor>,
                                       gradus::softplus<gradus::Tensor>,      gradus::leaky_relu<gradus::Tensor>,
                                       gradus::gelu<gradus::Tensor>};
  const double expected[] = {0.5,
                             0.5,
                             1.0 / (1.0 + std::exp(-0.5)),
                             std::tanh(0.5),
                             std::log(1.0 + std::exp(0.5)),
                             0.5,
                             0.25 * std::erfc(-0.5 / std::sqrt(2.0))};
  for (std::size_t k = 0; k < all.size(); ++k) {
    CHECK(all[k](gradus::Tensor(0.5)).item() == Approx(expected[k]).epsilon(1e-14));
  }
}

namespace users {

template <class T>
T relu(T x) {
  return 3.0 * x;
}
template <class T>
T softplus(const T& x) {
  return 4.0 * x;
}

}  // namespace users

TEST_CASE("a user's template goes before ours, with its argument named and without") {
  using namespace users;
  const gradus::Scalar s(2.0);
  CHECK(users::relu<gradus::Scalar>(s).value() == 6.0);
  CHECK([&] {
    using users::relu;
    return relu<gradus::Scalar>(s) + relu(s);
  }()
            .value() == 12.0);
  CHECK([&] {
    using users::softplus;
    return softplus<gradus::Scalar>(s) + softplus(s);
  }()
            .value() == 16.0);
}

}  // namespace
