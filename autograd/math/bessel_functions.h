// THE TABLE, part 8: modified Bessel functions.
#pragma once
#include <array>
#include <string_view>

#include "powers.h"
#include "special_values.h"

namespace gradus {

/// Iₙ(x)/xⁿ, which is smooth at 0 and positive everywhere.  d/dx = x·Iₙ₊₁(x)/xⁿ⁺¹: nothing is divided, nothing cancels.
struct BesselRatio : Unary {
  static constexpr bool internal = true;
  static constexpr std::string_view name = "bessel_ratio";
  static constexpr Worst worst{3.5, 5.0};
  double order = 1.0;
  static constexpr auto fields = std::array{field("order", &BesselRatio::order)};
  [[nodiscard]] constexpr auto value(auto x) const { return bessel_ratio(order, x); }
  template <class X>
  [[nodiscard]] constexpr auto d(wrt<0>, const X& x, const auto&) const {
    return x * bind(BesselRatio{{}, order + 1.0}, x);
  }
};

/// I₁(x), the modified Bessel function of the first kind of order 1.  dI₁/dx = I₀(x) − I₁(x)/x = I₁(x)/x + I₂(x).
struct I1 : Unary {
  static constexpr std::string_view name = "i1", symbol = "I₁";
  static constexpr OpWords words{"Apply i1 to {0}", "i1", "The slope of a Bessel function is made of its neighbours."};
  static constexpr Worst worst{4.0, 5.0};
  static constexpr auto value(auto x) { return x * bessel_ratio(1.0, x); }
  static constexpr auto d(wrt<0>, const auto& x, const auto&) {
    return bind(BesselRatio{}, x) + x * (x * bind(BesselRatio{{}, 2.0}, x));
  }
  static constexpr auto shown(wrt<0>, const auto& x, const auto& y);
};

/// I₀(x), the modified Bessel function of the first kind of order 0.  dI₀/dx = I₁(x).
struct I0 : Unary {
  static constexpr std::string_view name = "i0", symbol = "I₀";
  static constexpr OpWords words{"Apply i0 to {0}", "i0", "The slope of i0 is i1."};
  static constexpr Worst worst{3.5, 4.0};
  static constexpr auto value(auto x) { return bessel_ratio(0.0, x); }
  static constexpr auto d(wrt<0>, const auto& x, const auto&) { return bind(I1{}, x); }
};

constexpr auto I1::shown(wrt<0>, const auto& x, const auto& y) { return bind(I0{}, x) - y / x; }

/// The modified Bessel functions of the first kind of orders 0 and 1.
template <class X, detail::Nothing... Yield>
constexpr auto i0(const X& x, Yield...) {
  return bind(I0{}, x);
}
template <class X, detail::Nothing... Yield>
constexpr auto i1(const X& x, Yield...) {
  return bind(I1{}, x);
}

}  // namespace gradus
