// THE TABLE, part 2: exponentials and logarithms.
#pragma once
#include <cmath>
#include <string_view>

#include "arithmetic.h"

namespace gradus {

inline constexpr Irrational log_2{"log(2)", 0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56};
inline constexpr Irrational log_10{"log(10)", 0x1.26bb1bbb55516p+1, -0x1.f48ad494ea3e9p-53};
inline constexpr Irrational log2_e{"log₂e", 0x1.71547652b82fep+0, 0x1.777d0ffda0d24p-56};
inline constexpr Irrational log10_e{"log₁₀e", 0x1.bcb7b1526e50ep-2, 0x1.95355baaafad3p-57};

/// eˣ.  d eˣ/dx = eˣ.  Domain: all reals.
struct Exp : Unary {
  static constexpr std::string_view name = "exp";
  static constexpr OpWords words{"Apply exp to {0}", "exp",
                                 "The slope of exp is its own value, kept from the way forward."};
  static constexpr Worst worst{3.1, 3.1};
  static constexpr auto value(auto x) { return exp(x); }
  static constexpr auto d(wrt<0>, auto, auto y) { return y; }
};

/// 2ˣ.  d 2ˣ/dx = ln 2 · 2ˣ, as 2 ln 2 · 2ˣ⁻¹, which is finite as long as the derivative is.  Domain: all reals.
struct Exp2 : Unary {
  static constexpr std::string_view name = "exp2", meaning = "2^x";
  static constexpr OpWords words{"Raise 2 to the power {0}", "the power of 2",
                                 "The slope of a power of 2 is its own value times the logarithm of 2."};
  static constexpr Worst worst{3.4, 8.0};
  static constexpr auto value(auto x) { return exp2(x); }
  // As (ln 2 · h)·h with h = 2^(x/2), which is finite wherever the derivative is.
  static constexpr auto d(wrt<0>, const auto& x, const auto&) {
    const auto h = bind(Exp2{}, 0.5 * x);
    return (log_2 * h) * h;
  }
  static constexpr auto shown(wrt<0>, const auto&, const auto& y) { return log_2 * y; }
  static auto composed(const auto& x) { return bind(Exp{}, x * log_2); }
};

/// eˣ − 1, to the last digit also where eˣ is near 1.  d/dx = eˣ: from x, because 1 + y would leave no digit for very
/// negative x.  Domain: all reals.
struct Expm1 : Unary {
  static constexpr std::string_view name = "expm1";
  static constexpr OpWords words{"Take e to the power {0}, less 1", "the exponential less 1",
                                 "The 1 is constant: the slope is that of the exponential, which is itself."};
  static constexpr Worst worst{2.9, 3.1};
  static constexpr auto value(auto x) { return expm1(x); }
  static constexpr auto d(wrt<0>, auto x, auto) { return bind(Exp{}, x); }
  static auto composed(const auto& x) { return bind(Exp{}, x) - 1.0; }
};

/// eˣ⁻ᵐ, and 1 where x = m even at infinity: the heart of softmax, where m is the largest x.  What rounding took from
/// the difference is given back as a factor 1 + lost, since e^(d + lost) ≈ e^d (1 + lost).
struct ExpDifference : Binary {
  static constexpr bool internal = true;
  static constexpr std::string_view name = "exp_difference", symbol = "exp";
  static constexpr Worst worst{2.9, 2.9};
  static constexpr auto value(auto x, auto m) {
    using X = decltype(x);
    const X d = x - m;
    const X back = d - x;
    const X lost = (x - (d - back)) - (m + back);  // exactly (x − m) − d (Knuth's TwoSum); NaN at infinity
    const X y = exp(d);
    return where(x == m, X(1.0), where(abs(lost) < X(1.0), y * (X(1.0) + lost), y));
  }
  static constexpr auto d(wrt<0>, auto, auto, auto y) { return y; }
  static constexpr auto d(wrt<1>, auto, auto, auto y) { return -y; }
};

/// ln x.  d ln x/dx = 1/x.  Domain: x > 0 (−∞ at 0, NaN below; the derivative follows the formula, K10).
struct Log : Unary {
  static constexpr std::string_view name = "log";
  static constexpr OpWords words{"Take the logarithm of {0}", "the logarithm",
                                 "The slope of a logarithm is one over its argument."};
  static constexpr Worst worst{1.4, 0.8};
  static constexpr Domain domain{1e-3, 50.0};
  static constexpr auto value(auto x) { return log(x); }
  static constexpr auto d(wrt<0>, auto x, auto) { return 1.0 / x; }
};

/// log₂ x.  d/dx = log₂e / x.  Domain: x > 0 (−∞ at 0, NaN below; the derivative follows the formula, K10).
struct Log2 : Unary {
  static constexpr std::string_view name = "log2";
  static constexpr OpWords words{"Take the logarithm of {0} to base 2", "the logarithm",
                                 "The slope of a logarithm is one over its argument, here divided by the logarithm of "
                                 "2."};
  static constexpr Worst worst{2.3, 1.1};
  static constexpr Domain domain{1e-3, 50.0};
  static constexpr auto value(auto x) { return log2(x); }
  static constexpr auto d(wrt<0>, auto x, auto) { return log2_e / x; }
  static auto composed(const auto& x) { return bind(Log{}, x) / log_2; }
};

/// log₁₀ x.  d/dx = log₁₀e / x.  Domain: x > 0 (−∞ at 0, NaN below; the derivative follows the formula, K10).
struct Log10 : Unary {
  static constexpr std::string_view name = "log10";
  static constexpr OpWords words{"Take the logarithm of {0} to base 10", "the logarithm",
                                 "The slope of a logarithm is one over its argument, here divided by the logarithm of "
                                 "10."};
  static constexpr Worst worst{2.1, 1.3};
  static constexpr Domain domain{1e-3, 50.0};
  static constexpr auto value(auto x) { return log10(x); }
  static constexpr auto d(wrt<0>, auto x, auto) { return log10_e / x; }
  static auto composed(const auto& x) { return bind(Log{}, x) / log_10; }
};

/// ln(1 + x), to the last digit also for tiny x.  d/dx = 1/(1 + x).
/// Domain: x > −1 (−∞ at −1, NaN below; the derivative follows the formula, K10).
struct Log1p : Unary {
  static constexpr std::string_view name = "log1p";
  static constexpr OpWords words{"Take the logarithm of 1 + {0}", "the logarithm",
                                 "The slope is one over what the logarithm is taken of."};
  static constexpr Worst worst{1.2, 2.1};
  static constexpr Domain domain{-0.999, 6.0};
  static constexpr auto value(auto x) { return log1p(x); }
  static constexpr auto d(wrt<0>, auto x, auto) { return 1.0 / (1.0 + x); }
  static auto composed(const auto& x) { return bind(Log{}, 1.0 + x); }
};

template <Interpreted X>
constexpr auto exp(const X& x) {
  return bind(Exp{}, x);
}
template <Interpreted X>
constexpr auto exp2(const X& x) {
  return bind(Exp2{}, x);
}
template <Interpreted X>
constexpr auto expm1(const X& x) {
  return bind(Expm1{}, x);
}
template <Interpreted X>
constexpr auto log(const X& x) {
  return bind(Log{}, x);
}
template <Interpreted X>
constexpr auto log2(const X& x) {
  return bind(Log2{}, x);
}
template <Interpreted X>
constexpr auto log10(const X& x) {
  return bind(Log10{}, x);
}
template <Interpreted X>
constexpr auto log1p(const X& x) {
  return bind(Log1p{}, x);
}

}  // namespace gradus
