// Ops of one's own, both ways: as a formula, and as a pair of functions.  Derivatives up to order three are checked.
#include <cmath>

#include "verify.h"
using namespace gradus;

// sin x / x, by its series where x is small.
constexpr auto own_sinc = custom_op<"own_sinc">([](auto x) {
  const auto s = x * x;
  const auto safe = where(abs(x) < 0.1, 1.0, x);
  return where(abs(x) < 0.1, 1.0 - s / 6.0 * (1.0 - s / 20.0 * (1.0 - s / 42.0 * (1.0 - s / 72.0))), sin(safe) / safe);
});

// Kepler's equation E − e sin E = M: solved by numbers, differentiated as an implicit function.
Tensor kepler(const Tensor& m, const Tensor& e) {
  const auto solved = [](TensorList x) {
    Tensor y = x[0];
    for (int step = 0; step < 20; ++step) y -= (y - x[1] * sin(y) - x[0]) / (1.0 - x[1] * cos(y));
    return y;
  };
  const auto pullback = [](const Tensor& g, TensorList x, const Tensor& y) {
    const Tensor dm = g / (1.0 - x[1] * cos(y));
    return std::vector{dm, dm * sin(y)};
  };
  return custom_op("kepler", solved, pullback, {m, e});
}

int main() {
  const Tensor x{-3.0, -0.3, 1e-3, 0.7, 2.0}, m{0.3, 1.0, 2.5}, e{0.1, 0.4, 0.7};
  const Tensor y = kepler(m, e);
  const auto slope = [](const auto& f, const Tensor& at) { return jvp(f, at, ones_like(at)).tangent; };
  const bool right = within("sinc, wrong up to order 3", check_gradients(own_sinc, x, 3).ok ? 0.0 : 1.0, 0.0) &&
                     within("sinc, value", apart(own_sinc(x), sin(x) / x), 1e-15) &&
                     within("sinc, slope", apart(slope(own_sinc, x), (x * cos(x) - sin(x)) / square(x)), 1e-10) &&
                     within("Kepler, wrong up to order 3", check_gradients(kepler, {m, e}, 3).ok ? 0.0 : 1.0, 0.0) &&
                     within("Kepler, the equation", apart(y - e * sin(y), m), 1e-15);
  return right ? 0 : 1;
}
