// THE TABLE, part 2: hyperbolic functions and their inverses.
#pragma once
#include <cmath>
#include <string_view>

#include "exponential.h"
#include "powers.h"

namespace gradus {

/// cosh x.  d cosh x/dx = sinh x.  Domain: all reals.
struct Cosh : Unary {
  static constexpr std::string_view name = "cosh";
  static constexpr OpWords words{"Apply cosh to {0}", "cosh", "The slope of cosh is sinh."};
  static constexpr Worst worst{3.0, 3.0};
  static constexpr auto value(auto x) { return cosh(x); }
  static constexpr auto d(wrt<0>, const auto& x, const auto&);
  static auto composed(const auto& x) {
    const auto rising = bind(Exp{}, x);
    return (rising + bind(Exp{}, -x)) / 2.0;
  }
};

/// sinh x.  d sinh x/dx = cosh x.  Domain: all reals.
struct Sinh : Unary {
  static constexpr std::string_view name = "sinh";
  static constexpr OpWords words{"Apply sinh to {0}", "sinh", "The slope of sinh is cosh."};
  static constexpr Worst worst{3.0, 3.0};
  static constexpr auto value(auto x) { return sinh(x); }
  static constexpr auto d(wrt<0>, const auto& x, const auto&) { return bind(Cosh{}, x); }
  static auto composed(const auto& x) {
    const auto rising = bind(Exp{}, x);
    return (rising - bind(Exp{}, -x)) / 2.0;
  }
};

constexpr auto Cosh::d(wrt<0>, const auto& x, const auto&) { return bind(Sinh{}, x); }

/// sech² x = 1 − tanh² x, the slope of tanh, as 4e/(1+e)² with e = exp(−2|x|): full precision in the tails, where
/// 1 − y² would leave no digit.  d/dx = −2 tanh x · sech² x.  Domain: all reals.
struct Sech2 : Unary {
  static constexpr bool internal = true;
  static constexpr std::string_view name = "sech2", symbol = "sech²";
  static constexpr Worst worst{4.8, 6.2};
  static constexpr auto value(auto x) {
    using X = decltype(x);
    const X e = exp(X(-2.0) * abs(x));
    const X s = X(1.0) + e;
    return X(4.0) * e / (s * s);
  }
  static constexpr auto d(wrt<0>, const auto& x, const auto& y);
};

/// tanh x.  d tanh/dx = 1 − tanh² x, computed as sech² x (above).  Domain: all reals.
struct ops::Tanh : ActivationOp {
  static constexpr std::string_view name = "tanh";
  static constexpr OpWords words{"Apply tanh to {0}", "tanh",
                                 "tanh′ = 1 − tanh²: the slope comes from the value kept on the way forward."};
  static constexpr Worst worst{2.4, 4.8};
  static constexpr auto value(auto x) { return tanh(x); }
  static constexpr auto d(wrt<0>, auto x, auto) { return bind(Sech2{}, x); }
  static constexpr auto shown(wrt<0>, auto, auto y) { return 1.0 - y * y; }
  static auto composed(const auto& x) {
    const auto e = bind(Exp{}, 2.0 * x);
    const auto less = e - 1.0;
    return less / (e + 1.0);
  }
};

constexpr auto Sech2::d(wrt<0>, const auto& x, const auto& y) { return -2.0 * (bind(ops::Tanh{}, x) * y); }

/// 1/√(1 + x²), the slope of asinh, as 1/|x| where x² could overflow and 1 is less than a rounding.  d/dx = −x y³.
/// Domain: all reals.
struct AsinhSlope : Unary {
  static constexpr bool internal = true;
  static constexpr std::string_view name = "asinh_slope", symbol = "asinh′";
  static constexpr Worst worst{3.0, 9.0};
  static constexpr auto value(auto x) {
    using X = decltype(x);
    const X far = abs(x);
    return X(1.0) / where(far > X(0x1p60), far, sqrt(X(1.0) + x * x));
  }
  static constexpr auto d(wrt<0>, const auto& x, const auto& y) { return -(x * y * y * y); }
  static constexpr auto shown(wrt<0>, const auto& x, const auto& y) { return -(x * bind(Power{{}, 3.0}, y)); }
  static constexpr auto written(const auto& x) { return 1.0 / bind(Sqrt{}, 1.0 + bind(Square{}, x)); }
};

/// asinh x.  d asinh x/dx = 1/√(1 + x²) (above).  Domain: all reals.
struct Asinh : Unary {
  static constexpr std::string_view name = "asinh";
  static constexpr OpWords words{"Apply asinh to {0}", "asinh",
                                 "The slope of asinh is one over the root of the square plus 1."};
  static constexpr Worst worst{4.0, 3.0};
  static constexpr auto value(auto x) { return asinh(x); }
  static constexpr auto d(wrt<0>, const auto& x, const auto&) { return bind(AsinhSlope{}, x); }
  static auto composed(const auto& x) { return bind(Log{}, x + bind(Sqrt{}, bind(Square{}, x) + 1.0)); }
};

/// 1/√(x² − 1), the slope of acosh, with x² − 1 as (x − 1)(x + 1): full precision next to 1; 1/|x| where x² could
/// overflow.  d/dx = −x y³.  Domain: |x| ≥ 1 (∞ at 1, NaN between).
struct AcoshSlope : Unary {
  static constexpr bool internal = true;
  static constexpr std::string_view name = "acosh_slope", symbol = "acosh′";
  static constexpr Worst worst{2.9, 8.6};
  static constexpr Domain domain{1.001, 50.0};
  static constexpr auto value(auto x) {
    using X = decltype(x);
    const X far = abs(x);
    return X(1.0) / where(far > X(0x1p60), far, sqrt((x - X(1.0)) * (x + X(1.0))));
  }
  static constexpr auto d(wrt<0>, const auto& x, const auto& y) { return -(x * y * y * y); }
  static constexpr auto shown(wrt<0>, const auto& x, const auto& y) { return -(x * bind(Power{{}, 3.0}, y)); }
  static constexpr auto written(const auto& x) { return 1.0 / bind(Sqrt{}, bind(Square{}, x) - 1.0); }
};

/// acosh x.  d acosh x/dx = 1/√(x² − 1) (above).  Domain: x ≥ 1, NaN below; the derivative follows the formula (K10).
struct Acosh : Unary {
  static constexpr std::string_view name = "acosh";
  static constexpr OpWords words{"Apply acosh to {0}", "acosh",
                                 "The slope of acosh is one over the root of the square less 1."};
  static constexpr Worst worst{1.9, 2.9};
  static constexpr Domain domain{1.001, 50.0};
  static constexpr auto value(auto x) { return acosh(x); }
  static constexpr auto d(wrt<0>, const auto& x, const auto&) { return bind(AcoshSlope{}, x); }
  static auto composed(const auto& x) { return bind(Log{}, x + bind(Sqrt{}, bind(Square{}, x) - 1.0)); }
};

/// 1/(1 − x²), the slope of atanh, as 1/(1 − x)/(1 + x): full precision next to ±1, and no overflow.  d/dx = 2x y².
/// Domain: x ≠ ±1 (∞ there).
struct AtanhSlope : Unary {
  static constexpr bool internal = true;
  static constexpr std::string_view name = "atanh_slope", symbol = "atanh′";
  static constexpr Worst worst{2.6, 8.4};
  static constexpr Domain domain{-0.999, 0.999};
  static constexpr auto value(auto x) {
    using X = decltype(x);
    return X(1.0) / (X(1.0) - x) / (X(1.0) + x);
  }
  static constexpr auto d(wrt<0>, const auto& x, const auto& y) { return 2.0 * (x * y * y); }
  static constexpr auto shown(wrt<0>, const auto& x, const auto& y) { return 2.0 * x * bind(Square{}, y); }
  static constexpr auto written(const auto& x) { return 1.0 / (1.0 - bind(Square{}, x)); }
};

/// atanh x.  d atanh x/dx = 1/(1 − x²) (above).  Domain: |x| < 1 (±∞ at ±1, NaN outside; the derivative follows the
/// formula, K10).
struct Atanh : Unary {
  static constexpr std::string_view name = "atanh";
  static constexpr OpWords words{"Apply atanh to {0}", "atanh", "The slope of atanh is one over 1 less the square."};
  static constexpr Worst worst{2.2, 2.6};
  static constexpr Domain domain{-0.999, 0.999};
  static constexpr auto value(auto x) { return atanh(x); }
  static constexpr auto d(wrt<0>, const auto& x, const auto&) { return bind(AtanhSlope{}, x); }
  static auto composed(const auto& x) {
    const auto more = 1.0 + x;
    return bind(Log{}, more / (1.0 - x)) / 2.0;
  }
};

template <Interpreted X>
constexpr auto sinh(const X& x) {
  return bind(Sinh{}, x);
}
template <Interpreted X>
constexpr auto cosh(const X& x) {
  return bind(Cosh{}, x);
}
template <Interpreted X>
constexpr auto tanh(const X& x) {
  return bind(ops::Tanh{}, x);
}
template <Interpreted X>
constexpr auto asinh(const X& x) {
  return bind(Asinh{}, x);
}
template <Interpreted X>
constexpr auto acosh(const X& x) {
  return bind(Acosh{}, x);
}
template <Interpreted X>
constexpr auto atanh(const X& x) {
  return bind(Atanh{}, x);
}

}  // namespace gradus
