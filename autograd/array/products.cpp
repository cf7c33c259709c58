#include "autograd/array/products.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "autograd/array/rows.h"

namespace gradus {

namespace {

// A product as (high + low) · 2^exponent: about 106 bits and no limits of size.  `high` is 0, ∞, NaN or in a range where
// neither it nor what it loses to rounding can overflow or underflow when the next factor comes.
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

}  // namespace

Array prod_axes(const Array& x, std::uint32_t mask, bool keepdims) {
  return reduce_rows(x, mask, keepdims, [](const auto* row, std::int64_t n) {
    constexpr std::int64_t lanes = 4;  // a product in one does not wait for another's
    WideProduct part[lanes];
    std::int64_t i = 0;
    for (; i + lanes <= n; i += lanes) {
      for (std::int64_t j = 0; j < lanes; ++j) part[j].multiply(static_cast<double>(row[i + j]));
    }
    for (; i < n; ++i) part[0].multiply(static_cast<double>(row[i]));
    for (std::int64_t j = 1; j < lanes; ++j) part[0].multiply(part[j]);
    return part[0].value();
  });
}

Array other_products(const Array& x, std::uint32_t mask) {
  std::vector<WideProduct> behind;  // behind[i]: the product of what follows place i
  return map_rows(x, mask, [&](const auto* row, std::int64_t n, auto* out) {
    if (n == 0) return;
    behind.assign(static_cast<std::size_t>(n), WideProduct());
    for (auto i = static_cast<std::size_t>(n) - 1; i > 0; --i) {
      behind[i - 1] = behind[i];
      behind[i - 1].multiply(static_cast<double>(row[i]));
    }
    WideProduct before;
    for (std::int64_t i = 0; i < n; ++i) {
      WideProduct& others = behind[static_cast<std::size_t>(i)];
      others.multiply(before);
      out[i] = static_cast<std::remove_reference_t<decltype(*out)>>(others.value());
      before.multiply(static_cast<double>(row[i]));
    }
  });
}

Array cumprod(const Array& x, std::uint32_t mask, bool reverse) {
  return map_rows(x, mask, [&](const auto* row, std::int64_t n, auto* out) {
    WideProduct product;
    for (std::int64_t k = 0; k < n; ++k) {
      const std::int64_t i = reverse ? n - 1 - k : k;
      product.multiply(static_cast<double>(row[i]));
      out[i] = static_cast<std::remove_reference_t<decltype(*out)>>(product.value());
    }
  });
}

}  // namespace gradus
