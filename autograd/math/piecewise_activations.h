// THE TABLE, part 5: activations made of pieces.
#pragma once
#include <array>
#include <cmath>
#include <limits>
#include <string_view>

#include "activations.h"
#include "compensated.h"
#include "selection.h"

namespace gradus {

namespace detail {

/// yes where x > 0, else no.
constexpr auto if_positive(const auto& x, const auto& yes, const auto& no) {
  return bind(Where{}, bind(Greater{}, x, 0.0), yes, no);
}

}  // namespace detail

/// x where x > 0, else slope · x.  The derivative at 0 is the slope (K2).
struct ops::LeakyRelu : ActivationOp {
  static constexpr std::string_view name = "leaky_relu";
  static constexpr OpWords words{"Apply leaky_relu to {0}", "leaky_relu",
                                 "Where the argument was positive the gradient passes whole; elsewhere times the "
                                 "small slope."};
  static constexpr Worst worst{1.2, 0.8};
  double slope = 0.01;
  static constexpr auto fields = std::array{field("slope", &ops::LeakyRelu::slope)};
  [[nodiscard]] constexpr auto value(auto x) const {
    using X = decltype(x);
    return where(x > X(0.0), x, as<X>(slope) * x);
  }
  template <class X>
  [[nodiscard]] constexpr auto d(wrt<0>, const X& x, const auto&) const {
    return bind(Where{}, bind(ops::Step{}, x), 1.0, slope);
  }
  static constexpr auto shown(wrt<0>, const auto& x, const auto&, const auto& of_slope) {
    return detail::if_positive(x, 1.0, of_slope);
  }
  static auto composed(const auto& x, const auto& of_slope) { return detail::if_positive(x, x, of_slope * x); }
  [[nodiscard]] constexpr std::string_view convention(double x) const {
    return x == 0.0 && slope != 1.0 ? "leaky_relu has no derivative at 0: the slope on the left is taken" : "";
  }
};

/// min(max(x, 0), 6).  Derivative 1 between 0 and 6, and 0 at both.
struct ops::Relu6 : ActivationOp {
  static constexpr std::string_view name = "relu6", symbol = "ReLU6", meaning = "clamp(x, 0, 6)";
  static constexpr OpWords words{"Apply relu6 to {0}", "relu6",
                                 "Between 0 and 6 the gradient passes; elsewhere nothing does."};
  static constexpr Worst worst{0.0, 0.0};
  static constexpr auto value(auto x) {
    using X = decltype(x);
    return where(x <= X(0.0), X(0.0), where(x >= X(6.0), X(6.0), x));
  }
  static constexpr auto d(wrt<0>, const auto& x, const auto&) {
    return Gate{bind(ops::Step{}, x) * bind(ops::Step{}, 6.0 - x)};
  }
  static constexpr auto shown(wrt<0>, const auto& x, const auto&) {
    return bind(ops::Step{}, x) * bind(ops::Step{}, 6.0 - x);
  }
  static auto composed(const auto& x) {
    const auto capped = bind(Where{}, bind(Less{}, x, 6.0), x, 6.0);
    return bind(Where{}, bind(Greater{}, x, 0.0), capped, 0.0);
  }
  static constexpr std::string_view convention(double x) {
    return x == 0.0 || x == 6.0 ? "relu6 has no derivative at 0 and 6: 0 is taken" : "";
  }
};

/// x where x > 0, else α(eˣ − 1), whose derivative is α eˣ.  Derivatives at 0 are those on the left, α.
struct ops::Elu : ActivationOp {
  static constexpr std::string_view name = "elu";
  static constexpr OpWords words{"Apply elu to {0}", "elu",
                                 "Where the argument was positive the gradient passes; elsewhere times the slope of "
                                 "the exponential."};
  static constexpr Worst worst{2.7, 3.1};
  double alpha = 1.0;
  static constexpr auto fields = std::array{field("alpha", &ops::Elu::alpha)};
  [[nodiscard]] constexpr auto value(auto x) const {
    using X = decltype(x);
    return where(x > X(0.0), x, as<X>(alpha) * expm1(x));
  }
  template <class X>
  [[nodiscard]] constexpr auto d(wrt<0>, const X& x, const auto&) const {
    return bind(Where{}, bind(ops::Step{}, x), 1.0, alpha * bind(Exp{}, x));
  }
  static constexpr auto shown(wrt<0>, const auto& x, const auto&, const auto& a) {
    return detail::if_positive(x, 1.0, a * bind(Exp{}, x));
  }
  static auto composed(const auto& x, const auto& a) { return detail::if_positive(x, x, a * bind(Expm1{}, x)); }
  [[nodiscard]] constexpr std::string_view convention(double x) const {
    return x == 0.0 && alpha != 1.0 ? "elu has no derivative at 0 unless alpha is 1: alpha, that on the left, is taken"
                                    : "";
  }
  [[nodiscard]] constexpr std::string_view second_convention(double x) const {
    return x == 0.0 ? "elu has no second derivative at 0: alpha, that on the left, is taken" : "";
  }
};

/// λx where x > 0, else λα(eˣ − 1), with the λ and α that keep mean 0 and variance 1 (Klambauer and others 2017).
struct ops::Selu : ActivationOp {
  static constexpr std::string_view name = "selu";
  static constexpr OpWords words{"Apply selu to {0}", "selu",
                                 "The slope is a constant where the argument was positive, and that of an exponential "
                                 "elsewhere."};
  static constexpr Worst worst{2.2, 3.3};
  static constexpr double scale = 1.0507009873554804934193349852946;  // λ
  static constexpr double low = 1.7580993408473768599402175208123;    // λα
  static constexpr auto value(auto x) {
    using X = decltype(x);
    return where(x > X(0.0), X(scale) * x, X(low) * expm1(x));
  }
  static constexpr auto d(wrt<0>, const auto& x, const auto&) {
    return bind(Where{}, bind(ops::Step{}, x), scale, low * bind(Exp{}, x));
  }
  static auto composed(const auto& x) {
    return 1.0507009873554805 * detail::if_positive(x, x, 1.6732632423543772 * bind(Expm1{}, x));
  }
  static constexpr std::string_view convention(double x) {
    return x == 0.0 ? "selu has no derivative at 0: that on the left is taken" : "";
  }
};

/// e^(x/α) for x ≤ 0, the slope of celu on the left, with what rounding took from the quotient made good; 1 to the right.
/// d/dx = y/α on the left, 0 to the right.
struct CeluSlope : Unary {
  static constexpr bool internal = true;
  static constexpr std::string_view name = "celu_slope";
  static constexpr Worst worst{3.9, 3.7};
  double alpha = 1.0;
  static constexpr auto fields = std::array{field("alpha", &CeluSlope::alpha)};
  [[nodiscard]] constexpr auto value(auto x) const {
    using X = decltype(x);
    const X a = as<X>(alpha);
    const X far = X(-1e4) * a;  // where e^(x/α) is 0
    const X near = where(x > X(0.0), X(0.0), where(x < far, far, x));
    const X q = near / a;
    const Sum2<X> back = exact_product(q, a);
    return exp_product(q, ((near - back.high) - back.low) / a).all();
  }
  template <class X>
  [[nodiscard]] constexpr auto d(wrt<0>, const X& x, const auto& y) const {
    return bind(Where{}, bind(ops::Step{}, x), 0.0, y / alpha);
  }
};

/// x where x > 0, else α(e^(x/α) − 1): elu with a continuous derivative, e^(x/α).
struct ops::Celu : ActivationOp {
  static constexpr std::string_view name = "celu";
  static constexpr OpWords words{"Apply celu to {0}", "celu",
                                 "Where the argument was positive the gradient passes; elsewhere times the slope of "
                                 "the exponential."};
  static constexpr Worst worst{2.7, 3.9};
  double alpha = 1.0;
  static constexpr auto fields = std::array{field("alpha", &ops::Celu::alpha)};
  [[nodiscard]] constexpr auto value(auto x) const {
    using X = decltype(x);
    const X a = as<X>(alpha);
    return where(x > X(0.0), x, a * expm1(x / a));
  }
  template <class X>
  [[nodiscard]] constexpr auto d(wrt<0>, const X& x, const auto&) const {
    return bind(Where{}, bind(ops::Step{}, x), 1.0, bind(CeluSlope{{}, alpha}, x));
  }
  static constexpr auto shown(wrt<0>, const auto& x, const auto&, const auto& a) {
    return detail::if_positive(x, 1.0, bind(Exp{}, x / a));
  }
  static auto composed(const auto& x, const auto& a) { return detail::if_positive(x, x, a * bind(Expm1{}, x / a)); }
  [[nodiscard]] constexpr std::string_view second_convention(double x) const {
    return x == 0.0 ? "celu has no second derivative at 0: 1/alpha, that on the left, is taken" : "";
  }
};

/// x/(1 + |x|), ±1 at ±∞.  d/dx = 1/(1 + |x|)²; the second derivative at 0 is 0 (K1).
struct ops::Softsign : ActivationOp {
  static constexpr std::string_view name = "softsign";
  static constexpr OpWords words{"Apply softsign to {0}", "softsign",
                                 "The slope of softsign is one over the square of its denominator."};
  static constexpr Worst worst{2.1, 4.7};
  static constexpr auto value(auto x) {
    using X = decltype(x);
    const X y = x / (X(1.0) + abs(x));
    return where(abs(x) > X(0x1p+120), copysign(X(1.0), x), y);
  }
  static constexpr auto d(wrt<0>, const auto& x, const auto&) {
    const auto r = 1.0 / (1.0 + bind(Maximum{}, x, -x));
    return r * r;
  }
  static constexpr auto shown(wrt<0>, const auto& x, const auto&) { return 1.0 / bind(Square{}, 1.0 + bind(Abs{}, x)); }
  static auto composed(const auto& x) { return x / (1.0 + bind(Abs{}, x)); }
  static constexpr std::string_view second_convention(double x) {
    return x == 0.0 ? "softsign has no second derivative at 0: 0 is taken" : "";
  }
};

/// relu6(x + 3)/6.  Derivative 1/6 between −3 and 3, and 0 at both.
struct ops::HardSigmoid : ActivationOp {
  static constexpr std::string_view name = "hard_sigmoid";
  static constexpr OpWords words{"Apply hard_sigmoid to {0}", "hard_sigmoid",
                                 "On the ramp the slope is the same everywhere; on both sides of it nothing passes."};
  static constexpr Worst worst{1.5, 0.8};
  static constexpr auto value(auto x) {
    using X = decltype(x);
    return where(x <= X(-3.0), X(0.0), where(x >= X(3.0), X(1.0), (x + X(3.0)) / X(6.0)));
  }
  static constexpr auto d(wrt<0>, const auto& x, const auto&) {
    return Gate{(bind(ops::Step{}, x + 3.0) * bind(ops::Step{}, 3.0 - x)) / 6.0};
  }
  static constexpr auto shown(wrt<0>, const auto& x, const auto&) {
    return bind(ops::Step{}, x + 3.0) * bind(ops::Step{}, 3.0 - x) / 6.0;
  }
  static auto composed(const auto& x) { return bind(ops::Relu6{}, x + 3.0) / 6.0; }
  static constexpr std::string_view convention(double x) {
    return x == -3.0 || x == 3.0 ? "hard_sigmoid has no derivative at −3 and 3: 0 is taken" : "";
  }
};

/// x kept between two numbers.  Like clamp it has derivative 1 on the closed interval (K4).
struct ops::HardTanh : ActivationOp {
  static constexpr std::string_view name = "hard_tanh";
  static constexpr OpWords words{"Apply hard_tanh to {0}", "hard_tanh",
                                 "Between the two bounds the gradient passes; elsewhere nothing does."};
  static constexpr Worst worst{0.0, 0.0};
  double low = -1.0;
  double high = 1.0;
  static constexpr auto fields = std::array{field("low", &ops::HardTanh::low), field("high", &ops::HardTanh::high)};
  [[nodiscard]] constexpr auto value(auto x) const {
    using X = decltype(x);
    return Clamp::value(x, as<X>(low), as<X>(high));
  }
  template <class X>
  [[nodiscard]] constexpr auto d(wrt<0>, const X& x, const auto&) const {
    return Gate{bind(Between{}, x, low, high)};
  }
  static constexpr auto shown(wrt<0>, const auto& x, const auto&, const auto& from, const auto& to) {
    return bind(LessEqual{}, from, x) * bind(LessEqual{}, x, to);
  }
  static auto composed(const auto& x, const auto& from, const auto& to) { return bind(Clamp{}, x, from, to); }
  [[nodiscard]] constexpr std::string_view convention(double x) const {
    return low < high && (x == low || x == high)
               ? "hard_tanh has no derivative at its bounds: 1, that of the inside, is taken"
               : "";
  }
};

/// x · hard_sigmoid(x).  Derivative (2x + 3)/6 between −3 and 3, 0 at −3 and left of it, 1 at 3 and right of it.
struct ops::HardSwish : ActivationOp {
  static constexpr std::string_view name = "hard_swish";
  static constexpr OpWords words{"Apply hard_swish to {0}", "hard_swish",
                                 "Far on the left nothing passes, far on the right all does; between, the slope is "
                                 "that of a parabola."};
  static constexpr Worst worst{2.6, 1.5};
  static constexpr auto value(auto x) {
    using X = decltype(x);
    return where(x <= X(-3.0), X(0.0), where(x >= X(3.0), x, x * ((x + X(3.0)) / X(6.0))));
  }
  static constexpr auto d(wrt<0>, const auto& x, const auto&) {
    const auto inside = bind(Where{}, bind(ops::Step{}, 3.0 - x), (2.0 * x + 3.0) / 6.0, 1.0);
    return bind(Where{}, bind(ops::Step{}, x + 3.0), inside, 0.0);
  }
  static auto composed(const auto& x) { return x * bind(ops::HardSigmoid{}, x); }
  static constexpr std::string_view convention(double x) {
    return x == -3.0 || x == 3.0 ? "hard_swish has no derivative at −3 and 3: that of the outside is taken" : "";
  }
};

/// x where x > 0, else slope · x.
template <class X, detail::Nothing... Yield>
constexpr auto leaky_relu(const X& x, Yield...) {
  return bind(ops::LeakyRelu{}, x);
}
template <detail::Deduced = detail::Deduced(), Interpreted X>
constexpr auto leaky_relu(const X& x, double slope) {
  return bind(ops::LeakyRelu{{}, slope}, x);
}
template <class X, detail::Nothing... Yield>
constexpr auto relu6(const X& x, Yield...) {
  return bind(ops::Relu6{}, x);
}
template <class X, detail::Nothing... Yield>
constexpr auto elu(const X& x, Yield...) {
  return bind(ops::Elu{}, x);
}
template <detail::Deduced = detail::Deduced(), Interpreted X>
constexpr auto elu(const X& x, double alpha) {
  return bind(ops::Elu{{}, alpha}, x);
}
template <class X, detail::Nothing... Yield>
constexpr auto selu(const X& x, Yield...) {
  return bind(ops::Selu{}, x);
}
template <class X, detail::Nothing... Yield>
constexpr auto celu(const X& x, Yield...) {
  return bind(ops::Celu{}, x);
}
template <detail::Deduced = detail::Deduced(), Interpreted X>
constexpr auto celu(const X& x, double alpha) {
  return bind(ops::Celu{{}, alpha}, x);
}
template <class X, detail::Nothing... Yield>
constexpr auto softsign(const X& x, Yield...) {
  return bind(ops::Softsign{}, x);
}
template <class X, detail::Nothing... Yield>
constexpr auto hard_sigmoid(const X& x, Yield...) {
  return bind(ops::HardSigmoid{}, x);
}
/// x kept between two numbers.
template <class X, detail::Nothing... Yield>
constexpr auto hard_tanh(const X& x, Yield...) {
  return bind(ops::HardTanh{}, x);
}
template <detail::Deduced = detail::Deduced(), Interpreted X>
constexpr auto hard_tanh(const X& x, double low, double high) {
  return bind(ops::HardTanh{{}, low, high}, x);
}
template <class X, detail::Nothing... Yield>
constexpr auto hard_swish(const X& x, Yield...) {
  return bind(ops::HardSwish{}, x);
}

}  // namespace gradus
