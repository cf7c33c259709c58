// THE TABLE, part 6: the normal distribution and the activations made of it.
#pragma once
#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <string_view>

#include "smooth_activations.h"

namespace gradus {

inline constexpr Irrational root_2{"√2", 0x1.6a09e667f3bcdp+0, -0x1.bdd3413b26456p-54};
inline constexpr Irrational root_2pi{"√(2·π)", 0x1.40d931ff62706p+1, -0x1.a6a0d6f814637p-53};
inline constexpr Irrational root_2_over_pi{"√(2/π)", 0x1.9884533d43651p-1, -0x1.cbc0d30ebfd15p-55};
// The decimals that define gelu_tanh and its derivative, which no double is equal to.
inline constexpr Irrational gelu_cubic{"0.044715", 0x1.6e4e26d4801f7p-5, 0x1.441355475a31ap-59};
inline constexpr Irrational gelu_cubic_slope{"0.0670725", 0x1.12ba9d1f60179p-4, 0x1.f30e7ff583a54p-58};

namespace detail {

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
struct ops::Gelu : ActivationOp {
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
    const auto bend = 2.0 * bind(Add{}, a, 6.0 * cubic) - (x * bind(ops::Tanh{}, 0.5 * v)) * (slope * slope);
    return detail::times_square(bind(SigmoidSlopeRoot{}, v), bend);
  }
};

/// The form of gelu with tanh: x (1 + tanh(√(2/π)(x + 0.044715 x³)))/2; 0 at −∞ (K11).
struct ops::GeluTanh : ActivationOp {
  static constexpr std::string_view name = "gelu_tanh";
  static constexpr OpWords words{"Apply gelu_tanh to {0}", "gelu_tanh",
                                 "A product of x and (1 + tanh)/2: the product rule gives the slope."};
  static constexpr Worst worst{4.6, 8.0};  // beyond the bar of 4 for x < 0: e^v, a product and a quotient
  static constexpr auto value(auto x) { return GeluTanhParts::value(x); }
  static constexpr auto d(wrt<0>, const auto& x, const auto&) { return bind(GeluTanhSlope{}, x); }
  static constexpr auto shown(wrt<0>, const auto& x, const auto&) {
    const auto t = bind(ops::Tanh{}, root_2_over_pi * (x + gelu_cubic * bind(Power{{}, 3.0}, x)));
    return (1.0 + t) / 2.0 +
           x * (1.0 - bind(Square{}, t)) * root_2_over_pi * (0.5 + gelu_cubic_slope * bind(Square{}, x));
  }
  static constexpr bool spelled_out = true;
  static auto composed(const auto& x) {
    return x * (1.0 + bind(ops::Tanh{}, root_2_over_pi * (x + 0.044715 * bind(Power{{}, 3.0}, x)))) / 2.0;
  }
};

/// Φ(x), the distribution function of the normal distribution.
template <class X, detail::Nothing... Yield>
constexpr auto norm_cdf(const X& x, Yield...) {
  return bind(NormCdf{}, x);
}
template <class X, detail::Nothing... Yield>
constexpr auto gelu(const X& x, Yield...) {
  return bind(ops::Gelu{}, x);
}
template <class X, detail::Nothing... Yield>
constexpr auto gelu_tanh(const X& x, Yield...) {
  return bind(ops::GeluTanh{}, x);
}

}  // namespace gradus
