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

namespace detail {

// x − r for a number r given in three parts: right to the last digit also next to r.
template <class X>
constexpr X beyond(X x, double a, double b, double c) {
  return ((x - X(a)) - X(b)) - X(c);
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
struct ops::Softplus : ActivationOp {
  static constexpr std::string_view name = "softplus";
  static constexpr OpWords words{"Apply softplus to {0}", "softplus", "The slope of softplus is a sigmoid."};
  static constexpr Worst worst{3.9, 3.4};
  double beta = 1.0;
  static constexpr auto fields = std::array{field("beta", &ops::Softplus::beta)};
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
  static constexpr auto shown(wrt<0>, const auto& x, const auto&, const auto& b) { return bind(ops::Sigmoid{}, b * x); }
  static constexpr bool spelled_out = true;
  static auto composed(const auto& x, const auto& b) { return bind(Log{}, 1.0 + bind(Exp{}, b * x)) / b; }
};

/// ln σ(x) = min(x, 0) − ln(1 + e^(−|x|)).  d/dx = σ(−x).
struct ops::LogSigmoid : ActivationOp {
  static constexpr std::string_view name = "log_sigmoid", symbol = "ln σ";
  static constexpr OpWords words{"Apply log_sigmoid to {0}", "log_sigmoid",
                                 "The slope of log σ is 1 − σ: what is missing from 1."};
  static constexpr Worst worst{2.4, 3.0};
  static constexpr auto value(auto x) {
    using X = decltype(x);
    return where(x < X(0.0), x, X(0.0)) - log1p(exp(-abs(x)));
  }
  static constexpr auto d(wrt<0>, const auto& x, const auto&) { return bind(ops::Sigmoid{}, -x); }
  static auto composed(const auto& x) { return bind(Log{}, bind(ops::Sigmoid{}, x)); }
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
  static constexpr auto d(wrt<0>, const auto& x, const auto& y) { return -0.5 * (bind(ops::Tanh{}, 0.5 * x) * y); }
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
    return detail::times_square(bind(SigmoidSlopeRoot{}, x), 2.0 - x * bind(ops::Tanh{}, 0.5 * x));
  }
};

/// silu x = x σ(x), also called swish; 0 at −∞ (K11).
struct ops::Silu : ActivationOp {
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
    const auto s = bind(ops::Sigmoid{}, x);
    return s * (1.0 + x * (1.0 - s));
  }
  static constexpr bool spelled_out = true;
  static auto composed(const auto& x) { return x * bind(ops::Sigmoid{}, x); }
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
    const auto p = bind(ops::Softplus{}, x);
    const auto root =
        bind(SigmoidSlopeRoot{}, x) * (2.0 * chain_product(bind(SigmoidSlopeRoot{}, 2.0 * p), bind(Exp{}, 0.5 * p)));
    const auto bend = bind(ops::Sigmoid{}, -x) - 2.0 * (bind(ops::Tanh{}, p) * bind(ops::Sigmoid{}, x));  // T″/T′
    return detail::times_square(root, 2.0 + x * bend);
  }
};

/// mish x = x tanh(softplus x); 0 at −∞ (K11).  tanh ln(1 + w) = w(w + 2)/(w(w + 2) + 2): no logarithm is needed.
struct ops::Mish : ActivationOp {
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
    const auto t = bind(ops::Tanh{}, bind(ops::Softplus{}, x));
    return t + x * (1.0 - bind(Square{}, t)) * bind(ops::Sigmoid{}, x);
  }
  static auto composed(const auto& x) { return x * bind(ops::Tanh{}, bind(ops::Softplus{}, x)); }
};

// ------------------------------------------------------------------------------------------------------------ logit

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

/// ln(x/(1 − x)).
template <class X, detail::Nothing... Yield>
constexpr auto logit(const X& x, Yield...) {
  return bind(Logit{}, x);
}
/// softplus x = ln(1 + e^(βx))/β
template <class X, detail::Nothing... Yield>
constexpr auto softplus(const X& x, Yield...) {
  return bind(ops::Softplus{}, x);
}
template <detail::Deduced = detail::Deduced(), Interpreted X>
constexpr auto softplus(const X& x, double beta) {
  return bind(ops::Softplus{{}, beta}, x);
}
template <class X, detail::Nothing... Yield>
constexpr auto log_sigmoid(const X& x, Yield...) {
  return bind(ops::LogSigmoid{}, x);
}
template <class X, detail::Nothing... Yield>
constexpr auto silu(const X& x, Yield...) {
  return bind(ops::Silu{}, x);
}
template <class X, detail::Nothing... Yield>
constexpr auto mish(const X& x, Yield...) {
  return bind(ops::Mish{}, x);
}

}  // namespace gradus
