// Sums that are right to the last digit: what rounding takes from each addition is kept and given back.
#pragma once
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "../math/compensated.h"

namespace gradus {

/// An unevaluated sum of two doubles, |low| at most half an ulp of high: about 106 bits.
struct WideSum {
  double high = 0.0;
  double low = 0.0;  // NaN once `high` has overflowed, where it says nothing

  [[nodiscard]] double value() const noexcept { return std::isfinite(high) ? high + low : high; }
  /// Adds x; what is lost goes to `low`.
  void add(double x) noexcept {
    const Sum2<double> sum = exact_sum(high, x);
    high = sum.high;
    low += sum.low;
  }
  /// The sum divided by n, as two doubles again.
  [[nodiscard]] WideSum divided(double n) const noexcept {
    const double quotient = value() / n;
    if (!std::isfinite(quotient)) return {quotient, 0.0};
    return {quotient, (std::fma(-quotient, n, high) + low) / n};
  }
};

/// Σ f(i) for i in [0, n), each a double.  Several lanes at once: the additions of one do not wait for another's.
template <class F>
WideSum wide_sum(std::int64_t n, F&& f) {
  constexpr std::int64_t lanes = 8;
  WideSum part[lanes];
  std::int64_t i = 0;
  for (; i + lanes <= n; i += lanes) {
    for (std::int64_t j = 0; j < lanes; ++j) part[j].add(f(i + j));
  }
  for (; i < n; ++i) part[0].add(f(i));
  WideSum total;
  for (const WideSum& p : part) {
    total.add(p.high);
    total.low += p.low;
  }
  return total;
}

}  // namespace gradus
