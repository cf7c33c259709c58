// THE TABLE, part 4: functions of two arguments.
#pragma once
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numbers>
#include <string_view>

#include "activations.h"
#include "compensated.h"
#include "functions.h"
#include "selection.h"

namespace gradus {

// ----------------------------------------------------------------------------------------------------------- powers

/// ∂ᵏ⁺ᵐ xʸ/∂xᵏ∂yᵐ: every derivative of pow in one op, closed under both.  With D for d/d(ln x) it is the power xʸ⁻ᵏ
/// times the factor y(y − 1)…(y − k + 1), each y read as y + D, applied to (ln x)ᵐ: y·xʸ⁻¹, or xʸ·ln x.  Where the
/// factor is 0 so is the value, whatever the power; for x = 0 and m > 0 it is 0 where y ≥ k (K5).
/// Orders: the smaller of k and m up to 16, NaN beyond.
struct PowDerivative : Binary {
  static constexpr bool internal = true;
  static constexpr std::string_view name = "pow_derivative";
  static constexpr Worst worst{16.0, 64.0, true};  // the factor is a polynomial in ln x and y, with roots
  static constexpr Domain domain{0.1, 6.0};
  double base_order = 1.0;      // k
  double exponent_order = 0.0;  // m
  static constexpr auto fields = std::array{field("base_order", &PowDerivative::base_order),
                                            field("exponent_order", &PowDerivative::exponent_order)};

  [[nodiscard]] constexpr auto value(auto x, auto y) const {
    using X = decltype(x);
    const X k = as<X>(base_order);
    const X size = abs(x);
    const X log_size = log(size);
    // y − k is rounded: what is lost becomes a factor x^lost ≈ 1 + lost·ln x.
    const Sum2<X> exponent = exact_sum(y, -k);
    const X moved = exponent.low * log_size;
    const X correction = where(abs(moved) < X(0.5), X(1.0) + moved, X(1.0));
    // Where the power leaves the normal numbers, its square root enters the product twice.
    const auto far = abs(exponent.high * log_size) > X(exp_reach<X>);
    const X root = pow(size, where(far, X(0.5) * exponent.high, exponent.high));
    const X twice = where(far, root, X(1.0));
    if (exponent_order == 0.0) {
      const X f = factor(y, log_size);
      return where(f == X(0.0), X(0.0), sign(x, y) * ((f * root) * twice) * correction);
    }
    const X f = factor(y, log(x));
    const X result = where(f == X(0.0), X(0.0), ((f * root) * twice) * correction);
    return where(x == X(0.0), where(y >= k, X(0.0), result), result);
  }
  template <class X, class Y>
  [[nodiscard]] constexpr auto d(wrt<0>, const X& x, const Y& y, const auto&) const {
    PowDerivative next = *this;
    next.base_order += 1.0;
    return bind(next, x, y);
  }
  template <class X, class Y>
  [[nodiscard]] constexpr auto d(wrt<1>, const X& x, const Y& y, const auto&) const {
    PowDerivative next = *this;
    next.exponent_order += 1.0;
    return bind(next, x, y);
  }

 private:
  static constexpr int most = 16;

