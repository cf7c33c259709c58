// Elementwise ops behind the losses: each fused, because composed of simpler ops it would overflow, cancel or lose the
// digits of a confident prediction.
#pragma once
#include <array>
#include <string_view>

#include "activations.h"
#include "norm_ops.h"

namespace gradus {

// ---------------------------------------------------------------------------------------------------------------- Huber

/// The second derivative of Huber: slope/threshold for |x| ≤ threshold, else 0.
struct HuberBend : Unary {
  static constexpr bool internal = true;
  static constexpr std::string_view name = "huber_bend";
  double threshold = 1.0;
  double slope = 1.0;
  static constexpr auto fields =
      std::array{field("threshold", &HuberBend::threshold), field("slope", &HuberBend::slope)};
  [[nodiscard]] constexpr auto value(auto x) const {
    using X = decltype(x);
    return where(abs(x) <= X(threshold), X(slope / threshold), where(x == x, X(0.0), x));
  }
  [[nodiscard]] constexpr auto d(wrt<0>, const auto&, const auto& y) const { return bind(Flat{}, y); }
};

/// The derivative of Huber: slope · x/threshold, no further than ±slope.
struct HuberSlope : Unary {
  static constexpr bool internal = true;
  static constexpr std::string_view name = "huber_slope";
  double threshold = 1.0;
  double slope = 1.0;
  static constexpr auto fields =
      std::array{field("threshold", &HuberSlope::threshold), field("slope", &HuberSlope::slope)};
  [[nodiscard]] constexpr auto value(auto x) const {
    using X = decltype(x);
    const X line = x / X(threshold / slope);
    return where(x > X(threshold), X(slope), where(x < X(-threshold), X(-slope), line));
  }
  [[nodiscard]] constexpr auto d(wrt<0>, const auto& x, const auto&) const {
    return bind(HuberBend{{}, threshold, slope}, x);
  }
};

/// A parabola that goes on as its tangent: slope · x²/(2·threshold) for |x| ≤ threshold, else slope·(|x| − threshold/2).
struct Huber : Unary {
  static constexpr std::string_view name = "huber";
  static constexpr OpWords words{"Apply huber to {0}", "huber",
                                 "Near 0 the slope grows with the argument, as that of a parabola does; further out "
                                 "it stays the same."};
  double threshold = 1.0;
  double slope = 1.0;
  static constexpr auto fields = std::array{field("threshold", &Huber::threshold, InCalls::not_at_all),
                                            field("slope", &Huber::slope, InCalls::not_at_all)};
  [[nodiscard]] constexpr auto value(auto x) const {
    using X = decltype(x);
    const X size = abs(x);
    const X parabola = X(0.5) * (x * (x / X(threshold / slope)));
    return where(size <= X(threshold), parabola, X(slope) * (size - X(0.5 * threshold)));
  }
  [[nodiscard]] constexpr auto d(wrt<0>, const auto& x, const auto&) const {
    return bind(HuberSlope{{}, threshold, slope}, x);
  }
  /// The same parabola's slope, x·slope/threshold, within ±slope.
  [[nodiscard]] constexpr auto shown(wrt<0>, const auto& x, const auto&) const {
    const double scale = threshold / slope;
    return bind(Clamp{}, scale == 1.0 ? x : x / scale, -slope, slope);
  }
  static constexpr bool spelled_out = true;
  [[nodiscard]] auto composed(const auto& x) const {
    const auto size = bind(Abs{}, x);
    const auto near = bind(Square{}, x) * (slope / (2.0 * threshold));
    const auto far = slope * (size - 0.5 * threshold);
    return bind(Where{}, bind(LessEqual{}, size, threshold), near, far);
  }
  [[nodiscard]] constexpr std::string_view second_convention(double x) const {
    return x == threshold || x == -threshold
               ? "the Huber loss has no second derivative where the parabola ends: that of the parabola is taken"
               : "";
  }
};

// --------------------------------------------------------------------------------------------------- binary cross-entropy

/// σ(x) − t as (1 − t)·σ(x) − t·σ(−x): for t = 0 and 1, where nothing is subtracted, right to the last digit in the
/// tails.  Derivatives σ′(x) and −1.
struct BceLogitsSlope : Binary {
  static constexpr bool internal = true;
  static constexpr std::string_view name = "bce_logits_slope";
  static constexpr auto value(auto x, auto t) {
    using X = decltype(x);
    const X e = exp(-abs(x));
    const X rest = X(1.0) - t;
    return where(x > X(0.0), rest - t * e, rest * e - t) / (X(1.0) + e);
  }
  static constexpr auto d(wrt<0>, const auto& x, const auto&, const auto&) { return bind(SigmoidSlope{}, x); }
  static constexpr auto d(wrt<1>, const auto&, const auto&, const auto&) { return -1.0; }
};

/// Where bce stops its logarithms (K13), and the probability at which they get there.
inline constexpr double bce_floor = -100.0;
inline constexpr double bce_least = 3.720075976020836e-44;  // e^−100

/// 1/p, and 0 where bce has stopped log p.  Derivative −y².
struct BceReciprocal : Unary {
  static constexpr bool internal = true;
  static constexpr std::string_view name = "bce_reciprocal";
  static constexpr auto value(auto p) {
    using X = decltype(p);
    return where(p < X(bce_least), X(0.0), X(1.0) / p);
  }
  static constexpr auto d(wrt<0>, const auto&, const auto& y) { return -(y * y); }
};

/// log(1 − p) − log p, each no less than −100: the derivative of bce with respect to the target.
struct BceLogit : Unary {
  static constexpr bool internal = true;
  static constexpr std::string_view name = "bce_logit";
  static constexpr auto value(auto p) {
    using X = decltype(p);
    const X least = X(bce_least);
    const X rest = X(1.0) - p;
    // Around ½ both logarithms are alike: their difference is log((1 − p)/p), of which 1 is taken without rounding.
    const X close = log1p((X(1.0) - X(2.0) * p) / p);
    const X inner = where(abs(p - X(0.5)) < X(0.25), close, log1p(-p) - log(p));
    return where(p < least, log1p(-p) - X(bce_floor), where(rest < least, X(bce_floor) - log(p), inner));
  }
  static constexpr auto d(wrt<0>, const auto& p, const auto&) {
    return -(bind(BceReciprocal{}, p) + bind(BceReciprocal{}, 1.0 - p));
  }
};

/// (p − t)/(p(1 − p)), without the part whose logarithm bce has stopped: the derivative of bce.
struct BceSlope : Binary {
  static constexpr bool internal = true;
  static constexpr std::string_view name = "bce_slope";
  static constexpr auto value(auto p, auto t) {
    using X = decltype(p);
    const X least = X(bce_least);
    const X rest = X(1.0) - p;
    return where(p < least, (X(1.0) - t) / rest, where(rest < least, -(t / p), ((p - t) / p) / rest));
  }
  static constexpr auto d(wrt<0>, const auto& p, const auto& t, const auto&) {
    const auto yes = bind(BceReciprocal{}, p);
    const auto no = bind(BceReciprocal{}, 1.0 - p);
    return t * (yes * yes) + (1.0 - t) * (no * no);
  }
  static constexpr auto d(wrt<1>, const auto& p, const auto&, const auto&) {
    return -(bind(BceReciprocal{}, p) + bind(BceReciprocal{}, 1.0 - p));
  }
};

/// −t·log p − (1 − t)·log(1 − p) for a probability p, each logarithm no less than −100 (K13).
struct Bce : Binary {
  static constexpr std::string_view name = "bce";
  static constexpr OpWords words{"Take the cross-entropy of the probability {0} and the target {1}",
                                 "the cross-entropy", "The probability p receives its error, divided by p·(1 − p)."};
  static constexpr auto value(auto p, auto t) {
    using X = decltype(p);
    const X floor = X(bce_floor);
    const X yes = log(p);
    const X no = log1p(-p);
    return -(t * where(yes < floor, floor, yes) + (X(1.0) - t) * where(no < floor, floor, no));
  }
  static constexpr auto d(wrt<0>, const auto& p, const auto& t, const auto&) { return bind(BceSlope{}, p, t); }
  static constexpr auto d(wrt<1>, const auto& p, const auto&, const auto&) { return bind(BceLogit{}, p); }
  static constexpr auto shown(wrt<0>, const auto& p, const auto& t, const auto&) { return (p - t) / (p * (1.0 - p)); }
  static constexpr auto shown(wrt<1>, const auto& p, const auto&, const auto&) {
    return bind(Log{}, 1.0 - p) - bind(Log{}, p);
  }
  static constexpr bool spelled_out = true;
  static auto composed(const auto& p, const auto& t) {
    const auto yes = t * bind(Log{}, p);
    const auto weight = 1.0 - t;
    return -(yes + weight * bind(Log{}, 1.0 - p));
  }
};

/// −t·log σ(x) − (1 − t)·log σ(−x) = (1 − t)·max(x, 0) + t·max(−x, 0) + log(1 + e^−|x|).  ∂/∂x = σ(x) − t, ∂/∂t = −x.
/// A weight of 0 counts for nothing, even at infinity.
struct BceWithLogits : Binary {
  static constexpr std::string_view name = "bce_with_logits";
  static constexpr OpWords words{"Take the cross-entropy of sigmoid({0}) and the target {1}", "the cross-entropy",
                                 "Sigmoid and cross-entropy together leave the error: what was predicted less the "
                                 "target."};
  static constexpr auto value(auto x, auto t) {
    using X = decltype(x);
    const X weight = where(x > X(0.0), X(1.0) - t, -t);
    return where(weight == X(0.0), X(0.0), weight * x) + log1p(exp(-abs(x)));
  }
  static constexpr auto d(wrt<0>, const auto& x, const auto& t, const auto&) { return bind(BceLogitsSlope{}, x, t); }
  static constexpr auto d(wrt<1>, const auto& x, const auto&, const auto&) { return -x; }
  static constexpr auto shown(wrt<0>, const auto& x, const auto& t, const auto&) { return bind(ops::Sigmoid{}, x) - t; }
  static constexpr auto shown(wrt<1>, const auto& x, const auto&, const auto&) { return -x; }
  static constexpr bool spelled_out = true;
  static auto composed(const auto& x, const auto& t) { return Bce::composed(bind(ops::Sigmoid{}, x), t); }
};

// ------------------------------------------------------------------------------------------------------- divergence

/// log t, and 0 where t = 0, for a logarithm whose weight is t (K5).
struct LogOrZero : Unary {
  static constexpr bool internal = true;
  static constexpr std::string_view name = "log_or_zero";
  static constexpr auto value(auto t) {
    using X = decltype(t);
    return where(t == X(0.0), X(0.0), log(t));
  }
  static constexpr auto d(wrt<0>, const auto& t, const auto&) { return bind(DivOrZero{}, 1.0, t); }
};

/// t·(log t − x) for the logarithm x of a probability, and 0 where t = 0: one term of the Kullback–Leibler divergence.
/// ∂/∂x = −t, ∂/∂t = log t − x + 1.
struct KlTerm : Binary {
  static constexpr std::string_view name = "kl_term", called = "kl_div";
  static constexpr OpWords words{"Take the divergence of {1} from {0}", "the divergence",
                                 "The logarithm that was predicted receives the target with the opposite sign."};
  static constexpr auto value(auto x, auto t) {
    using X = decltype(x);
    return where(t == X(0.0), where(x == x, X(0.0), x), t * (log(t) - x));
  }
  static constexpr auto d(wrt<0>, const auto&, const auto& t, const auto&) { return -t; }
  static constexpr auto d(wrt<1>, const auto& x, const auto& t, const auto&) { return bind(LogOrZero{}, t) - x + 1.0; }
  static constexpr auto shown(wrt<0>, const auto&, const auto& t, const auto&) { return -t; }
  static constexpr auto shown(wrt<1>, const auto& x, const auto& t, const auto&) { return bind(Log{}, t) - x + 1.0; }
  static constexpr bool written_out = true;  // its name says little
  static auto composed(const auto& x, const auto& t) { return t * (bind(Log{}, t) - x); }
  static constexpr std::string_view convention(wrt<1>, double /*x*/, double t) {
    return t == 0.0 ? "t·log t has no derivative at 0: log t counts as 0 there" : "";
  }
};

/// eᵗ·(t − x + more), and 0 where eᵗ is: a derivative of KlLogTerm with respect to t.
struct KlLogSlope : Binary {
  static constexpr bool internal = true;
  static constexpr std::string_view name = "kl_log_slope";
  double more = 1.0;
  static constexpr auto fields = std::array{field("more", &KlLogSlope::more)};
  [[nodiscard]] constexpr auto value(auto x, auto t) const {
    using X = decltype(x);
    const X weight = exp(t);
    return where(weight == X(0.0), where(x == x, X(0.0), x), weight * (t - x + X(more)));
  }
  [[nodiscard]] constexpr auto d(wrt<0>, const auto&, const auto& t, const auto&) const { return -bind(Exp{}, t); }
  [[nodiscard]] constexpr auto d(wrt<1>, const auto& x, const auto& t, const auto&) const {
    return bind(KlLogSlope{{}, more + 1.0}, x, t);
  }
};

/// KlTerm at eᵗ: eᵗ·(t − x), and 0 where eᵗ is.  ∂/∂x = −eᵗ, ∂/∂t = eᵗ·(t − x + 1), which tends to 0 as t does to −∞.
struct KlLogTerm : Binary {
  static constexpr std::string_view name = "kl_log_term";
  static constexpr OpWords words{"Take the divergence of {1} from {0}", "the divergence",
                                 "The logarithm that was predicted receives the target, an exponential here, with the "
                                 "opposite sign."};
  static constexpr auto value(auto x, auto t) { return KlLogSlope{{}, 0.0}.value(x, t); }
  static constexpr auto d(wrt<0>, const auto&, const auto& t, const auto&) { return -bind(Exp{}, t); }
  static constexpr auto d(wrt<1>, const auto& x, const auto& t, const auto&) { return bind(KlLogSlope{}, x, t); }
  static constexpr auto shown(wrt<0>, const auto&, const auto& t, const auto&) { return -bind(Exp{}, t); }
  static constexpr auto shown(wrt<1>, const auto& x, const auto& t, const auto&) {
    const auto probability = bind(Exp{}, t);
    return probability * (t - x + 1.0);
  }
  static constexpr bool written_out = true;
  static auto composed(const auto& x, const auto& t) {
    const auto probability = bind(Exp{}, t);
    return probability * (t - x);
  }
};

}  // namespace gradus
