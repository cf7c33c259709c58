// THE TABLE, part 2: circular functions and their inverses.
#pragma once
#include <cmath>
#include <string_view>

#include "powers.h"

namespace gradus {

/// cos x.  d cos x/dx = −sin x.  Domain: all reals, however large; NaN at ±∞.
struct Cos : Unary {
  static constexpr std::string_view name = "cos";
  static constexpr OpWords words{"Take the cosine of {0}", "the cosine",
                                 "The slope of the cosine is the sine with a minus."};
  static constexpr Worst worst{1.1, 1.1};
  static constexpr auto value(auto x) { return cos(x); }
  static constexpr auto d(wrt<0>, const auto& x, const auto&);
};

/// sin x.  d sin x/dx = cos x.  Domain: all reals, however large; NaN at ±∞.
struct Sin : Unary {
  static constexpr std::string_view name = "sin";
  static constexpr OpWords words{"Take the sine of {0}", "the sine", "The slope of the sine is the cosine."};
  static constexpr Worst worst{1.1, 1.1};
  static constexpr auto value(auto x) { return sin(x); }
  static constexpr auto d(wrt<0>, const auto& x, const auto&) { return bind(Cos{}, x); }
};

constexpr auto Cos::d(wrt<0>, const auto& x, const auto&) { return -bind(Sin{}, x); }

/// tan x.  d tan x/dx = 1 + tan² x.  Domain: all reals, however large; NaN at ±∞.
struct Tan : Unary {
  static constexpr std::string_view name = "tan";
  static constexpr OpWords words{"Take the tangent of {0}", "the tangent",
                                 "The slope of the tangent is 1 plus its square."};
  static constexpr Worst worst{2.5, 4.7};
  static constexpr auto value(auto x) { return tan(x); }
  static constexpr auto d(wrt<0>, const auto&, const auto& y) { return 1.0 + bind(Square{}, y); }
  static auto composed(const auto& x) {
    const auto sine = bind(Sin{}, x);
    return sine / bind(Cos{}, x);
  }
};

/// 1/√(1 − x²), the slope of asin, with 1 − x² as (1 − x)(1 + x): full precision next to ±1.  d/dx = x y³.
/// Domain: |x| ≤ 1 (∞ at ±1, NaN outside).
struct AsinSlope : Unary {
  static constexpr bool internal = true;
  static constexpr std::string_view name = "asin_slope", symbol = "asin′";
  static constexpr Worst worst{2.7, 9.7};
  static constexpr Domain domain{-0.999, 0.999};
  static constexpr auto value(auto x) {
    using X = decltype(x);
    return X(1.0) / sqrt((X(1.0) - x) * (X(1.0) + x));
  }
  static constexpr auto d(wrt<0>, const auto& x, const auto& y) { return x * y * (y * y); }
  static constexpr auto shown(wrt<0>, const auto& x, const auto& y) { return x * bind(Power{{}, 3.0}, y); }
  static constexpr auto written(const auto& x) { return 1.0 / bind(Sqrt{}, 1.0 - bind(Square{}, x)); }
};

/// asin x.  d asin x/dx = 1/√(1 − x²) (above).  Domain: |x| ≤ 1, NaN outside in value and derivative (K10).
struct Asin : Unary {
  static constexpr std::string_view name = "asin";
  static constexpr OpWords words{"Take the arcsine of {0}", "the arcsine",
                                 "The slope of the arcsine is one over the root of 1 less the square."};
  static constexpr Worst worst{3.0, 2.7};
  static constexpr Domain domain{-0.999, 0.999};
  static constexpr auto value(auto x) { return asin(x); }
  static constexpr auto d(wrt<0>, const auto& x, const auto&) { return bind(AsinSlope{}, x); }
};

/// acos x.  d acos x/dx = −1/√(1 − x²).  Domain: |x| ≤ 1, NaN outside in value and derivative (K10).
struct Acos : Unary {
  static constexpr std::string_view name = "acos";
  static constexpr OpWords words{"Take the arccosine of {0}", "the arccosine",
                                 "The slope of the arccosine is that of the arcsine with a minus."};
  static constexpr Worst worst{1.7, 2.7};
  static constexpr Domain domain{-0.999, 0.999};
  static constexpr auto value(auto x) { return acos(x); }
  static constexpr auto d(wrt<0>, const auto& x, const auto&) { return -bind(AsinSlope{}, x); }
};

/// 1/(1 + x²), the slope of atan, as (1/x)² where x² could overflow and 1 is less than a rounding.  d/dx = −2x y².
/// Domain: all reals.
struct AtanSlope : Unary {
  static constexpr bool internal = true;
  static constexpr std::string_view name = "atan_slope", symbol = "atan′";
  static constexpr Worst worst{2.7, 6.3};
  static constexpr auto value(auto x) {
    using X = decltype(x);
    const X inverse = X(1.0) / x;
    return where(abs(x) > X(0x1p60), inverse * inverse, X(1.0) / (X(1.0) + x * x));
  }
  static constexpr auto d(wrt<0>, const auto& x, const auto& y) { return -2.0 * (x * y * y); }
  static constexpr auto shown(wrt<0>, const auto& x, const auto& y) { return -2.0 * x * bind(Square{}, y); }
  static constexpr auto written(const auto& x) { return 1.0 / (1.0 + bind(Square{}, x)); }
};

/// atan x.  d atan x/dx = 1/(1 + x²) (above).  Domain: all reals.
struct Atan : Unary {
  static constexpr std::string_view name = "atan";
  static constexpr OpWords words{"Take the arctangent of {0}", "the arctangent",
                                 "The slope of the arctangent is one over 1 plus the square."};
  static constexpr Worst worst{2.7, 2.7};
  static constexpr auto value(auto x) { return atan(x); }
  static constexpr auto d(wrt<0>, const auto& x, const auto&) { return bind(AtanSlope{}, x); }
};

template <Interpreted X>
constexpr auto sin(const X& x) {
  return bind(Sin{}, x);
}
template <Interpreted X>
constexpr auto cos(const X& x) {
  return bind(Cos{}, x);
}
template <Interpreted X>
constexpr auto tan(const X& x) {
  return bind(Tan{}, x);
}
template <Interpreted X>
constexpr auto asin(const X& x) {
  return bind(Asin{}, x);
}
template <Interpreted X>
constexpr auto acos(const X& x) {
  return bind(Acos{}, x);
}
template <Interpreted X>
constexpr auto atan(const X& x) {
  return bind(Atan{}, x);
}

}  // namespace gradus
