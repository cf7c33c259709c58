// THE TABLE, part 2: the error function.
#pragma once
#include <cmath>
#include <string_view>

#include "exponential.h"
#include "powers.h"

namespace gradus {

inline constexpr Irrational two_over_root_pi{"2/√π", 0x1.20dd750429b6dp+0, 0x1.1ae3a914fed80p-56};

/// e^(−s x²) for a scale s that is a power of 2.  d/dx = −2s x y, as −2s x h² with h the same for s/2: where y is
/// subnormal it has lost digits, h has not.  Domain: all reals.
/// Of x² all digits count, since the exponential magnifies its rounding error: with n for x rounded to a few bits, n² is
/// exact and x² = n² + (x − n)(x + n); what is lost when the two are added becomes a factor 1 − lost.
struct Gaussian : Unary {
  static constexpr bool internal = true;
  static constexpr std::string_view name = "gaussian";
  static constexpr Worst worst{2.4, 6.1};
  double scale = 1.0;

  [[nodiscard]] constexpr auto value(auto x) const {
    using X = decltype(x);
    const X size = abs(x);
    const auto far = size > X(40.0 / scale);  // e^(−1600) is 0 for float and double; NaN is not far
    const X a = where(far, X(0.0), size);
    const X n = rint(a * X(64.0)) * X(1.0 / 64.0);
    const X head = X(scale) * (n * n);
    const X tail = X(scale) * ((a - n) * (a + n));
    const X squared = head + tail;
    const X lost = (head - squared) + tail;
    const X y = exp(-squared);
    return where(far, X(0.0), y - y * lost);
  }
  [[nodiscard]] constexpr auto d(wrt<0>, const auto& x, const auto&) const {
    Gaussian half;
    half.scale = 0.5 * scale;
    const auto h = bind(half, x);
    return (-2.0 * scale) * (chain_product(h, x) * h);  // 0 at infinity
  }
  [[nodiscard]] constexpr auto shown(wrt<0>, const auto& x, const auto& y) const { return (-2.0 * scale) * x * y; }
  [[nodiscard]] constexpr auto written(const auto& x) const { return bind(Exp{}, bind(Power{{}, 2.0, -scale}, x)); }
};

/// erf x = 2/√π ∫₀ˣ e^(−t²) dt.  d erf x/dx = 2/√π · e^(−x²).  Domain: all reals.
struct Erf : Unary {
  static constexpr std::string_view name = "erf";
  static constexpr OpWords words{"Apply erf to {0}", "erf", "The slope of erf is a bell curve."};
  static constexpr Worst worst{3.0, 3.6};
  static constexpr auto value(auto x) { return erf(x); }
  static constexpr auto d(wrt<0>, const auto& x, const auto&) { return two_over_root_pi * bind(Gaussian{}, x); }
};

/// erfc x = 1 − erf x, to the last digit also where erf x is near 1.  d erfc x/dx = −2/√π · e^(−x²).
/// Domain: all reals.
struct Erfc : Unary {
  static constexpr std::string_view name = "erfc";
  static constexpr OpWords words{"Apply erfc to {0}", "erfc",
                                 "The slope of erfc is a bell curve with a minus: it falls where erf grows."};
  static constexpr Worst worst{4.0, 3.6};
  static constexpr auto value(auto x) { return erfc(x); }
  static constexpr auto d(wrt<0>, const auto& x, const auto&) { return -(two_over_root_pi * bind(Gaussian{}, x)); }
  static auto composed(const auto& x) { return 1.0 - bind(Erf{}, x); }
};

template <Interpreted X>
constexpr auto erf(const X& x) {
  return bind(Erf{}, x);
}
template <Interpreted X>
constexpr auto erfc(const X& x) {
  return bind(Erfc{}, x);
}

}  // namespace gradus
