#include "autograd/scalar/second_order.h"

#include <cmath>
#include <vector>

#include "autograd/base/error.h"
#include "tests/catch.h"

using namespace gradus;
using test::Approx;

namespace second_order_test {

namespace {

const auto rosenbrock = [](auto x) {
  using T = std::remove_cvref_t<decltype(x[0])>;
  T s = 0.0;
  for (std::size_t k = 0; k + 1 < x.size(); ++k) {
    const T w = x[k + 1] - x[k] * x[k];
    const T u = 1.0 - x[k];
    s += 100.0 * (w * w) + u * u;
  }
  return s;
};

}  // namespace

TEST_CASE("the Hessian of Rosenbrock's function is the published one") {
  const std::vector<double> x{-1.2, 1.0};
  const SecondOrder r = scalars::hessian(rosenbrock, x);
  CHECK(r.value == Approx(24.2));
  CHECK(r.gradient[0] == Approx(-215.6));
  CHECK(r.gradient[1] == Approx(-88.0));
  CHECK(r.hessian[0] == Approx(1330.0));
  CHECK(r.hessian[1] == Approx(480.0));
  CHECK(r.hessian[2] == Approx(480.0));
  CHECK(r.hessian[3] == Approx(200.0));
}

TEST_CASE("hvp is the Hessian times a vector") {
  const std::vector<double> x{0.3, -0.8, 1.4, 0.1};
  const std::vector<double> v{1.0, -2.0, 0.5, 3.0};
  const SecondOrder r = scalars::hessian(rosenbrock, x);
  const std::vector<double> hv = scalars::hvp(rosenbrock, x, v);
  for (std::size_t i = 0; i < 4; ++i) {
    double sum = 0.0;
    for (std::size_t j = 0; j < 4; ++j) sum += r.hessian[i * 4 + j] * v[j];
    CHECK(hv[i] == Approx(sum).epsilon(1e-13));
  }
  CHECK_THROWS_AS(scalars::hvp(rosenbrock, x, std::vector<double>{1.0}), ShapeError);
}

TEST_CASE("forward mode over a tape gives the same second derivatives") {
  Tape tape;
  const std::vector<Scalar> x{tape.variable(0.7), tape.variable(-0.4)};
  const Dual<Scalar> a(x[0], Scalar(1.0));
  const Dual<Scalar> b(x[1], Scalar(0.0));
  const Dual<Scalar> y = exp(a * b) + tanh(a) / b;
  const std::vector<double> row = tape.gradient(y.dot, x);
  const auto f = [](auto z) { return exp(z[0] * z[1]) + tanh(z[0]) / z[1]; };
  const SecondOrder r = scalars::hessian(f, std::vector<double>{0.7, -0.4});
  CHECK(row[0] == Approx(r.hessian[0]).epsilon(1e-13));
  CHECK(row[1] == Approx(r.hessian[1]).epsilon(1e-13));
}

TEST_CASE("a Hessian is NaN in both places or in neither") {
  const SecondOrder r =
      scalars::hessian([](auto x) { return log(sqrt(1.0 - x[0]) - x[1] + x[1]); }, std::vector<double>{2.0, 3.0});
  CHECK(std::isnan(r.hessian[1]));
  CHECK(std::isnan(r.hessian[2]));
}

}  // namespace second_order_test
