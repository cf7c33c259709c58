// THE TABLE, part 2: elementary functions.
#pragma once
<<<<<<< HEAD
#include <cmath>
#include <string_view>

#include "autograd/math/arithmetic.h"

namespace gradus {

// Leaf numbers keep their own functions; the templates below serve the interpreted types.
using std::abs, std::exp, std::log, std::pow, std::tanh;

/// eˣ.  d eˣ/dx = eˣ.  Domain: all reals.
struct Exp : Unary {
  static constexpr std::string_view name = "exp";
  static constexpr auto value(auto x) { return exp(x); }
  static constexpr auto d(wrt<0>, auto, auto y) { return y; }
};

/// eˣ⁻ᵐ, and 1 where x = m even at infinity: the heart of softmax, where m is the largest x.  What rounding took from
/// the difference is given back as a factor 1 + lost, since e^(d + lost) ≈ e^d (1 + lost).
struct ExpDifference : Binary {
  static constexpr std::string_view name = "exp_difference", symbol = "exp";
  static constexpr auto value(auto x, auto m) {
    using X = decltype(x);
    const X d = x - m;
    const X back = d - x;
    const X lost = (x - (d - back)) - (m + back);  // exactly (x − m) − d (Knuth's TwoSum); NaN at infinity
    const X y = exp(d);
    return where(x == m, X(1.0), where(abs(lost) < X(1.0), y * (X(1.0) + lost), y));
  }
  static constexpr auto d(wrt<0>, auto, auto, auto y) { return y; }
  static constexpr auto d(wrt<1>, auto, auto, auto y) { return -y; }
};

/// ln x.  d ln x/dx = 1/x.  Domain: x > 0 (−∞ at 0, NaN below; the derivative follows the formula, K10).
struct Log : Unary {
  static constexpr std::string_view name = "log";
  static constexpr Domain domain{1e-3, 50.0};
  static constexpr auto value(auto x) { return log(x); }
  static constexpr auto d(wrt<0>, auto x, auto) { return 1.0 / x; }
};

/// c · xᵖ for a fixed number p.  d/dx = c·p · xᵖ⁻¹, which is again of this form, and exactly 0 when p is 0 (K5).
/// Domain: all reals for whole p, x ≥ 0 otherwise.  Overflows where xᵖ does, also when |c| < 1.
struct Power : Unary {
  static constexpr std::string_view name = "power", symbol = "^";
  static constexpr Domain domain{0.1, 6.0};
  double exponent = 2.0;
  double coefficient = 1.0;

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
};

/// sech² x = 1 − tanh² x, the slope of tanh, as 4e/(1+e)² with e = exp(−2|x|): full precision in the tails, where
/// 1 − y² would leave no digit.  d/dx = −2 tanh x · sech² x.  Domain: all reals.
struct Sech2 : Unary {
  static constexpr std::string_view name = "sech2", symbol = "sech²";
  static constexpr auto value(auto x) {
    using X = decltype(x);
    const X e = exp(X(-2.0) * abs(x));
    const X s = X(1.0) + e;
    return X(4.0) * e / (s * s);
  }
  static constexpr auto d(wrt<0>, const auto& x, const auto& y);
};

/// tanh x.  d tanh/dx = 1 − tanh² x, computed as sech² x (above).  Domain: all reals.
struct Tanh : Activation {
  static constexpr std::string_view name = "tanh";
  static constexpr auto value(auto x) { return tanh(x); }
  static constexpr auto d(wrt<0>, auto x, auto) { return bind(Sech2{}, x); }
  static constexpr auto shown(wrt<0>, auto, auto y) { return 1.0 - y * y; }
};

template <Interpreted X>
constexpr auto exp(const X& x) {
  return bind(Exp{}, x);
}
template <Interpreted X>
constexpr auto log(const X& x) {
  return bind(Log{}, x);
}
template <Interpreted X>
constexpr auto tanh(const X& x) {
  return bind(Tanh{}, x);
}
/// x to the power of a C++ number.
template <Interpreted X, Constant P>
constexpr auto pow(const X& x, const P& exponent) {
  Power op;
  op.exponent = static_cast<double>(exponent);
  return bind(op, x);
}

constexpr auto Sech2::d(wrt<0>, const auto& x, const auto& y) { return -2.0 * (bind(Tanh{}, x) * y); }

}  // namespace gradus
=======
#include "autograd/math/error_function.h"
#include "autograd/math/exponential.h"
#include "autograd/math/hyperbolic.h"
#include "autograd/math/powers.h"
#include "autograd/math/rounding.h"
#include "autograd/math/trigonometric.h"
>>>>>>> main
