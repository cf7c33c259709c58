// THE TABLE, part 3: activations.
#pragma once
#include <string_view>

#include "functions.h"
#include "selection.h"

namespace gradus {

/// x, the activation of linear regression.  Derivative 1.
struct ops::Identity : ActivationOp {
  static constexpr std::string_view name = "identity", symbol = "id", meaning = "x";
  static constexpr OpWords words{"Hand {0} on", "the identity", "The gradient passes unchanged."};
  static constexpr Worst worst{0.0, 0.0};
  static constexpr auto value(auto x) { return x; }
  static constexpr auto d(wrt<0>, auto, auto) { return One{}; }
};

/// 1 where x > 0, else 0.  Derivative 0 everywhere: a step passes no gradient.  NaN stays NaN in both (K8).
struct ops::Step : ActivationOp {
  static constexpr std::string_view name = "step";
  static constexpr OpWords words{"Apply step to {0}", "step", "A step is flat on both sides: nothing is passed on."};
  static constexpr Worst worst{0.0, 0.0};
  static constexpr auto value(auto x) {
    using X = decltype(x);
    return where(x > X(0.0), X(1.0), where(x <= X(0.0), X(0.0), x));
  }
  static constexpr auto d(wrt<0>, auto, auto y) { return detail::level(y); }
  static constexpr auto shown(wrt<0>, auto, auto) { return 0.0; }
  static auto composed(const auto& x) { return bind(Greater{}, x, 0.0); }
  static constexpr std::string_view convention(double x) {
    return x == 0.0 ? "step jumps at 0: 0 is taken for its derivative" : "";
  }
};

/// max(x, 0).  relu′ = step(x), so relu′(0) = 0 (K2).  The second derivative is 0 everywhere.  NaN stays NaN.
struct ops::Relu : ActivationOp {
  static constexpr std::string_view name = "relu", symbol = "ReLU", meaning = "max(x, 0)";
  static constexpr OpWords words{"Apply relu to {0}", "relu",
                                 "Where the argument was positive the gradient passes; elsewhere nothing does."};
  static constexpr bool can_die = true;
  static constexpr Worst worst{0.0, 0.0};
  static constexpr auto value(auto x) {
    using X = decltype(x);
    return where(x <= X(0.0), X(0.0), x);
  }
  static constexpr auto d(wrt<0>, auto x, auto) { return Gate{bind(ops::Step{}, x)}; }
  static auto composed(const auto& x) { return bind(Where{}, bind(Greater{}, x, 0.0), x, 0.0); }
  static constexpr std::string_view convention(double x) {
    return x == 0.0 ? "relu has no derivative at 0: 0 is taken" : "";
  }
};

/// σ′(x) = e/(1+e)² with e = exp(−|x|): full precision in the tails, where σ(1−σ) would leave no digit.
/// d/dx = −tanh(x/2) · σ′(x), since 1 − 2σ(x) = −tanh(x/2).
struct SigmoidSlope : Unary {
  static constexpr bool internal = true;
  static constexpr std::string_view name = "sigmoid_slope", symbol = "σ′";
  static constexpr Worst worst{5.2, 6.4};
  static constexpr auto value(auto x) {
    using X = decltype(x);
    const X e = exp(-abs(x));
    const X s = X(1.0) + e;
    return e / (s * s);
  }
  static constexpr auto d(wrt<0>, const auto& x, const auto& y) { return -(bind(ops::Tanh{}, x * 0.5) * y); }
};

/// σ(x) = 1/(1 + e⁻ˣ), as e/(1+e) with e = eˣ for negative x, so that small values keep their digits.
/// σ′ = σ(1 − σ), computed as above.  Domain: all reals.
struct ops::Sigmoid : ActivationOp {
  static constexpr std::string_view name = "sigmoid", symbol = "σ";
  static constexpr OpWords words{"Apply sigmoid to {0}", "sigmoid",
                                 "σ′ = σ·(1 − σ): the slope comes from the value kept on the way forward."};
  static constexpr Worst worst{3.1, 5.2};
  static constexpr auto value(auto x) {
    using X = decltype(x);
    const X e = exp(-abs(x));
    return where(x < X(0.0), e, X(1.0)) / (X(1.0) + e);
  }
  static constexpr auto d(wrt<0>, auto x, auto) { return bind(SigmoidSlope{}, x); }
  static constexpr auto shown(wrt<0>, auto, auto y) { return y * (1.0 - y); }
  static constexpr bool spelled_out = true;
  static auto composed(const auto& x) { return bind(Reciprocal{}, 1.0 + bind(Exp{}, -x)); }
};

namespace ops {

template <class X, detail::Nothing... Yield>
constexpr auto identity(const X& x, Yield...) {
  return bind(Identity{}, x);
}

}  // namespace ops

template <class X, detail::Nothing... Yield>
constexpr auto step(const X& x, Yield...) {
  return bind(ops::Step{}, x);
}
template <class X, detail::Nothing... Yield>
constexpr auto relu(const X& x, Yield...) {
  return bind(ops::Relu{}, x);
}
template <class X, detail::Nothing... Yield>
constexpr auto sigmoid(const X& x, Yield...) {
  return bind(ops::Sigmoid{}, x);
}

}  // namespace gradus
