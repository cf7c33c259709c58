// THE TABLE, part 6: smooth activations.  What they have in common is a product with a small exponential on the left, in
// which the rounding of the exponent counts a thousand times over, and a slope that crosses zero: both are taken care of,
// so that value and slope keep their digits everywhere.
#pragma once
#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <string_view>

#include "activations.h"
#include "compensated.h"

namespace gradus {

inline constexpr Irrational root_2{"√2", 0x1.6a09e667f3bcdp+0, -0x1.bdd3413b26456p-54};
inline constexpr Irrational root_2pi{"√(2·π)", 0x1.40d931ff62706p+1, -0x1.a6a0d6f814637p-53};
inline constexpr Irrational root_2_over_pi{"√(2/π)", 0x1.9884533d43651p-1, -0x1.cbc0d30ebfd15p-55};
// The decimals that define gelu_tanh and its derivative, which no double is equal to.
inline constexpr Irrational gelu_cubic{"0.044715", 0x1.6e4e26d4801f7p-5, 0x1.441355475a31ap-59};
inline constexpr Irrational gelu_cubic_slope{"0.0670725", 0x1.12ba9d1f60179p-4, 0x1.f30e7ff583a54p-58};

namespace detail {

// x − r for a number r given in three parts: right to the last digit also next to r.
template <class X>
constexpr X beyond(X x, double a, double b, double c) {
  return ((x - X(a)) - X(b)) - X(c);
}

// x, no further from 0 than ±40: all that e^(−x²/2) and its like can tell apart.  NaN stays.
template <class X>
constexpr X within_40(X x) {
  return where(x > X(40.0), X(40.0), where(x < X(-40.0), X(-40.0), x));
}

// e^(−x²/2), the rounding of x² made good.
template <class X>
constexpr ExpProduct<X> gaussian(X x) {
  const Sum2<X> square = exact_product(x, x);
  return exp_product(X(-0.5) * square.high, X(-0.5) * square.low);
}

// 1/√(2π)
template <class X>
constexpr X inverse_sqrt_2pi() {
  return (X(0x1.988454p-2) + X(-0x1.857935ee5e06ap-27)) + X(0x1.e2805d5c717fap-81);
}

}  // namespace detail

// --------------------------------------------------------------------------------------------------------- softplus

/// σ(βx), the slope of softplus.  d/dx = β·σ′(βx).
struct SoftplusSlope : Unary {
  static constexpr bool internal = true;
  static constexpr std::string_view name = "softplus_slope";
  static constexpr Worst worst{2.1, 3.2, true};  // its derivative rounds βx
  double beta = 1.0;
  static constexpr auto fields = std::array{field("beta", &SoftplusSlope::beta)};
  [[nodiscard]] constexpr auto value(auto x) const {
    using X = decltype(x);
    const Sum2<X> z = exact_product(x, as<X>(beta));
    const X e = exp_product(-abs(z.high), where(z.high < X(0.0), z.low, -z.low)).all();
    return where(z.high < X(0.0), e, X(1.0)) / (X(1.0) + e);
  }
  template <class X>
  [[nodiscard]] constexpr auto d(wrt<0>, const X& x, const auto&) const {
    return beta * bind(SigmoidSlope{}, beta * x);
  }
};

/// softplus x = ln(1 + e^(βx))/β = max(x, 0) + ln(1 + e^(−|βx|))/β for β > 0.  d/dx = σ(βx).
struct Softplus : Activation {
  static constexpr std::string_view name = "softplus";
  static constexpr OpWords words{"Apply softplus to {0}", "softplus", "The slope of softplus is a sigmoid."};
  static constexpr Worst worst{3.9, 3.4};
  double beta = 1.0;
  static constexpr auto fields = std::array{field("beta", &Softplus::beta)};
  [[nodiscard]] constexpr auto value(auto x) const {
    using X = decltype(x);
    const Sum2<X> z = exact_product(x, as<X>(beta));
    const X e = exp_product(-abs(z.high), where(z.high < X(0.0), z.low, -z.low)).all();
    return where(z.high > X(0.0), x, X(0.0)) + log1p(e) / as<X>(beta);
  }
  template <class X>
  [[nodiscard]] constexpr auto d(wrt<0>, const X& x, const auto&) const {
    return bind(SoftplusSlope{{}, beta}, x);
  }
  static constexpr auto shown(wrt<0>, const auto& x, const auto&, const auto& b) { return bind(Sigmoid{}, b * x); }
  static constexpr bool spelled_out = true;
  static auto composed(const auto& x, const auto& b) { return bind(Log{}, 1.0 + bind(Exp{}, b * x)) / b; }
};

/// ln σ(x) = min(x, 0) − ln(1 + e^(−|x|)).  d/dx = σ(−x).
struct LogSigmoid : Activation {
  static constexpr std::string_view name = "log_sigmoid", symbol = "ln σ";
  static constexpr OpWords words{"Apply log_sigmoid to {0}", "log_sigmoid",
                                 "The slope of log σ is 1 − σ: what is missing from 1."};
  static constexpr Worst worst{2.4, 3.0};
  static constexpr auto value(auto x) {
    using X = decltype(x);
    return where(x < X(0.0), x, X(0.0)) - log1p(exp(-abs(x)));
  }
  static constexpr auto d(wrt<0>, const auto& x, const auto&) { return bind(Sigmoid{}, -x); }
  static auto composed(const auto& x) { return bind(Log{}, bind(Sigmoid{}, x)); }
};

// ------------------------------------------------------------------------------------------------------------- silu

/// √σ′(x) = 1/(2 cosh(x/2)).  A second derivative that has the factor σ′ multiplies by this twice, so that the small number
/// comes last.  d/dx = −y tanh(x/2)/2.
struct SigmoidSlopeRoot : Unary {
  static constexpr bool internal = true;
  static constexpr std::string_view name = "sigmoid_slope_root", symbol = "√σ′";
  static constexpr Worst worst{3.2, 4.4};
  static constexpr auto value(auto x) {
    using X = decltype(x);
    const X e = exp(X(-0.5) * abs(x));
    return e / (X(1.0) + e * e);
  }
  static constexpr auto d(wrt<0>, const auto& x, const auto& y) { return -0.5 * (bind(Tanh{}, 0.5 * x) * y); }
};

namespace detail {

// r² f, where r = 0 makes the product 0 whatever f is.
template <class R, class F>
constexpr auto times_square(const R& r, const F& f) {
  return chain_product(r, chain_product(r, f));
}

}  // namespace detail

/// The slope of silu, σ(x)(1 + x σ(−x)).  For x < 0 it is e (1 + e + x)/(1 + e)² with e = eˣ, whose sum crosses zero at
/// r ≈ −1.28; as t + eʳ(eᵗ − 1) with t = x − r both parts have the same sign.  d/dx = σ′(x)(2 − x tanh(x/2)).
struct SiluSlope : Unary {
  static constexpr bool internal = true;
  static constexpr std::string_view name = "silu_slope";
  static constexpr Worst worst{5.6, 6.0, true};
  static constexpr auto value(auto x) {
    using X = decltype(x);
    constexpr double a = -0x1.474974p+0, b = 0x1.bdf6fa40e5168p-27, c = 0x1.b29f55d76b5fdp-81;
    const X t = detail::beyond(x, a, b, c);
    const X sum = t + detail::beyond(X(-1.0), a, b, c) * expm1(t);  // eʳ = −1 − r
    const ExpProduct<X> e = exp_product(-abs(x));
    const X s = X(1.0) + e.all();
    const X left = e.times(sum) / (s * s);
    const X right = (s + e.times(x)) / (s * s);
    const X limit = where(x < X(0.0), X(0.0), X(1.0));
    return where(e.first == X(0.0), limit, where(x < X(0.0), left, right));
  }
  static constexpr auto d(wrt<0>, const auto& x, const auto&) {
    return detail::times_square(bind(SigmoidSlopeRoot{}, x), 2.0 - x * bind(Tanh{}, 0.5 * x));
  }
};

/// silu x = x σ(x), also called swish; 0 at −∞ (K11).
struct Silu : Activation {
  static constexpr std::string_view name = "silu";
  static constexpr OpWords words{"Apply silu to {0}", "silu",
                                 "A product of x and σ(x): the slope is σ(x) and x times the slope of σ."};
  static constexpr Worst worst{3.8, 6.0};
  static constexpr auto value(auto x) {
    using X = decltype(x);
    const ExpProduct<X> e = exp_product(-abs(x));
    const X left = where(e.first == X(0.0), X(-0.0), e.times(x));
    return where(x < X(0.0), left, x) / (X(1.0) + e.all());
  }
  static constexpr auto d(wrt<0>, const auto& x, const auto&) { return bind(SiluSlope{}, x); }
  static constexpr auto shown(wrt<0>, const auto& x, const auto&) {
    const auto s = bind(Sigmoid{}, x);
    return s * (1.0 + x * (1.0 - s));
  }
  static constexpr bool spelled_out = true;
  static auto composed(const auto& x) { return x * bind(Sigmoid{}, x); }
};

// ------------------------------------------------------------------------------------------------------------- mish

/// The slope of mish.  With w = eˣ and D = w² + 2w + 2 it is w B/D², where B = w³ + 4w² + 6w + 4 + 4x(1 + w) crosses zero
/// at r ≈ −1.19.  For x < 0, B is written in t = x − r and w − eʳ = eʳ(eᵗ − 1), all of whose terms have the same sign; for
/// x > 0 everything is divided by w⁴.
/// d/dx = T′(2 + x(σ(−x) − 2Tσ(x))) with T = tanh softplus x.
struct MishSlope : Unary {
  static constexpr bool internal = true;
  static constexpr std::string_view name = "mish_slope";
  static constexpr Worst worst{5.9, 15.3, true};
  static constexpr auto value(auto x) {
    using X = decltype(x);
    constexpr double a = -0x1.31432cp+0, b = -0x1.a25b086fcc645p-29, c = -0x1.4da2104ee0baap-83;
    const X r = (X(a) + X(b)) + X(c);
    const X w0 = (X(0x1.36c42p-2) + X(0x1.7e1f662dae740p-29)) + X(0x1.7c6c910d5bca3p-83);  // eʳ
    const ExpProduct<X> e = exp_product(-abs(x));
    const X w = e.all();
    const X t = detail::beyond(x, a, b, c);
    const X grown = w0 * expm1(t);  // w − eʳ
    const X sum =
        grown * ((w * (w + w0) + w0 * w0) + X(4.0) * (w + w0) + (X(6.0) + X(4.0) * r)) + X(4.0) * t * (X(1.0) + w);
    const X s = w * (w + X(2.0)) + X(2.0);
    const X left = e.times(sum) / (s * s);
    const X small = (X(4.0) + w * (X(6.0) + X(4.0) * w)) + X(4.0) * (e.times(x) * (X(1.0) + w));
    const X q = X(1.0) + X(2.0) * w * (X(1.0) + w);
    const X right = (X(1.0) + w * small) / (q * q);
    const X limit = where(x < X(0.0), X(0.0), X(1.0));
    return where(e.first == X(0.0), limit, where(x < X(0.0), left, right));
  }
  static constexpr auto d(wrt<0>, const auto& x, const auto&) {
    // T′ = (1 − T²) σ(x) is the square of 2√σ′(x) √σ′(2p) e^(p/2) with p = softplus x.
    const auto p = bind(Softplus{}, x);
    const auto root =
        bind(SigmoidSlopeRoot{}, x) * (2.0 * chain_product(bind(SigmoidSlopeRoot{}, 2.0 * p), bind(Exp{}, 0.5 * p)));
    const auto bend = bind(Sigmoid{}, -x) - 2.0 * (bind(Tanh{}, p) * bind(Sigmoid{}, x));  // T″/T′
    return detail::times_square(root, 2.0 + x * bend);
  }
};

/// mish x = x tanh(softplus x); 0 at −∞ (K11).  tanh ln(1 + w) = w(w + 2)/(w(w + 2) + 2): no logarithm is needed.
struct Mish : Activation {
  static constexpr std::string_view name = "mish";
  static constexpr OpWords words{"Apply mish to {0}", "mish",
                                 "A product of x and tanh(softplus(x)): the product rule gives the slope."};
  static constexpr Worst worst{4.0, 7.9};
  static constexpr auto value(auto x) {
    using X = decltype(x);
    const ExpProduct<X> e = exp_product(-abs(x));
    const X w = e.all();
    const X left = where(e.first == X(0.0), X(-0.0), e.times(x) * (w + X(2.0))) / (w * (w + X(2.0)) + X(2.0));
    const X n = X(1.0) + X(2.0) * w;
    return where(x < X(0.0), left, x * (n / (n + X(2.0) * w * w)));
  }
  static constexpr auto d(wrt<0>, const auto& x, const auto&) { return bind(MishSlope{}, x); }
  static constexpr auto shown(wrt<0>, const auto& x, const auto&) {
    const auto t = bind(Tanh{}, bind(Softplus{}, x));
    return t + x * (1.0 - bind(Square{}, t)) * bind(Sigmoid{}, x);
  }
  static auto composed(const auto& x) { return x * bind(Tanh{}, bind(Softplus{}, x)); }
};

// ------------------------------------------------------------------------------------------------------------- gelu

/// The density of the normal distribution, φ(x) = e^(−x²/2)/√(2π), and its derivatives: of order n it is (−1)ⁿ Heₙ(x) φ(x)
/// with the Hermite polynomials Heₙ₊₁ = x Heₙ − n Heₙ₋₁.  d/dx is of order n + 1.
struct NormalDensity : Unary {
  static constexpr bool internal = true;
  static constexpr std::string_view name = "normal_density", symbol = "φ";
  static constexpr Worst worst{5.2, 7.8, true};
  double order = 0.0;
  static constexpr auto fields = std::array{field("order", &NormalDensity::order)};
  [[nodiscard]] constexpr auto value(auto x) const {
    using X = decltype(x);
    const X near = detail::within_40(x);
    X before(0.0);
    X hermite(1.0);
    for (double n = 0.0; n < order; n += 1.0) {
      const X next = as<X>(n) * before - near * hermite;  // the sign alternates
      before = -hermite;
      hermite = next;
    }
    return detail::gaussian(near).times(hermite * detail::inverse_sqrt_2pi<X>());
  }
  template <class X>
  [[nodiscard]] constexpr auto d(wrt<0>, const X& x, const auto&) const {
    return bind(NormalDensity{{}, order + 1.0}, x);
  }
};

/// x Φ(x) and its slope, Φ the distribution function of the normal distribution.
struct GeluParts {
  /// x Φ(x) = x erfc(−x/√2)/2.
  template <class X>
  static constexpr X value(X x) {
    const X near = where(x < X(0.0), detail::within_40(x), x);
    const X v = X(0.5) * near * twice_normal(x);
    return where(x < X(far<X>), -detail::gaussian(near).times(detail::inverse_sqrt_2pi<X>() * tail(near)), v);
  }
  /// Φ(x).
  template <class X>
  static constexpr X normal(X x) {
    const X near = where(x < X(0.0), detail::within_40(x), x);
    const X left = detail::gaussian(near).times(detail::inverse_sqrt_2pi<X>() * tail(near) / (-near));
    return where(x < X(far<X>), left, X(0.5) * twice_normal(x));
  }
  /// Φ(x) + x φ(x), which crosses zero at r ≈ −0.75: around there a polynomial in x − r (its error is 1e-18).
  template <class X>
  static constexpr X slope(X x) {
    const X near = detail::within_40(x);
    const ExpProduct<X> e = detail::gaussian(near);
    const X left = e.times(detail::inverse_sqrt_2pi<X>() * (near - tail(near) / near));
    const X y = where(x < X(far<X>), left, X(0.5) * twice_normal(x) + e.times(detail::inverse_sqrt_2pi<X>() * near));
    if constexpr (leaf_digits < X >> 53) {
      return y;
    } else {
      const X t = detail::beyond(x, -0x1.80ead2p-1, 0x1.a03fd3089f3a6p-27, 0x1.632b6a0b2ea5bp-82);
      X p = X(around_root.back());
      for (std::size_t k = around_root.size() - 1; k-- > 0;) p = p * t + X(around_root[k]);
      return where(abs(t) < X(0.5), t * p, y);
    }
  }

