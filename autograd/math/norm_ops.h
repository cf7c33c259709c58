// Elementwise ops behind the gradients of norms and deviations.  They are not in the list: no user calls them.
#pragma once
#include <string_view>

#include "functions.h"

namespace gradus {

/// a / b, and 0 where b = 0: a direction, which has subgradient 0 at the origin (K6).  NaN stays NaN.
struct DivOrZero : Binary {
  static constexpr bool internal = true;
  static constexpr std::string_view name = "div_or_zero", symbol = "÷", infix = "/";
  static constexpr int precedence = 2;
  static constexpr auto value(auto a, auto b) {
    using X = decltype(a);
    return where(b == X(0.0), X(0.0) * a, a / b);
  }
  static constexpr auto d(wrt<0>, const auto&, const auto& b, const auto&) { return bind(DivOrZero{}, 1.0, b); }
  static constexpr auto d(wrt<1>, const auto&, const auto& b, const auto& y) { return -bind(DivOrZero{}, y, b); }
};

/// c · |x|ᵖ, with the sign of x when `odd`, for a fixed p.  d/dx = c·p · |x|ᵖ⁻¹ with the other parity.  At 0 it is 0 when
/// odd (K1) or where a negative power is infinite: such a slope would meet a 0 further on and make a NaN of every
/// gradient that passes (K6).  One with c = 0 is 0 everywhere (K5).
struct AbsPower : Unary {
  static constexpr bool internal = true;
  static constexpr std::string_view name = "abs_power", symbol = "|x|ᵖ";
  double exponent = 1.0;
  double coefficient = 1.0;
  bool odd = false;

  [[nodiscard]] constexpr auto value(auto x) const {
    using X = decltype(x);
    if (coefficient == 0.0) return X(0.0);
    const X size = X(coefficient) * power(abs(x), exponent);
    if (!odd && exponent >= 0.0) return size;
    return where(x > X(0.0), size, where(x < X(0.0), odd ? -size : size, X(0.0) * x));
  }
  [[nodiscard]] constexpr auto d(wrt<0>, const auto& x, const auto&) const {
    return bind(AbsPower{{}, exponent - 1.0, coefficient * exponent, !odd}, x);
  }
};

}  // namespace gradus
