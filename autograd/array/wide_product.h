// Products that are right to the last digit, of any size.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>

namespace gradus {

/// A product as (high + low) · 2^exponent: about 106 bits and no limits of size.  `high` is 0, ∞, NaN or in a range where
/// neither it nor what it loses to rounding can overflow or underflow when the next factor comes.
class WideProduct {
 public:
  void multiply(double x) {
    if (ordinary(x)) {
      times(x, 0.0);
    } else {
      int exponent = 0;
      const double fraction = std::frexp(x, &exponent);
      exponent_ += std::isfinite(x) ? exponent : 0;
      times(fraction, 0.0);
    }
  }
  void multiply(const WideProduct& x) {
    exponent_ += x.exponent_;
    times(x.high_, x.low_);
  }
  [[nodiscard]] double value() const {
    if (high_ == 0.0 || !std::isfinite(high_)) return high_;
    if (exponent_ == 0) return high_ + low_;
    return std::ldexp(high_ + low_, static_cast<int>(std::clamp<std::int64_t>(exponent_, -5000, 5000)));
  }

 private:
  static bool ordinary(double x) { return std::abs(x) > 0x1p-200 && std::abs(x) < 0x1p200; }
  void times(double high, double low) {
    const double product = high_ * high;
    low_ = std::fma(high_, high, -product) + (high_ * low + low_ * high);
    high_ = product;
    if (!ordinary(high_)) normalize();
  }
  void normalize() {
    if (high_ == 0.0 || !std::isfinite(high_)) return;
    int exponent = 0;
    high_ = std::frexp(high_, &exponent);
    low_ = std::ldexp(low_, -exponent);
    exponent_ += exponent;
  }

  double high_ = 1.0;
  double low_ = 0.0;
  std::int64_t exponent_ = 0;
};

}  // namespace gradus
