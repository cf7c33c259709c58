// THE TABLE, part 2: powers and roots.
#pragma once
#include <array>
#include <cmath>
#include <string_view>

#include "arithmetic.h"

namespace gradus {

/// c · xᵖ for a fixed number p.  d/dx = c·p · xᵖ⁻¹, which is again of this form, and exactly 0 when p is 0 (K5).
/// Domain: all reals for whole p, x ≥ 0 otherwise.  Overflows where xᵖ does, also when |c| < 1.
struct Power : Unary {
  static constexpr bool internal = true;
  static constexpr bool saved = true;
  static constexpr std::string_view name = "pow", symbol = "^", key = "power";
  static constexpr OpWords words{"Raise {0} to the power {1}", "the power",
                                 "The exponent comes down as a factor and goes down by one."};
  static constexpr Worst worst{2.1, 3.6};
  static constexpr Domain domain{0.1, 6.0};
  double exponent = 2.0;
  double coefficient = 1.0;
  static constexpr auto fields = std::array{field("exponent", &Power::exponent, InCalls::not_at_all),
                                            field("coefficient", &Power::coefficient, InCalls::not_at_all)};

  [[nodiscard]] constexpr auto value(auto x) const {
    using X = decltype(x);
    if (coefficient == 0.0) return X(0.0);
    const X y = power(x, exponent);
    return coefficient == 1.0 ? y : X(coefficient) * y;
  }
  template <class X>
  [[nodiscard]] constexpr auto d(wrt<0>, const X& x, const auto&) const {
    Power slope;
    slope.exponent = exponent - 1.0;
    slope.coefficient = coefficient * exponent;
    return bind(slope, x);
  }
  [[nodiscard]] constexpr auto shown(wrt<0>, const auto& x, const auto& y) const { return d(wrt<0>{}, x, y); }
};

/// x².  d x²/dx = 2x.
struct Square : Unary {
  static constexpr std::string_view name = "square", symbol = "x²";
  static constexpr OpWords words{"Square {0}", "the square", "The slope of a square is twice its argument."};
  static constexpr Worst worst{0.5, 0.0};
  static constexpr bool exact = true;
  static constexpr auto value(auto x) { return x * x; }
  static constexpr auto d(wrt<0>, auto x, auto) { return 2.0 * x; }
  static constexpr auto written(const auto& x) { return bind(Power{}, x); }
};

/// 1/x.  d/dx = −1/x², as −y².  ±∞ at ±0.
struct Reciprocal : Unary {
  static constexpr std::string_view name = "reciprocal", symbol = "1/x";
  static constexpr OpWords words{"Take the reciprocal of {0}", "the reciprocal",
                                 "The slope of a reciprocal is its own square with a minus."};
  static constexpr Worst worst{0.5, 2.6};
  static constexpr bool exact = true;
  static constexpr Domain domain{0.01, 6.0};
  static constexpr auto value(auto x) { return decltype(x)(1.0) / x; }
  static constexpr auto d(wrt<0>, auto, auto y) { return -bind(Square{}, y); }
  static constexpr auto written(const auto& x) { return 1.0 / x; }
};

/// √x.  d√x/dx = 1/(2√x), ±∞ at ±0.  Domain: x ≥ 0; NaN below, in value and derivative (K10).
struct Sqrt : Unary {
  static constexpr std::string_view name = "sqrt", symbol = "√", prefix = "√";
  static constexpr OpWords words{"Take the square root of {0}", "the root",
                                 "The slope of a root is one over twice the root."};
  static constexpr Worst worst{0.5, 2.0};
  static constexpr bool exact = true;
  static constexpr Domain domain{1e-3, 50.0};
  static constexpr auto value(auto x) { return sqrt(x); }
  static constexpr auto d(wrt<0>, auto, auto y) { return 0.5 / y; }
};

/// 1/√x.  d/dx = −1/(2x√x), as −y/(2x).  Domain: x > 0; ±∞ at ±0, NaN below.
struct Rsqrt : Unary {
  static constexpr std::string_view name = "rsqrt", symbol = "1/√";
  static constexpr OpWords words{"Take one over the root of {0}", "the reciprocal of the root",
                                 "The slope is the value divided by twice the argument, with a minus."};
  static constexpr Worst worst{2.0, 2.5};
  static constexpr Domain domain{1e-3, 50.0};
  static constexpr auto value(auto x) { return decltype(x)(1.0) / sqrt(x); }
  static constexpr auto d(wrt<0>, auto x, auto y) { return -0.5 * y / x; }
  static constexpr auto written(const auto& x) { return 1.0 / bind(Sqrt{}, x); }
  static auto composed(const auto& x) { return bind(Reciprocal{}, bind(Sqrt{}, x)); }
};

/// ∛x.  d∛x/dx = 1/(3 ∛x²), +∞ at ±0.  Domain: all reals.  One step of Newton's method follows the library's function,
/// which may be off by several ulps; where the step is NaN, at 0 and ∞, there is nothing to mend.
struct Cbrt : Unary {
  static constexpr std::string_view name = "cbrt", symbol = "∛", prefix = "∛";
  static constexpr OpWords words{"Take the cube root of {0}", "the root",
                                 "The slope of a cube root is one over three times its square."};
  static constexpr Worst worst{1.1, 5.2};
  static constexpr auto value(auto x) {
    using X = decltype(x);
    const X y = cbrt(x);
    const X excess = (y - x / (y * y)) / X(3.0);
    return where(excess == excess, y - excess, y);
  }
  static constexpr auto d(wrt<0>, auto, auto y) { return 1.0 / (3.0 * bind(Square{}, y)); }
};

template <class X, detail::Nothing... Yield>
constexpr auto square(const X& x, Yield...) {
  return bind(Square{}, x);
}
template <class X, detail::Nothing... Yield>
constexpr auto reciprocal(const X& x, Yield...) {
  return bind(Reciprocal{}, x);
}

template <Interpreted X>
constexpr auto sqrt(const X& x) {
  return bind(Sqrt{}, x);
}
template <class X, detail::Nothing... Yield>
constexpr auto rsqrt(const X& x, Yield...) {
  return bind(Rsqrt{}, x);
}

template <Interpreted X>
constexpr auto cbrt(const X& x) {
  return bind(Cbrt{}, x);
}
/// x to the power of a C++ number.
template <class X, Constant P>
requires(Interpreted<X> || LeafRegister<X>)  //
    constexpr auto pow(const X& x, const P& exponent) {
  Power op;
  op.exponent = static_cast<double>(exponent);
  return bind(op, x);
}

}  // namespace gradus