 private:
  // Left of here erfc(−x/√2) is below the normal numbers.
  template <class X>
  static constexpr double far = leaf_digits<X> == 24   ? -12.5
                                : leaf_digits<X> == 53 ? -37.4
                                                       : -150.0;
  static constexpr std::array<double, 17> around_root{
      0.43149399231404692,     0.388284982990552,      -0.018199676398671094, -0.11400823329722266,
      -0.014771522148242961,   0.019421679838242334,   0.0045392283790482982, -0.0022395380694159658,
      -0.00074482683673372131, 0.00018633976419999438, 8.6159452688541245e-5, -1.1214516928818857e-5,
      -7.7482647063478446e-6,  4.3344045322126346e-7,  5.6942559026798597e-7, -2.9954550366794681e-9,
      -3.3495979175717092e-8};

  // −x Φ(x)/φ(x) far to the left, to 1e-17 there.
  template <class X>
  static constexpr X tail(X x) {
    const X u = X(1.0) / (x * x);
    X p(-135135.0);
    for (const double c : {10395.0, -945.0, 105.0, -15.0, 3.0, -1.0, 1.0}) p = p * u + X(c);
    return p;
  }
  // erfc(z) with z = −x/√2.  What rounding took from z counts −2z² times over for large z: the logarithmic slope of erfc
  // is about −(z + √(z² + 2)).
  template <class X>
  static constexpr X twice_normal(X x) {
    const X near = detail::within_40(x);
    const Sum2<X> root_half{X(0x1.6a09e6p-1), X(0x1.9fcef32422cbfp-27) + X(-0x1.d9322ad505839p-82)};
    const Sum2<X> z = Sum2<X>{-near, X(0.0)} * root_half;
    const X y = erfc(z.high);
    return where(near < X(0.0), y - y * (z.low * (z.high + sqrt(z.high * z.high + X(2.0)))), y);
  }
};

/// Φ(x), the distribution function of the normal distribution: erfc(−x/√2)/2.  dΦ/dx = φ(x) = e^(−x²/2)/√(2π).
struct NormCdf : Unary {
  static constexpr std::string_view name = "norm_cdf", symbol = "Φ";
  static constexpr OpWords words{"Take the normal distribution function of {0}", "the probability",
                                 "The slope of a distribution function is its density, a bell curve."};
  static constexpr Worst worst{4.0, 4.0};
  static constexpr auto value(auto x) { return GeluParts::normal(x); }
  static constexpr auto d(wrt<0>, const auto& x, const auto&) { return bind(NormalDensity{}, x); }
  static constexpr auto shown(wrt<0>, const auto& x, const auto&) {
    return bind(Exp{}, -bind(Square{}, x) / 2.0) / root_2pi;
  }
  static auto composed(const auto& x) { return bind(Erfc{}, -(x / root_2)) / 2.0; }
};

/// logit x = ln(x/(1 − x)), the inverse of sigmoid; −∞ at 0 and ∞ at 1.  d/dx = 1/(x(1 − x)).  Domain: 0 ≤ x ≤ 1.
/// Right of ¼ it is 2 artanh(2x − 1), which keeps its digits next to the root at ½.
struct Logit : Unary {
  static constexpr std::string_view name = "logit", defined = "0 ≤ x ≤ 1";
  static constexpr OpWords words{"Apply logit to {0}", "the log-odds",
                                 "The slope of the log-odds is one over the probability times its complement."};
  static constexpr Worst worst{2.5, 2.5};
  static constexpr Domain domain{0.001, 0.999};
  static constexpr auto value(auto x) {
    using X = decltype(x);
    const X right = X(2.0) * atanh(X(2.0) * x - X(1.0));
    return where(x < X(0.25), log(x) - log1p(-x), right);
  }
  static constexpr auto d(wrt<0>, const auto& x, const auto&) { return (1.0 / x) / (1.0 - x); }
  static constexpr auto shown(wrt<0>, const auto& x, const auto&) { return 1.0 / (x * (1.0 - x)); }
  static auto composed(const auto& x) { return bind(Log{}, x / (1.0 - x)); }
};

/// The slope of gelu, Φ(x) + x φ(x).  d/dx = φ(x)(2 − x²) = φ(x) − φ″(x).
struct GeluSlope : Unary {
  static constexpr bool internal = true;
  static constexpr std::string_view name = "gelu_slope";
  static constexpr Worst worst{3.8, 5.2, true};
  static constexpr auto value(auto x) { return GeluParts::slope(x); }
  static constexpr auto d(wrt<0>, const auto& x, const auto&) {
    return bind(NormalDensity{}, x) - bind(NormalDensity{{}, 2.0}, x);
  }
};

/// gelu x = x Φ(x), Φ the distribution function of the normal distribution; 0 at −∞ (K11).
struct Gelu : Activation {
  static constexpr std::string_view name = "gelu";
  static constexpr OpWords words{"Apply gelu to {0}", "gelu",
                                 "A product of x and the share of the bell curve left of x: the slope is that share, "
                                 "and x times the bell curve."};
  static constexpr Worst worst{4.0, 6.9};
  static constexpr auto value(auto x) { return GeluParts::value(x); }
  static constexpr auto d(wrt<0>, const auto& x, const auto&) { return bind(GeluSlope{}, x); }
  static constexpr auto shown(wrt<0>, const auto& x, const auto&) {
    return (1.0 + bind(Erf{}, x / root_2)) / 2.0 + x * bind(Exp{}, -bind(Square{}, x) / 2.0) / root_2pi;
  }
  static constexpr bool spelled_out = true;
  static auto composed(const auto& x) { return x * (1.0 + bind(Erf{}, x / root_2)) / 2.0; }
};

/// gelu_tanh x = x (1 + tanh(v/2))/2 = x σ(v) with v = ax + bx³, and its slope σ(v)(1 + x v′ σ(−v)).
struct GeluTanhParts {
  template <class X>
  static constexpr X value(X x) {
    const X near = detail::within_40(x);
    const ExpProduct<X> e = exponential(near);
    return where(x < X(0.0), e.times(near), x) / (X(1.0) + e.all());
  }
  /// For x < 0 it is e (1 + e + x v′)/(1 + e)² with e = eᵛ, whose sum crosses zero at r ≈ −0.75; with t = x − r it is
  /// e^v(r) (e^(v − v(r)) − 1) + (x v′ − r v′(r)), both of the same sign as t.
  template <class X>
  static constexpr X slope(X x) {
    const X near = detail::within_40(x);
    const ExpProduct<X> e = exponential(near);
    constexpr double p = -0x1.8142a0p-1, q = 0x1.85a06cd4f523fp-27, u = -0x1.44121234c93f9p-82;
    const X r = (X(p) + X(q)) + X(u);
    const X at_r = (X(0x1.2af64ep-2) + X(0x1.3890bdbb0d6e4p-27)) + X(-0x1.68ef5f788cedbp-82);  // e^v(r)
    const X t = detail::beyond(near, p, q, u);
    const X squares = near * (near + r) + r * r;
    const X sum = at_r * expm1(t * (a<X>().high + (a<X>().low + b_of<X>() * squares))) +
                  t * (a<X>().high + (a<X>().low + X(3.0) * b_of<X>() * squares));
    const X xv = near * (a_of<X>() + X(3.0) * b_of<X>() * (near * near));
    const X s = X(1.0) + e.all();
    return where(x < X(0.0), e.times(sum), s + e.times(xv)) / (s * s);
  }
  // a = 2√(2/π), b = 0.044715 a
  template <class X>
  static constexpr Sum2<X> a() {
    return {X(0x1.988454p+0), X(-0x1.857935ee5e06ap-25) + X(0x1.e2805d5c717fap-79)};
  }
  template <class X>
  static constexpr Sum2<X> b() {
    return {X(0x1.2444f2p-4), X(0x1.49b1695e937bcp-29) + X(0x1.758b8e3e1a65ap-83)};
  }

