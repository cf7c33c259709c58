// THE TABLE, part 7: the gamma function, its logarithm, and the derivatives of that.
#pragma once
#include <array>
#include <string_view>
#include <typeinfo>

#include "attributes.h"
#include "exponential.h"
#include "special_values.h"

namespace gradus {

/// ψ⁽ⁿ⁾(x), the n-th derivative of digamma: (−1)ⁿ⁺¹ n! Σ 1/(x + k)ⁿ⁺¹ over k = 0, 1, 2, …  d/dx = ψ⁽ⁿ⁺¹⁾(x).  Infinite at 0 and, for
/// an odd n, at the negative whole numbers, where it is NaN for an even one.  NaN for an order that is no whole number of at least
/// 0, which polygamma() and the language refuse.  It crosses zero between the poles, where only ulps of x are kept.
struct Polygamma : Unary {
  static constexpr std::string_view name = "polygamma", defined = "x ≠ 0, −1, −2, …";
  static constexpr OpWords words{"Apply polygamma to {0}", "polygamma",
                                 "The slope of a derivative of digamma is the next derivative."};
  static constexpr Worst worst{3.0, 3.0, true};
  double order = 1.0;
  static constexpr auto fields = std::array{field("order", &Polygamma::order)};
  [[nodiscard]] constexpr std::string_view refused() const {
    const bool whole = order >= 0.0 && order < 1e9 && order == static_cast<double>(static_cast<long>(order));
    return whole ? "" : "the order has to be a whole number of at least 0";
  }
  [[nodiscard]] constexpr auto value(auto x) const { return polygamma(order, x); }
  template <class X>
  [[nodiscard]] constexpr auto d(wrt<0>, const X& x, const auto&) const {
    return bind(Polygamma{{}, order + 1.0}, x);
  }
  /// polygamma(x) is that of order 1, as in a call; polygamma(x, order=2).
  template <class F>
  [[nodiscard]] auto written(const F& x) const -> decltype(F::in_parentheses(x)) {
    if (order == 1.0) return F::call(name, std::array<F, 1>{x}, &typeid(Polygamma));
    return F::call(name, std::array<F, 2>{x, F("order=" + F(order).text())}, &typeid(Polygamma));
  }
};

/// ψ(x) = Γ′(x)/Γ(x), the derivative of lgamma.  d/dx = ψ′(x), polygamma of order 1.  ±∞ at ±0 with the other sign, NaN at
/// the negative whole numbers.  It crosses zero at 1.46 and between the poles, where only ulps of x are kept.
struct Digamma : Unary {
  static constexpr std::string_view name = "digamma", symbol = "ψ", defined = "x ≠ 0, −1, −2, …";
  static constexpr OpWords words{"Apply digamma to {0}", "digamma", "The slope of digamma is polygamma of order 1."};
  static constexpr Worst worst{2.0, 2.0, true};
  static constexpr auto value(auto x) { return polygamma(0.0, x); }
  static constexpr auto d(wrt<0>, const auto& x, const auto&) { return bind(Polygamma{}, x); }
};

/// ln|Γ(x)|; ∞ at 0 and the negative whole numbers.  d/dx = ψ(x).  It is zero at 1 and 2, and crosses zero between the
/// poles.
struct Lgamma : Unary {
  static constexpr std::string_view name = "lgamma", symbol = "ln Γ", defined = "x ≠ 0, −1, −2, …";
  static constexpr OpWords words{"Take the logarithm of the gamma function of {0}", "the logarithm of gamma",
                                 "The slope of the logarithm of gamma is digamma."};
  static constexpr Worst worst{2.5, 1.5, true};
  static constexpr auto value(auto x) { return lgamma(x); }
  static constexpr auto d(wrt<0>, const auto& x, const auto&) { return bind(Digamma{}, x); }
};

/// The slope of Γ, Γ(x)ψ(x).  Where Γ has fallen below the normal numbers it is Γ(x + 16)ψ(x)/(x(x + 1)…(x + 15)).
/// d/dx = Γ(x)(ψ(x)² + ψ′(x)).
struct TgammaSlope : Unary {
  static constexpr bool internal = true;
  static constexpr std::string_view name = "tgamma_slope";
  static constexpr Worst worst{4.0, 40.0, true};  // of its derivative far below the normal numbers
  static constexpr auto value(auto x) {
    using X = decltype(x);
    const X psi = polygamma(0.0, x);
    const auto part = [&](double first) {
      X product = x + X(first);
      for (double k = 1.0; k < 8.0; k += 1.0) product = product * (x + X(first + k));
      return product;
    };
    const auto far = x < X(-25.0);
    const X shifted = ((tgamma(x + X(16.0)) * psi) / part(0.0)) / part(8.0);
    return where(far, shifted, tgamma(x) * psi);
  }
  static constexpr auto d(wrt<0>, const auto& x, const auto& y);
};

/// Γ(x), with Γ(n + 1) = n! for whole numbers; ±∞ at ±0, NaN at the negative whole numbers.  dΓ/dx = Γ(x)ψ(x).
struct Tgamma : Unary {
  static constexpr std::string_view name = "tgamma", symbol = "Γ", defined = "x ≠ 0, −1, −2, …";
  static constexpr OpWords words{"Take the gamma function of {0}", "gamma",
                                 "The slope of the gamma function is itself times digamma."};
  static constexpr Worst worst{3.0, 4.0, true};
  static constexpr auto value(auto x) { return tgamma(x); }
  static constexpr auto d(wrt<0>, const auto& x, const auto&) { return bind(TgammaSlope{}, x); }
  static constexpr auto shown(wrt<0>, const auto& x, const auto& y) { return y * bind(Digamma{}, x); }
};

constexpr auto TgammaSlope::d(wrt<0>, const auto& x, const auto& y) {
  return y * bind(Digamma{}, x) + bind(Tgamma{}, x) * bind(Polygamma{}, x);
}

/// ln|Γ(x)|.
template <Interpreted X>
constexpr auto lgamma(const X& x) {
  return bind(Lgamma{}, x);
}
/// Γ(x), by the name that <cmath> has for it.
template <Interpreted X>
constexpr auto tgamma(const X& x) {
  return bind(Tgamma{}, x);
}
/// ψ(x), the derivative of lgamma.
template <class X, detail::Nothing... Yield>
constexpr auto digamma(const X& x, Yield...) {
  return bind(Digamma{}, x);
}
/// The n-th derivative of digamma, which is that of order 0.  Throws ValueError for a negative n.
template <Interpreted X>
constexpr auto polygamma(int n, const X& x) {
  return bind(detail::allowed(Polygamma{{}, static_cast<double>(n)}), x);
}

}  // namespace gradus
