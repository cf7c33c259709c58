// Gradients forwards, with a fixed number of directions.
#include <array>
#include <cmath>
#include <vector>

#include "autograd/scalar/scalar.h"
#include "autograd/scalar/scalar_forward.h"
#include "autograd/scalar/spans.h"
#include "tests/catch.h"

using namespace gradus;
using test::Approx;

namespace {

template <class T>
T black_scholes(const T& s, const T& k, const T& r, const T& v, const T& t) {
  const T root = v * sqrt(t);
  const T d1 = (log(s / k) + (r + 0.5 * v * v) * t) / root;
  const T d2 = d1 - root;
  return s * norm_cdf(d1) - k * exp(-r * t) * norm_cdf(d2);
}

}  // namespace

TEST_CASE("a forward gradient is the tape's") {
  const std::array<double, 5> at{100.0, 95.0, 0.03, 0.2, 1.5};
  const auto forward = gradient_forward([](const auto& x) { return black_scholes(x[0], x[1], x[2], x[3], x[4]); }, at);
  Tape tape;
  std::vector<Scalar> x;
  for (const double v : at) x.push_back(tape.variable(v));
  const Scalar y = black_scholes(x[0], x[1], x[2], x[3], x[4]);
  const std::vector<double> g = tape.gradient(y, x);
  CHECK(forward.value == Approx(y.value()).epsilon(1e-14));
  for (std::size_t k = 0; k < 5; ++k) CHECK(forward.gradient[k] == Approx(g[k]).epsilon(1e-12));
}

TEST_CASE("forward gradients take functions of separate numbers, branches and compound assignment") {
  const auto f = [](auto a, auto b) {
    auto s = a * b;
    if (a > 1.0) s += exp(b);
    s *= 2.0;
    return s;
  };
  const auto r = gradient_forward(f, std::array{2.0, 0.5});
  CHECK(r.value == Approx(2.0 * (1.0 + std::exp(0.5))));
  CHECK(r.gradient[0] == Approx(1.0));
  CHECK(r.gradient[1] == Approx(4.0 + 2.0 * std::exp(0.5)));
  CHECK(gradient_forward([](auto x) { return where(0.0, sqrt(x[0]), x[0]); }, std::array{0.0}).gradient[0] == 1.0);
}