  // (y + D)…(y − k + 1 + D) Lᵐ, a polynomial in L, by Horner's rule from Lᵐ down.
  template <class X>
  [[nodiscard]] constexpr X factor(X y, X L) const {
    const int k = static_cast<int>(base_order);
    const int m = static_cast<int>(exponent_order);
    const int terms = k < m ? k : m;
    if (terms > most) return X(std::numeric_limits<double>::quiet_NaN());
    if (terms == 0) {
      X f(1.0);
      for (int i = 0; i < k; ++i) f = f * (y - X(static_cast<double>(i)));
      for (int i = 0; i < m; ++i) f = f * L;
      return f;
    }
    X q[most + 1] = {X(1.0), X(0.0), X(0.0), X(0.0), X(0.0), X(0.0), X(0.0), X(0.0), X(0.0),
                     X(0.0), X(0.0), X(0.0), X(0.0), X(0.0), X(0.0), X(0.0), X(0.0)};
    for (int i = 0; i < k; ++i) {
      const X a = y - X(static_cast<double>(i));
      for (int j = i + 1 < terms ? i + 1 : terms; j > 0; --j) q[j] = q[j] * a + q[j - 1];
      q[0] = q[0] * a;
    }
    X f = q[0];
    double falling = 1.0;
    for (int j = 1; j <= m; ++j) {
      f = where(f == X(0.0), X(0.0), f * L);
      falling *= static_cast<double>(m - j + 1);
      if (j <= terms) f = f + X(falling) * q[j];
    }
    return f;
  }
  // The sign of xʸ⁻ᵏ: −1 for a negative x to an odd power, NaN for a power that is not whole.
  template <class X>
  [[nodiscard]] constexpr X sign(X x, X y) const {
    const bool odd_order = static_cast<int>(base_order) % 2 != 0;
    const X half = X(0.5) * y;
    const X even(odd_order ? -1.0 : 1.0);
    const X none = where(x < X(0.0), X(std::numeric_limits<double>::quiet_NaN()), X(1.0));
    const X negative = where(floor(half) == half, even, where(floor(y) == y, -even, none));
    return where(copysign(X(1.0), x) < X(0.0), negative, X(1.0));
  }
};

/// xʸ.  ∂/∂x = y·xʸ⁻¹ and ∂/∂y = xʸ·ln x, both 0 where a zero exponent meets an infinite power, or x = 0 and y ≥ 0 an
/// infinite logarithm (K5).  Domain: x > 0, or x ≤ 0 and whole y (∂/∂y is NaN for x < 0).
struct Pow : Binary {
  static constexpr bool raises = true;
  static constexpr std::string_view name = "pow", symbol = "^", meaning = "a^b";
  static constexpr OpWords words{"Raise {0} to the power {1}", "the power",
                                 "The exponent comes down as a factor and goes down by one; the exponent itself "
                                 "receives the power times the logarithm of the base."};
  static constexpr Worst worst{1.0, 4.0};
  static constexpr std::string_view defined = "a > 0, or whole b";
  static constexpr Domain domain{0.1, 6.0};
  static constexpr auto value(auto x, auto y) { return pow(x, y); }
  template <class X, class Y>
  static constexpr auto d(wrt<0>, const X& x, const Y& y, const auto&) {
    return bind(PowDerivative{}, x, y);
  }
  template <class X, class Y>
  static constexpr auto d(wrt<1>, const X& x, const Y& y, const auto&) {
    PowDerivative log_slope;
    log_slope.base_order = 0.0;
    log_slope.exponent_order = 1.0;
    return bind(log_slope, x, y);
  }
  static constexpr auto shown(wrt<0>, const auto& x, const auto& y, const auto&) { return y * bind(Pow{}, x, y - 1.0); }
  static constexpr auto shown(wrt<1>, const auto& x, const auto&, const auto& z) { return z * bind(Log{}, x); }
  static constexpr std::string_view convention(wrt<1>, double x, double y) {
    return x == 0.0 && y == 0.0 ? "0 to the power y jumps at y = 0: 0 is taken for its derivative" : "";
  }
};

// ---------------------------------------------------------------------------------------------- angles and distances

/// The real part of 1/zⁿ for z = x + iy, or with `part` 1 the imaginary one: the derivatives of the angle of z.  Scaled by
/// the larger of |x| and |y| so that nothing overflows; 0 at the origin (K6) and at infinity.  With w = 1/zⁿ⁺¹ the
/// derivatives are −n Re w and n Im w for the real part, −n Im w and −n Re w for the imaginary one.
struct ComplexInverse : Binary {
  static constexpr std::string_view name = "complex_inverse";
  static constexpr Worst worst{2.2, 2.3, true};
  static constexpr bool internal = true;
  double order = 1.0;  // n
  double part = 0.0;
  static constexpr auto fields =
      std::array{field("order", &ComplexInverse::order), field("part", &ComplexInverse::part)};

  [[nodiscard]] constexpr auto value(auto x, auto y) const {
    using X = decltype(x);
    const X a = abs(x);
    const X b = abs(y);
    const X m = where(a > b, a, b);
    X s = power(x, y, m);
    const X u = x / m;
    const X v = y / m;
    const X square = u * u + v * v;
    for (double n = 0.0; n < order; n += 1.0) s = s / square / m;
    const X infinity(std::numeric_limits<double>::infinity());
    const X far = where(a == infinity, where(b == b, X(0.0), y), where(b == infinity, where(a == a, X(0.0), x), s));
    return where(m == X(0.0), where(a + b == X(0.0), X(0.0), a + b), far);
  }
  template <class X, class Y>
  [[nodiscard]] constexpr auto d(wrt<0>, const X& x, const Y& y, const auto&) const {
    return -order * bind(ComplexInverse{{}, order + 1.0, part}, x, y);
  }
  template <class X, class Y>
  [[nodiscard]] constexpr auto d(wrt<1>, const X& x, const Y& y, const auto&) const {
    return (part == 0.0 ? order : -order) * bind(ComplexInverse{{}, order + 1.0, 1.0 - part}, x, y);
  }

