// THE TABLE, part 2: sign, absolute value and whole numbers.
#pragma once
#include <cmath>
#include <string_view>

#include "powers.h"
#include "selection.h"

namespace gradus {

/// 0 everywhere, but NaN stays NaN (K8): the slope of a function that is made of level pieces.
struct Flat : Unary {
  static constexpr bool internal = true;
  static constexpr std::string_view name = "flat";
  static constexpr bool exact = true;
  static constexpr Worst worst{0.0, 0.0};
  static constexpr auto value(auto x) {
    using X = decltype(x);
    return where(x == x, X(0.0), x);
  }
  static constexpr auto d(wrt<0>, auto x, auto) { return Gate{bind(Flat{}, x)}; }
  static constexpr auto shown(wrt<0>, auto, auto) { return 0.0; }
};

/// −1, 0 or 1 with the sign of x; ±0 and NaN as they are.  Derivative 0 everywhere.
struct Sign : Unary {
  static constexpr std::string_view name = "sign";
  static constexpr OpWords words{"Take the sign of {0}", "the sign",
                                 "A sign is flat but for its jump: nothing is passed on."};
  static constexpr bool exact = true;
  static constexpr Worst worst{0.0, 0.0};
  static constexpr auto value(auto x) {
    using X = decltype(x);
    return where(x > X(0.0), X(1.0), where(x < X(0.0), X(-1.0), x));
  }
  static constexpr auto d(wrt<0>, auto, auto y) { return Gate{bind(Flat{}, y)}; }
  static constexpr auto shown(wrt<0>, auto, auto) { return 0.0; }
  static auto composed(const auto& x) {
    const auto positive = bind(Greater{}, x, 0.0);
    return positive - bind(Less{}, x, 0.0);
  }
  static constexpr std::string_view convention(double x) {
    return x == 0.0 ? "sign jumps at 0: 0 is taken for its derivative" : "";
  }
};

/// |x|.  d|x|/dx = sign x, which is 0 at 0 (K1).  The second derivative is 0, at 0 too by that convention; that of |x|² is
/// right everywhere on tensors.
struct Abs : Unary {
  static constexpr std::string_view name = "abs", symbol = "|x|", left = "|", right = "|";
  static constexpr OpWords words{"Take the absolute value of {0}", "the absolute value",
                                 "The gradient passes where the argument was positive, and changes its sign where it "
                                 "was negative."};
  static constexpr bool exact = true;
  static constexpr Worst worst{0.0, 0.0};
  static constexpr auto value(auto x) { return abs(x); }
  static constexpr auto d(wrt<0>, auto x, auto) { return bind(Sign{}, x); }
  static constexpr std::string_view convention(double x) {
    return x == 0.0 ? "|x| has no derivative at 0: 0 is taken" : "";
  }
  static auto squared(const auto& x) { return bind(Square{}, x); }
};

/// The largest whole number that is not above x.  Derivative 0 everywhere.
struct Floor : Unary {
  static constexpr std::string_view name = "floor", symbol = "⌊x⌋", left = "⌊", right = "⌋";
  static constexpr OpWords words{"Round {0} down", "the rounding",
                                 "What is rounded is flat between its jumps: nothing is passed on."};
  static constexpr bool exact = true;
  static constexpr Worst worst{0.0, 0.0};
  static constexpr auto value(auto x) { return floor(x); }
  static constexpr auto d(wrt<0>, auto, auto y) { return Gate{bind(Flat{}, y)}; }
  static constexpr auto shown(wrt<0>, auto, auto) { return 0.0; }
  static std::string_view convention(double x) {
    return floor(x) == x ? "floor jumps at whole numbers: 0 is taken for its derivative" : "";
  }
};

/// The smallest whole number that is not below x.  Derivative 0 everywhere.
struct Ceil : Unary {
  static constexpr std::string_view name = "ceil", symbol = "⌈x⌉", left = "⌈", right = "⌉";
  static constexpr OpWords words{"Round {0} up", "the rounding",
                                 "What is rounded is flat between its jumps: nothing is passed on."};
  static constexpr bool exact = true;
  static constexpr Worst worst{0.0, 0.0};
  static constexpr auto value(auto x) { return ceil(x); }
  static constexpr auto d(wrt<0>, auto, auto y) { return Gate{bind(Flat{}, y)}; }
  static constexpr auto shown(wrt<0>, auto, auto) { return 0.0; }
  static std::string_view convention(double x) {
    return ceil(x) == x ? "ceil jumps at whole numbers: 0 is taken for its derivative" : "";
  }
};

/// The nearest whole number, a half to the even one: 2.5 to 2, as NumPy and PyTorch do it.  Derivative 0 everywhere.
struct Round : Unary {
  static constexpr std::string_view name = "round";
  static constexpr OpWords words{"Round {0}", "the rounding",
                                 "What is rounded is flat between its jumps: nothing is passed on."};
  static constexpr bool exact = true;
  static constexpr Worst worst{0.0, 0.0};
  static constexpr auto value(auto x) { return rint(x); }
  static constexpr auto d(wrt<0>, auto, auto y) { return Gate{bind(Flat{}, y)}; }
  static constexpr auto shown(wrt<0>, auto, auto) { return 0.0; }
  static std::string_view convention(double x) {
    return floor(x - 0.5) == x - 0.5 ? "round jumps halfway between whole numbers: 0 is taken for its derivative" : "";
  }
};

/// x without its fraction.  Derivative 0 everywhere.
struct Trunc : Unary {
  static constexpr std::string_view name = "trunc";
  static constexpr OpWords words{"Cut off the fraction of {0}", "the whole part",
                                 "What is rounded is flat between its jumps: nothing is passed on."};
  static constexpr bool exact = true;
  static constexpr Worst worst{0.0, 0.0};
  static constexpr auto value(auto x) { return copysign(floor(abs(x)), x); }
  static constexpr auto d(wrt<0>, auto, auto y) { return Gate{bind(Flat{}, y)}; }
  static constexpr auto shown(wrt<0>, auto, auto) { return 0.0; }
  static std::string_view convention(double x) {
    return floor(x) == x && x != 0.0 ? "trunc jumps at whole numbers: 0 is taken for its derivative" : "";
  }
};

template <class X, detail::Nothing... Yield>
constexpr auto sign(const X& x, Yield...) {
  return bind(Sign{}, x);
}

template <Interpreted X>
constexpr auto abs(const X& x) {
  return bind(Abs{}, x);
}
template <Interpreted X>
constexpr auto floor(const X& x) {
  return bind(Floor{}, x);
}
template <Interpreted X>
constexpr auto ceil(const X& x) {
  return bind(Ceil{}, x);
}
template <class X>
requires(Interpreted<X> || LeafRegister<X>)  //
    constexpr auto trunc(const X& x) {
  return bind(Trunc{}, x);
}
/// Half to even, which std::round is not.
template <class X>
requires(Interpreted<X> || LeafRegister<X>)  //
    constexpr auto round(const X& x) {
  return bind(Round{}, x);
}

}  // namespace gradus