 private:
  template <class X>
  static constexpr X a_of() {
    return a<X>().high + a<X>().low;
  }
  template <class X>
  static constexpr X b_of() {
    return b<X>().high + b<X>().low;
  }
  // e^(−|v|)
  template <class X>
  static constexpr ExpProduct<X> exponential(X x) {
    const Sum2<X> v = Sum2<X>{-abs(x), X(0.0)} * (a<X>() + b<X>() * exact_product(x, x));
    return exp_product(v.high, v.low);
  }
};

/// The slope of gelu_tanh.  d/dx = σ′(v)(2a + 12bx² − x v′² tanh(v/2)) with v = ax + bx³, a = 2√(2/π), b = 0.044715 a.
struct GeluTanhSlope : Unary {
  static constexpr bool internal = true;
  static constexpr std::string_view name = "gelu_tanh_slope";
  static constexpr Worst worst{5.4, 11.1, true};
  static constexpr auto value(auto x) { return GeluTanhParts::slope(x); }
  static constexpr auto d(wrt<0>, const auto& x, const auto&) {
    constexpr Irrational a{"2√(2/π)", 0x1.9884533d43651p+0, -0x1.cbc0d30ebfd15p-54};
    constexpr Irrational b{"0.08943√(2/π)", 0x1.2444f2a4d8b4bp-4, -0x1.6c843a29d1c70p-61};
    const auto square = x * x;
    const auto cubic = b * square;
    const auto v = x * bind(Add{}, a, cubic);
    const auto slope = bind(Add{}, a, 3.0 * cubic);
    const auto bend = 2.0 * bind(Add{}, a, 6.0 * cubic) - (x * bind(Tanh{}, 0.5 * v)) * (slope * slope);
    return detail::times_square(bind(SigmoidSlopeRoot{}, v), bend);
  }
};

/// The form of gelu with tanh: x (1 + tanh(√(2/π)(x + 0.044715 x³)))/2; 0 at −∞ (K11).
struct GeluTanh : Activation {
  static constexpr std::string_view name = "gelu_tanh";
  static constexpr OpWords words{"Apply gelu_tanh to {0}", "gelu_tanh",
                                 "A product of x and (1 + tanh)/2: the product rule gives the slope."};
  static constexpr Worst worst{4.6, 8.0};  // beyond the bar of 4 for x < 0: e^v, a product and a quotient
  static constexpr auto value(auto x) { return GeluTanhParts::value(x); }
  static constexpr auto d(wrt<0>, const auto& x, const auto&) { return bind(GeluTanhSlope{}, x); }
  static constexpr auto shown(wrt<0>, const auto& x, const auto&) {
    const auto t = bind(Tanh{}, root_2_over_pi * (x + gelu_cubic * bind(Power{{}, 3.0}, x)));
    return (1.0 + t) / 2.0 +
           x * (1.0 - bind(Square{}, t)) * root_2_over_pi * (0.5 + gelu_cubic_slope * bind(Square{}, x));
  }
  static constexpr bool spelled_out = true;
  static auto composed(const auto& x) {
    return x * (1.0 + bind(Tanh{}, root_2_over_pi * (x + 0.044715 * bind(Power{{}, 3.0}, x)))) / 2.0;
  }
};

/// Φ(x), the distribution function of the normal distribution.
template <class X, detail::Nothing... Yield>
constexpr auto norm_cdf(const X& x, Yield...) {
  return bind(NormCdf{}, x);
}
/// ln(x/(1 − x)).
template <class X, detail::Nothing... Yield>
constexpr auto logit(const X& x, Yield...) {
  return bind(Logit{}, x);
}
/// softplus x = ln(1 + e^(βx))/β
template <class X, detail::Nothing... Yield>
constexpr auto softplus(const X& x, Yield...) {
  return bind(Softplus{}, x);
}
template <detail::Deduced = detail::Deduced(), Interpreted X>
constexpr auto softplus(const X& x, double beta) {
  return bind(Softplus{{}, beta}, x);
}
template <class X, detail::Nothing... Yield>
constexpr auto log_sigmoid(const X& x, Yield...) {
  return bind(LogSigmoid{}, x);
}
template <class X, detail::Nothing... Yield>
constexpr auto silu(const X& x, Yield...) {
  return bind(Silu{}, x);
}
template <class X, detail::Nothing... Yield>
constexpr auto mish(const X& x, Yield...) {
  return bind(Mish{}, x);
}
template <class X, detail::Nothing... Yield>
constexpr auto gelu(const X& x, Yield...) {
  return bind(Gelu{}, x);
}
template <class X, detail::Nothing... Yield>
constexpr auto gelu_tanh(const X& x, Yield...) {
  return bind(GeluTanh{}, x);
}

}  // namespace gradus
