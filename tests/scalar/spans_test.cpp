// Sums, products of vectors, log-sum-exp and Φ: one record each.
#include "autograd/scalar/spans.h"

#include <cmath>
#include <limits>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/scalar/second_order.h"
#include "tests/catch.h"

using namespace gradus;
using test::Approx;

namespace spans_test {

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();

std::vector<Scalar> variables(Tape& tape, const std::vector<double>& values) {
  std::vector<Scalar> x;
  for (const double v : values) x.push_back(tape.variable(v));
  return x;
}

}  // namespace

TEST_CASE("sum and dot of spans are one record each") {
  Tape tape;
  const std::vector<Scalar> x = variables(tape, {1.0, 2.0, 3.0, 4.0, 5.0});
  const std::vector<Scalar> y = variables(tape, {6.0, 7.0, 8.0, 9.0, 10.0});
  const std::vector<double> w{1.0, -1.0, 2.0, 0.5, 0.0};
  const std::size_t before = tape.size();
  const Scalar s = sum(x);
  const Scalar d = dot(x, y);
  const Scalar v = dot(w, x);
  CHECK(tape.size() == before + 3);
  CHECK(s.value() == 15.0);
  CHECK(d.value() == 130.0);
  CHECK(v.value() == 7.0);
  const Scalar all = s * 2.0 + d + v * 3.0;
  CHECK(tape.gradient(all, x) == std::vector<double>{11.0, 6.0, 16.0, 12.5, 12.0});
  CHECK(tape.gradient(all, y) == std::vector<double>{1.0, 2.0, 3.0, 4.0, 5.0});
  CHECK(tape.gradient(dot(x, x), x) == std::vector<double>{2.0, 4.0, 6.0, 8.0, 10.0});
  CHECK(tape.gradient(d, x) == std::vector<double>{6.0, 7.0, 8.0, 9.0, 10.0});  // from below other records
  CHECK_THROWS_AS(dot(x, std::span<const Scalar>(y).first(2)), ShapeError);
}

TEST_CASE("spans may hold constants, or nothing else") {
  Tape tape;
  const std::vector<Scalar> x{tape.variable(2.0), Scalar(3.0)};
  const std::vector<Scalar> y{Scalar(5.0), tape.variable(7.0)};
  const Scalar d = dot(x, y);
  CHECK(d.value() == 31.0);
  CHECK(tape.gradient(d, std::vector<Scalar>{x[0], y[1]}) == std::vector<double>{5.0, 3.0});
  CHECK(sum(std::vector<Scalar>{1.0, 2.0}).is_constant());
  CHECK(sum(std::vector<Scalar>{}).value() == 0.0);
  CHECK(logsumexp(std::vector<Scalar>{}).value() == -inf);
}

TEST_CASE("logsumexp of a span keeps the conventions") {
  Tape tape;
  const std::vector<Scalar> x = variables(tape, {1000.0, 1001.0, 999.0});
  const Scalar y = logsumexp(x);
  CHECK(y.value() == Approx(1001.0 + std::log(1.0 + std::exp(-1.0) + std::exp(-2.0))).epsilon(1e-15));
  const std::vector<double> g = tape.gradient(y, x);
  CHECK(g[0] + g[1] + g[2] == Approx(1.0).epsilon(1e-15));
  CHECK(g[1] / g[0] == Approx(std::exp(1.0)).epsilon(1e-15));
  const std::vector<Scalar> low = variables(tape, {-inf, -inf});
  CHECK(logsumexp(low).value() == -inf);
  CHECK(tape.gradient(logsumexp(low), low) == std::vector<double>{0.0, 0.0});
  const std::vector<Scalar> high = variables(tape, {inf, 1.0, inf});
  CHECK(logsumexp(high).value() == inf);
  CHECK(tape.gradient(logsumexp(high), high) == std::vector<double>{0.5, 0.0, 0.5});
  const std::vector<Scalar> none = variables(tape, {1.0, std::nan("")});
  CHECK(std::isnan(logsumexp(none).value()));
}

TEST_CASE("norm_cdf to the last digits, also in the tail") {
  // Values to 20 digits by mpmath.
  CHECK(norm_cdf(0.0) == 0.5);
  CHECK(norm_cdf(1.0) == Approx(0.84134474606854294859).epsilon(2e-16));
  CHECK(norm_cdf(-8.0) == Approx(6.2209605742717841235e-16).epsilon(1e-15));
  CHECK(norm_cdf(-37.0) == Approx(5.7255712225245768e-300).epsilon(1e-13));
  CHECK(norm_cdf(inf) == 1.0);
  CHECK(norm_cdf(-inf) == 0.0);
  CHECK(std::isnan(norm_cdf(std::nan(""))));
  Tape tape;
  const std::vector<Scalar> x{tape.variable(-1.25)};
  const std::size_t before = tape.size();
  const Scalar y = norm_cdf(x[0]);
  CHECK(tape.size() == before + 1);
  CHECK(tape.gradient(y, x)[0] ==
        Approx(std::exp(-0.5 * 1.25 * 1.25) / std::sqrt(2.0 * std::acos(-1.0))).epsilon(1e-15));
}

TEST_CASE("spans have second derivatives") {
  const std::vector<double> at{0.3, -0.7, 1.1};
  const auto f = [](std::span<const DualScalar> x) { return logsumexp<Dual<double>>(x) * dot<Dual<double>>(x, x); };
  const auto g = [](std::span<const DualScalar> x) {
    return DualScalar(log(exp(x[0]) + exp(x[1]) + exp(x[2])) * (x[0] * x[0] + x[1] * x[1] + x[2] * x[2]));
  };
  const SecondOrder a = scalars::hessian([&](auto x) { return DualScalar(f(x)); }, at);
  const SecondOrder b = scalars::hessian(g, at);
  for (std::size_t k = 0; k < 9; ++k) CHECK(a.hessian[k] == Approx(b.hessian[k]).epsilon(1e-13));
}

}  // namespace spans_test
