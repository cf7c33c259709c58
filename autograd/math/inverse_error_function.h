// THE TABLE, part 10: the inverse of the error function.
#pragma once
#include <array>
#include <limits>
#include <string_view>

#include "compensated.h"
#include "error_function.h"

namespace gradus {

inline constexpr Irrational root_pi{"√π", 0x1.c5bf891b4ef6bp+0, -0x1.618f13eb7ca89p-54};

/// erf⁻¹ x: Wichura's rationals (algorithm AS 241, 1988), three of them, of 0.180625 − x²/4 and of √−ln((1 − |x|)/2), and a
/// step of Newton's method; with more digits, several.
struct InverseErfParts {
  template <class X>
  static constexpr X value(X x) {
    constexpr int steps = leaf_digits < X >> 53 ? 3 : 1;
    const X start = rational(x);
    X y = start;
    for (int k = 0; k < steps; ++k) y = y - off(x, y);
    return where(abs(x) < X(1.0), where(x == X(0.0), x, y), start);
  }
  /// (erf y − x)/erf′(y), to the last digit also where |x| is near 1.
  template <class X>
  static constexpr X off(X x, X y) {
    const X size = abs(y);
    const X above = (X(1.0) - abs(x)) - erfc(size);  // 1 − |x| is exact
    const X tail = where(x < X(0.0), -above, above);
    return where(abs(x) < X(0.5), erf(y) - x, tail) * grown(y);
  }
  /// e^(y²)·√π/2, the rounding of y² made good.
  template <class X>
  static constexpr X grown(X y) {
    const Sum2<X> square = exact_product(y, y);
    return exp_product(square.high, square.low).all() * (X(0.5) * as<X>(root_pi));
  }

 private:
  using Coefficients = std::array<double, 8>;
  template <class X>
  static constexpr X quotient(X x, const Coefficients& above, const Coefficients& below) {
    X p = X(above[7]);
    X q = X(below[7]);
    for (std::size_t k = 7; k-- > 0;) {
      p = p * x + X(above[k]);
      q = q * x + X(below[k]);
    }
    return p / q;
  }
  template <class X>
  static constexpr X rational(X x) {
    const X size = abs(x);
    const X q = X(0.5) * x;
    const X near = q * quotient(X(0.180625) - q * q, near_above, near_below);
    const X r = sqrt(-log(X(0.5) * (X(1.0) - size)));
    const X tail =
        where(r < X(5.0), quotient(r - X(1.6), tail_above, tail_below), quotient(r - X(5.0), far_above, far_below));
    const X found = where(size < X(0.85), near, copysign(tail, x)) * as<X>(root_half);
    const X infinity(std::numeric_limits<double>::infinity());
    return where(size == X(1.0), copysign(infinity, x), found);
  }
  static constexpr Irrational root_half{"√½", 0x1.6a09e667f3bcdp-1, -0x1.bdd3413b26456p-55};
  static constexpr Coefficients near_above{3.3871328727963666080,   1.3314166789178437745e2, 1.9715909503065514427e3,
                                           1.3731693765509461125e4, 4.5921953931549871457e4, 6.7265770927008700853e4,
                                           3.3430575583588128105e4, 2.5090809287301226727e3};
  static constexpr Coefficients near_below{1.0,
                                           4.2313330701600911252e1,
                                           6.8718700749205790830e2,
                                           5.3941960214247511077e3,
                                           2.1213794301586595867e4,
                                           3.9307895800092710610e4,
                                           2.8729085735721942674e4,
                                           5.2264952788528545610e3};
  static constexpr Coefficients tail_above{
      1.42343711074968357734, 4.63033784615654529590,    5.76949722146069140550,    3.64784832476320460504,
      1.27045825245236838258, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4};
  static constexpr Coefficients tail_below{1.0,
                                           2.05319162663775882187,
                                           1.67638483018380384940,
                                           6.89767334985100004550e-1,
                                           1.48103976427480074590e-1,
                                           1.51986665636164571966e-2,
                                           5.47593808499534494600e-4,
                                           1.05075007164441684324e-9};
  static constexpr Coefficients far_above{
      6.65790464350110377720,    5.46378491116411436990,    1.78482653991729133580,    2.96560571828504891230e-1,
      2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7};
  static constexpr Coefficients far_below{1.0,
                                          5.99832206555887937690e-1,
                                          1.36929880922735805310e-1,
                                          1.48753612908506148525e-2,
                                          7.86869131145613259100e-4,
                                          1.84631831751005468180e-5,
                                          1.42151175831644588870e-7,
                                          2.04426310338993978564e-15};
};

/// The slope of erf⁻¹, e^(y²)·√π/2 with y = erf⁻¹ x before rounding.  Rounding of y would count 2y² times over: it is found by
/// putting y into erf, and given back.  d/dx = 2 erf⁻¹(x)·slope².
struct ErfinvSlope : Unary {
  static constexpr bool internal = true;
  static constexpr std::string_view name = "erfinv_slope";
  static constexpr Worst worst{6.0, 12.0};
  static constexpr Domain domain{-0.999, 0.999};
  static constexpr auto value(auto x) {
    using X = decltype(x);
    const X y = InverseErfParts::value(x);
    const X found = InverseErfParts::grown(y);
    const X infinity(std::numeric_limits<double>::infinity());
    return where(abs(x) == X(1.0), infinity, found - found * (X(2.0) * y * InverseErfParts::off(x, y)));
  }
  static constexpr auto d(wrt<0>, const auto& x, const auto& y);
};

/// erf⁻¹ x: erf of it is x.  ±∞ at ±1, NaN beyond.  d/dx = e^(y²)·√π/2 for the value y.
struct Erfinv : Unary {
  static constexpr std::string_view name = "erfinv";
  static constexpr OpWords words{"Take the inverse of erf of {0}", "the inverse of erf",
                                 "The slope of an inverse is one over the slope of the function: over a bell curve."};
  static constexpr Worst worst{3.5, 6.0};
  static constexpr Domain domain{-0.999, 0.999};
  static constexpr auto value(auto x) { return InverseErfParts::value(x); }
  static constexpr auto d(wrt<0>, const auto& x, const auto&) { return bind(ErfinvSlope{}, x); }
  static constexpr auto shown(wrt<0>, const auto&, const auto& y) {
    return root_pi * bind(Exp{}, bind(Square{}, y)) / 2.0;
  }
};

constexpr auto ErfinvSlope::d(wrt<0>, const auto& x, const auto& y) { return 2.0 * bind(Erfinv{}, x) * y * y; }

/// The number whose erf is x, for −1 ≤ x ≤ 1.
template <class X, detail::Nothing... Yield>
constexpr auto erfinv(const X& x, Yield...) {
  return bind(Erfinv{}, x);
}

}  // namespace gradus
