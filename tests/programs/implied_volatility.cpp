// Implied volatility by Newton's method, and the Greeks of second order, against their closed forms.
#include <cmath>
#include <numbers>
#include <vector>

#include "verify.h"
using namespace gradus;

/// A call on one year with no interest, by spot, strike and volatility.
template <class S>
S call(const S& spot, double strike, const S& volatility) {
  const S d1 = log(spot / strike) / volatility + 0.5 * volatility;
  return spot * norm_cdf(d1) - strike * norm_cdf(d1 - volatility);
}

int main() {
  double worst = 0.0;
  for (double strike = 70.0; strike <= 140.0; strike += 0.5) {
    const double truth = 0.15 + 0.1 * std::pow(std::log(strike / 100.0), 2), quote = call(100.0, strike, truth);
    double volatility = std::sqrt(2.0 * std::abs(std::log(100.0 / strike)) + 0.04);
    for (int step = 0; step < 12; ++step) {
      const auto [price, vega] =
          gradient_forward([&]<class S>(const S& v) { return call(S(100.0), strike, v); }, volatility);
      volatility -= (price - quote) / vega;
    }
    worst = std::max(worst, std::abs(volatility - truth));
  }

  const double s = 100.0, k = 110.0, v = 0.25;
  const auto greeks =
      scalars::hessian([&]<class S>(std::span<const S> x) { return call(x[0], k, x[1]); }, std::vector{s, v});
  const double d1 = std::log(s / k) / v + 0.5 * v, d2 = d1 - v;
  const double density = std::exp(-0.5 * d1 * d1) / std::sqrt(2.0 * std::numbers::pi), vega = s * density;
  const Tensor closed{norm_cdf(d1), vega, density / (s * v), -density * d2 / v, vega * d1 * d2 / v};
  const Tensor found{greeks.gradient[0], greeks.gradient[1], greeks.hessian[0], greeks.hessian[1], greeks.hessian[3]};
  const bool right = within("volatility", worst, 1e-12) &&
                     within("delta, vega, gamma, vanna, volga", max(abs(found / closed - 1.0)).item(), 1e-12);
  return right ? 0 : 1;
}
