// THE TABLE, part 2: the error function.
#pragma once
#include <cmath>
#include <string_view>

#include "autograd/math/exponential.h"
#include "autograd/math/powers.h"

namespace gradus {

// Leaf numbers keep their own functions; the templates below serve the interpreted types.
using std::erf, std::erfc, std::rint;

inline constexpr Irrational two_over_root_pi{"2/√π", 0x1.20dd750429b6dp+0, 0x1.1ae3a914fed80p-56};

/// e^(−x²).  d/dx = −2x y.  Domain: all reals.
/// Of x² all digits count, since e^(−x²) magnifies its rounding error by x²: with n for x rounded to a few bits, n² is
/// exact and x² = n² + (x − n)(x + n); what is lost when the two are added becomes a factor 1 − lost.
struct Gaussian : Unary {
  static constexpr bool internal = true;
  static constexpr std::string_view name = "gaussian";
  static constexpr auto value(auto x) {
    using X = decltype(x);
    const X size = abs(x);
    const X a = where(size > X(40.0), X(40.0), size);  // e^(−1600) is 0; NaN stays
    const X n = rint(a * X(256.0)) * X(1.0 / 256.0);
    const X head = n * n;
    const X tail = (a - n) * (a + n);
    const X squared = head + tail;
    const X lost = (head - squared) + tail;
    const X y = exp(-squared);
    return y - y * lost;
  }
  static constexpr auto d(wrt<0>, const auto& x, const auto& y) { return -2.0 * (x * y); }
  static constexpr auto written(const auto& x) { return bind(Exp{}, -bind(Square{}, x)); }
};

/// erf x = 2/√π ∫₀ˣ e^(−t²) dt.  d erf x/dx = 2/√π · e^(−x²).  Domain: all reals.
struct Erf : Unary {
  static constexpr std::string_view name = "erf";
  static constexpr auto value(auto x) { return erf(x); }
  static constexpr auto d(wrt<0>, const auto& x, const auto&) { return two_over_root_pi * bind(Gaussian{}, x); }
};

/// erfc x = 1 − erf x, to the last digit also where erf x is near 1.  d erfc x/dx = −2/√π · e^(−x²).
/// Domain: all reals.
struct Erfc : Unary {
  static constexpr std::string_view name = "erfc";
  static constexpr auto value(auto x) { return erfc(x); }
  static constexpr auto d(wrt<0>, const auto& x, const auto&) { return -(two_over_root_pi * bind(Gaussian{}, x)); }
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