 private:
  // The part of (x − iy)ⁿ/mⁿ: powers of x and y times a polynomial in their squares.
  template <class X>
  [[nodiscard]] constexpr X power(X x, X y, X m) const {
    const int n = static_cast<int>(order);
    const X u = x / m;
    const X v = y / m;
    if (n == 2 && part == 0.0) return ((x - y) / m) * ((x + y) / m);  // no digits lost next to the diagonals
    // Σ (−1)ᵏ C(n, 2k + part) u^(n − 2k − part) v^(2k + part), by Horner's rule in v² with powers of u² gathered.
    const int first = part == 0.0 ? 0 : 1;
    double binomial = first == 0 ? 1.0 : order;
    X gathered(1.0);
    X sum(0.0);
    for (int k = first; k <= n; k += 2) {
      if (k > first) gathered = gathered * (v * v);
      sum = sum * (u * u) + X(binomial) * gathered;
      binomial *= -static_cast<double>((n - k) * (n - k - 1)) / static_cast<double>((k + 1) * (k + 2));
    }
    if (first == 1) sum = -(v * sum);
    return (n - first) % 2 != 0 ? u * sum : sum;
  }
};

/// The angle of the point (x, y), in (−π, π]; the first argument is y, as in C, with its signed zeros.
/// ∂/∂y = x/(x² + y²) and ∂/∂x = −y/(x² + y²); 0 at the origin (K6).
struct Atan2 : Binary {
  static constexpr std::string_view name = "atan2";
  static constexpr OpWords words{"Take the angle of the point ({1}, {0})", "the angle",
                                 "Each coordinate receives the other one divided by the squared distance, the second "
                                 "argument with the opposite sign."};
  static constexpr Worst worst{1.6, 3.6};
  static constexpr auto value(auto y, auto x) { return atan2(y, x); }
  static constexpr auto d(wrt<0>, const auto& y, const auto& x, const auto&) { return bind(ComplexInverse{}, x, y); }
  static constexpr auto d(wrt<1>, const auto& y, const auto& x, const auto&) {
    return bind(ComplexInverse{{}, 1.0, 1.0}, x, y);
  }
  static constexpr auto shown(wrt<0>, const auto& y, const auto& x, const auto&) { return x / (x * x + y * y); }
  static constexpr auto shown(wrt<1>, const auto& y, const auto& x, const auto&) { return -(y / (x * x + y * y)); }
  static constexpr std::string_view convention(wrt<0>, double y, double x) {
    if (y == 0.0 && x < 0.0) return "atan2 jumps at y = 0 for x < 0: the slope on both sides of the jump is taken";
    return convention(wrt<1>{}, y, x);
  }
  static constexpr std::string_view convention(wrt<1>, double y, double x) {
    return x == 0.0 && y == 0.0 ? "atan2 has no derivative at the origin: 0 is taken" : "";
  }
};

/// x/√(x² + y²), the cosine of the angle of (x, y), scaled so that nothing overflows; 0 at the origin (K6).
/// With c for the value, s for the same with x and y exchanged and h = √(x² + y²): ∂/∂x = s²/h and ∂/∂y = −cs/h.
struct HypotSlope : Binary {
  static constexpr bool internal = true;
  static constexpr std::string_view name = "hypot_slope";
  static constexpr Worst worst{3.2, 7.8};
  static constexpr auto value(auto x, auto y) {
    using X = decltype(x);
    const X m = where(abs(x) > abs(y), abs(x), abs(y));
    // An infinite coordinate counts as 1 and a finite one beside it as 0.
    const X infinity(std::numeric_limits<double>::infinity());
    const X a = where(m == infinity, where(abs(x) == infinity, copysign(X(1.0), x), X(0.0) * x), x / m);
    const X b = where(m == infinity, where(abs(y) == infinity, X(1.0), X(0.0) * y), y / m);
    return where(m == X(0.0), where(x + y == X(0.0), X(0.0), x + y), a / sqrt(a * a + b * b));
  }
  static constexpr auto d(wrt<0>, const auto& x, const auto& y, const auto&);
  static constexpr auto d(wrt<1>, const auto& x, const auto& y, const auto& c);
};

/// √(x² + y²) without overflow.  ∂/∂x = x/h, ∂/∂y = y/h for the value h; 0 at the origin (K6), and so are the second
/// derivatives there.  Those of the square of a hypot are right everywhere on tensors.
struct Hypot : Binary {
  static constexpr std::string_view name = "hypot";
  static constexpr OpWords words{"Take the length of ({0}, {1})", "the length",
                                 "Each side receives its share: itself divided by the length."};
  static constexpr Worst worst{0.9, 3.2};
  static constexpr auto value(auto x, auto y) { return hypot(x, y); }
  static constexpr auto d(wrt<0>, const auto& x, const auto& y, const auto&) { return bind(HypotSlope{}, x, y); }
  static constexpr auto d(wrt<1>, const auto& x, const auto& y, const auto&) { return bind(HypotSlope{}, y, x); }
  static constexpr auto shown(wrt<0>, const auto& x, const auto&, const auto& h) { return x / h; }
  static constexpr auto shown(wrt<1>, const auto&, const auto& y, const auto& h) { return y / h; }
  static auto composed(const auto& x, const auto& y) {
    const auto first = bind(Square{}, x);
    return bind(Sqrt{}, first + bind(Square{}, y));
  }
  static constexpr std::string_view convention(double x, double y) {
    return x == 0.0 && y == 0.0 ? "hypot has no derivative at the origin: 0 is taken" : "";
  }
  static auto squared(const auto& x, const auto& y) {
    const auto first = bind(Square{}, x);
    return first + bind(Square{}, y);
  }
};

constexpr auto HypotSlope::d(wrt<0>, const auto& x, const auto& y, const auto&) {
  const auto s = bind(HypotSlope{}, y, x);
  return chain_product(s, s / bind(Hypot{}, x, y));
}
constexpr auto HypotSlope::d(wrt<1>, const auto& x, const auto& y, const auto& c) {
  return -chain_product(c, bind(HypotSlope{}, y, x) / bind(Hypot{}, x, y));
}

// -------------------------------------------------------------------------------------------- logarithms of sums

/// σ′(a − b), from the difference before rounding.  ∂/∂a = −tanh((a − b)/2) y = −∂/∂b.
struct LogAddExpBend : Binary {
  static constexpr std::string_view name = "logaddexp_bend";
  static constexpr Worst worst{3.0, 4.9, true};  // its derivative rounds a − b
  static constexpr bool internal = true;
  static constexpr auto value(auto a, auto b) {
    using X = decltype(a);
    const X low = where(a < b, a, b);
    const X high = where(a < b, b, a);
    const X e = ExpDifference::value(low, high);
    const X s = X(1.0) + e;
    return where(a == a, e / (s * s), a);
  }
  static constexpr auto d(wrt<0>, const auto& a, const auto& b, const auto& y) {
    return -(bind(ops::Tanh{}, 0.5 * (a - b)) * y);
  }
  static constexpr auto d(wrt<1>, const auto& a, const auto& b, const auto& y) {
    return bind(ops::Tanh{}, 0.5 * (a - b)) * y;
  }
};

/// σ(a − b) = eᵃ/(eᵃ + eᵇ), the share of a in logaddexp, from the difference before rounding.  ½ each for two equal
/// ones, even +∞; 0 for two −∞ (K12).  ∂/∂a = σ′(a − b) = −∂/∂b.
struct LogAddExpShare : Binary {
  static constexpr std::string_view name = "logaddexp_share";
  static constexpr Worst worst{3.8, 5.6};
  static constexpr bool internal = true;
  static constexpr auto value(auto a, auto b) {
    using X = decltype(a);
    const X low = where(a < b, a, b);
    const X high = where(a < b, b, a);
    const X e = ExpDifference::value(low, high);
    const X share = where(a < b, e, X(1.0)) / (X(1.0) + e);
    const X none(-std::numeric_limits<double>::infinity());
    return where(a == b, where(a == none, X(0.0), X(0.5)), where(a == a, share, a));
  }
  static constexpr auto d(wrt<0>, const auto& a, const auto& b, const auto&) { return bind(LogAddExpBend{}, a, b); }
  static constexpr auto d(wrt<1>, const auto& a, const auto& b, const auto&) { return -bind(LogAddExpBend{}, a, b); }
};

/// ln(eᵃ + eᵇ) = max + ln(1 + e^(min − max)), right at ±∞ too.  ∂/∂a = σ(a − b).
/// Where the two parts cancel (eᵃ + eᵇ near 1) no formula keeps the digits of a result near 0: the error is then a few
/// times what an ulp of a or b changes.
struct LogAddExp : Binary {
  static constexpr std::string_view name = "logaddexp";
  static constexpr OpWords words{"Add {0} and {1} on the scale of logarithms", "the sum of exponentials",
                                 "Each receives its share of the sum of the two exponentials."};
  static constexpr Worst worst{1.7, 2.1, true};
  static constexpr auto value(auto a, auto b) {
    using X = decltype(a);
    const X low = where(a < b, a, b);
    const X high = where(a < b, b, a);
    const X sum = high + log1p(ExpDifference::value(low, high));
    return where(a == b, a + X(std::numbers::ln2), where(a == a, sum, a));
  }
  static constexpr auto d(wrt<0>, const auto& a, const auto& b, const auto&) { return bind(LogAddExpShare{}, a, b); }
  static constexpr auto d(wrt<1>, const auto& a, const auto& b, const auto&) { return bind(LogAddExpShare{}, b, a); }
  static constexpr auto shown(wrt<0>, const auto& a, const auto& b, const auto&) { return bind(ops::Sigmoid{}, a - b); }
  static constexpr auto shown(wrt<1>, const auto& a, const auto& b, const auto&) { return bind(ops::Sigmoid{}, b - a); }
  static auto composed(const auto& a, const auto& b) {
    const auto first = bind(Exp{}, a);
    return bind(Log{}, first + bind(Exp{}, b));
  }
  static constexpr std::string_view convention(double a, double b) {
    return a == b && a < -std::numeric_limits<double>::max()
               ? "nothing can be told of e^−∞ + e^−∞: its derivative is taken as 0"
               : "";
  }
};

/// x·ln y, and 0 where x = 0 whatever y is but NaN.  ∂/∂x = ln y and ∂/∂y = x/y, both 0 at x = 0 where they would be
/// infinite or NaN (K5).  Domain: y > 0.
struct XLogY : Binary {
  static constexpr std::string_view name = "xlogy";
  static constexpr OpWords words{"Multiply {0} by the logarithm of {1}", "the product with a logarithm",
                                 "The factor receives the logarithm; what stands under the logarithm receives the "
                                 "factor divided by itself."};
  static constexpr Worst worst{2.4, 1.1};
  static constexpr std::string_view defined = "b > 0, or a = 0";
  static constexpr Domain domain{0.01, 6.0};
  static constexpr auto value(auto x, auto y) {
    using X = decltype(x);
    return where(x == X(0.0), where(y == y, X(0.0), y), x * log(y));
  }
  static constexpr auto d(wrt<0>, const auto& x, const auto& y, const auto&) {
    return bind(Where{}, bind(Equal{}, x, 0.0) * bind(LessEqual{}, y, 0.0), 0.0, bind(Log{}, y));
  }
  static constexpr auto d(wrt<1>, const auto& x, const auto& y, const auto&) {
    return bind(Where{}, bind(Equal{}, x, 0.0) * bind(LessEqual{}, y, 0.0), 0.0, x / y);
  }
  static constexpr auto shown(wrt<0>, const auto&, const auto& y, const auto&) { return bind(Log{}, y); }
  static constexpr auto shown(wrt<1>, const auto& x, const auto& y, const auto&) { return x / y; }
  static auto composed(const auto& x, const auto& y) { return x * bind(Log{}, y); }
  static constexpr std::string_view convention(wrt<0>, double x, double y) {
    return x == 0.0 && y <= 0.0 ? "0·ln y has no derivative for y ≤ 0: 0 is taken" : "";
  }
};

/// x to the power of y, both numbers of an interpreted type or the base a C++ number.  (A C++ exponent: functions.h.)
template <class X, Interpreted Y>
requires Infix<X, Y>
constexpr auto pow(const X& x, const Y& y) { return bind(Pow{}, x, y); }
template <Constant X, LeafRegister Y>
constexpr auto pow(const X& x, const Y& y) {
  return bind(Pow{}, x, y);
}
template <class Y, class X>
requires(Infix<Y, X> || detail::RegisterAndConstant<Y, X>)  //
    constexpr auto atan2(const Y& y, const X& x) {
  return bind(Atan2{}, y, x);
}
template <class X, class Y>
requires(Infix<X, Y> || detail::RegisterAndConstant<X, Y>)  //
    constexpr auto hypot(const X& x, const Y& y) {
  return bind(Hypot{}, x, y);
}
template <detail::Deduced = detail::Deduced(), class A, class B>
requires detail::Operands<A, B>
constexpr auto logaddexp(const A& a, const B& b) { return bind(LogAddExp{}, a, b); }
template <detail::Deduced = detail::Deduced(), class X, class Y>
requires detail::Operands<X, Y>
constexpr auto xlogy(const X& x, const Y& y) { return bind(XLogY{}, x, y); }

}  // namespace gradus
