// THE TABLE, part 10: the inverse of the error function.
#pragma once
#include <array>
#include <limits>
#include <string_view>

#include "compensated.h"
#include "error_function.h"
#include "normal_quantile.h"

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
  using Coefficients = NormalQuantile::Coefficients;
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
    using Q = NormalQuantile;
    const X size = abs(x);
    const X q = X(0.5) * x;
    const X near = q * quotient(X(0.180625) - q * q, Q::near_above, Q::near_below);
    const X r = sqrt(-log(X(0.5) * (X(1.0) - size)));
    const X tail = where(r < X(5.0), quotient(r - X(1.6), Q::tail_above, Q::tail_below),
                         quotient(r - X(5.0), Q::far_above, Q::far_below));
    const X found = where(size < X(0.85), near, copysign(tail, x)) * as<X>(root_half);
    const X infinity(std::numeric_limits<double>::infinity());
    return where(size == X(1.0), copysign(infinity, x), found);
  }
  static constexpr Irrational root_half{"√½", 0x1.6a09e667f3bcdp-1, -0x1.bdd3413b26456p-55};
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
