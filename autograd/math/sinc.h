// THE TABLE, part 9: sinc.
#pragma once
#include <array>
#include <string_view>

#include "compensated.h"
#include "trigonometric.h"

namespace gradus {

inline constexpr Irrational pi{"π", 0x1.921fb54442d18p+1, 0x1.1a62633145c07p-53};

namespace detail {

// sin πx and cos πx, from what is left of x beside a whole number, which is exact.
template <class X>
struct OfHalfTurns {
  X sine;
  X cosine;
  explicit OfHalfTurns(X x) : sine(x), cosine(x) {
    const X whole = rint(x);
    const X rest = x - whole;
    const X sign = X(1.0) - X(2.0) * (whole - X(2.0) * floor(whole * X(0.5)));
    sine = sign * sin(as<X>(pi) * rest);
    cosine = sign * sin(as<X>(pi) * (X(0.5) - abs(rest)));
  }
};

}  // namespace detail

/// The derivative of sinc of an order n.  With z = πx it is πⁿ Σ (−1)ᵏ z²ᵏ⁻ⁿ/((2k + 1)(2k − n)!) over 2k ≥ n, near 0, and
/// else (πⁿ⁻¹ sin(z + nπ/2) − n·s)/x with s of one order less.  d/dx is of order n + 1.
struct SincDerivative : Unary {
  static constexpr bool internal = true;
  static constexpr std::string_view name = "sinc_derivative";
  static constexpr Worst worst{8.0, 16.0, true};
  double order = 1.0;
  static constexpr auto fields = std::array{field("order", &SincDerivative::order)};
  [[nodiscard]] constexpr auto value(auto x) const {
    using X = decltype(x);
    const X z = as<X>(pi) * x;
    const detail::OfHalfTurns<X> turns(x);
    X far = turns.sine / z;
    X scale(1.0);  // πⁿ
    for (double n = 1.0; n <= order; n += 1.0) {
      const int quarter = static_cast<int>(n) % 4;
      const X wave = quarter % 2 == 0 ? turns.sine : turns.cosine;
      far = (scale * (quarter >= 2 ? -wave : wave) - as<X>(n) * far) / x;
      scale = scale * as<X>(pi);
    }
    return where(abs(z) < X(0.5 * order + 1.5), scale * series(z), far);
  }
  template <class X>
  [[nodiscard]] constexpr auto d(wrt<0>, const X& x, const auto&) const {
    return bind(SincDerivative{{}, order + 1.0}, x);
  }

 private:
  template <class X>
  [[nodiscard]] constexpr X series(X z) const {
    const int n = static_cast<int>(order);
    const int first = (n + 1) / 2;
    const int count = leaf_digits < X >> 53 ? 22 + 3 * n : 11 + 2 * n;
    const X square = z * z;
    X sum(0.0);
    for (int k = first + count; k >= first; --k) {
      const double j = 2.0 * k - n;  // (−1)ᵏ/(2k + 1) and what follows it, which has z²/((j + 1)(j + 2)) more
      sum = X(k % 2 == 0 ? 1.0 : -1.0) / X(2.0 * k + 1.0) + square * sum / X((j + 1.0) * (j + 2.0));
    }
    return n % 2 == 0 ? sum : z * sum;
  }
};

/// sinc x = sin(πx)/(πx), and 1 at 0: NumPy's.  d/dx = (cos πx − sinc x)/x.
struct Sinc : Unary {
  static constexpr std::string_view name = "sinc";
  static constexpr OpWords words{
      "Apply sinc to {0}", "sinc",
      "The slope of a quotient, of a sine and its angle: the cosine less sinc, divided by x."};
  static constexpr Worst worst{2.5, 3.5, true};
  static constexpr auto value(auto x) {
    using X = decltype(x);
    return where(x == X(0.0), X(1.0), detail::OfHalfTurns<X>(x).sine / (as<X>(pi) * x));
  }
  static constexpr auto d(wrt<0>, const auto& x, const auto&) { return bind(SincDerivative{}, x); }
  static constexpr auto shown(wrt<0>, const auto& x, const auto& y) { return (bind(Cos{}, pi * x) - y) / x; }
  static auto composed(const auto& x) {
    const auto angle = pi * x;
    return bind(Sin{}, angle) / angle;
  }
};

/// sin(πx)/(πx), and 1 at 0.
template <class X, detail::Nothing... Yield>
constexpr auto sinc(const X& x, Yield...) {
  return bind(Sinc{}, x);
}

}  // namespace gradus
