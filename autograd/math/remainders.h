// THE TABLE, part 4: remainders of a division.
#pragma once
#include <array>
#include <string_view>

#include "rounding.h"

namespace gradus {

/// x − n·y with n the whole part of x/y, exactly; it has the sign of x, as in C.  ∂/∂x = 1 and ∂/∂y = −n.
/// NaN for y = 0 and for an infinite x, in value and derivatives.
struct Fmod : Binary {
  static constexpr std::string_view name = "fmod", meaning = "a − trunc(a/b)·b", defined = "b ≠ 0";
  static constexpr OpWords words{
      "Take the remainder of {0} divided by {1}", "the remainder",
      "What is divided receives the gradient as it is; the divisor, minus as many times as it "
      "was taken away."};
  static constexpr Worst worst{0.0, 2.0};
  static constexpr Domain domain{0.5, 6.0};
  static constexpr auto value(auto x, auto y) { return fmod(x, y); }
  static constexpr auto d(wrt<0>, const auto&, const auto&, const auto& r) { return 1.0 + bind(Flat{}, r); }
  static constexpr auto d(wrt<1>, const auto& x, const auto& y, const auto& r) { return bind(Round{}, (r - x) / y); }
  static constexpr auto shown(wrt<0>, const auto&, const auto&, const auto&) { return 1.0; }
  static constexpr auto shown(wrt<1>, const auto& x, const auto& y, const auto&) { return -bind(Trunc{}, x / y); }
  static std::string_view convention(double x, double y) {
    return x != 0.0 && fmod(x, y) == 0.0
               ? "fmod jumps where the division leaves nothing: the slope beside the jump is taken"
               : "";
  }
};

/// x − n·y with n the largest whole number that is not above x/y; it has the sign of y, as % in Python and NumPy.
/// ∂/∂x = 1 and ∂/∂y = −n.  NaN for y = 0 and for an infinite x, in value and derivatives.
struct Mod : Binary {
  static constexpr std::string_view name = "mod", meaning = "a − ⌊a/b⌋·b", defined = "b ≠ 0";
  static constexpr OpWords words = Fmod::words;
  static constexpr Worst worst{0.5, 2.0};
  static constexpr Domain domain{0.5, 6.0};
  static constexpr auto value(auto x, auto y) {
    using X = decltype(x);
    const X zero(0.0);
    const X r = fmod(x, y);
    const X moved = where(r < zero, where(y > zero, r + y, r), where(r > zero, where(y < zero, r + y, r), r));
    return where(r == zero, copysign(zero, y), moved);
  }
  static constexpr auto d(wrt<0>, const auto&, const auto&, const auto& r) { return 1.0 + bind(Flat{}, r); }
  static constexpr auto d(wrt<1>, const auto& x, const auto& y, const auto& r) { return bind(Round{}, (r - x) / y); }
  static constexpr auto shown(wrt<0>, const auto&, const auto&, const auto&) { return 1.0; }
  static constexpr auto shown(wrt<1>, const auto& x, const auto& y, const auto&) { return -bind(Floor{}, x / y); }
  static std::string_view convention(wrt<0>, double x, double y) {
    return fmod(x, y) == 0.0 ? "mod jumps where the division leaves nothing: the slope beside the jump is taken" : "";
  }
  static std::string_view convention(wrt<1>, double x, double y) {  // 0 leaves nothing, whatever y is
    return x == 0.0 ? "" : convention(wrt<0>{}, x, y);
  }
};

/// x − trunc(x/y)·y, with the sign of x.  Either may be a C++ number.
template <class X, class Y>
requires(Infix<X, Y> || detail::RegisterAndConstant<X, Y>)  //
    constexpr auto fmod(const X& x, const Y& y) {
  return bind(Fmod{}, x, y);
}
/// x − ⌊x/y⌋·y, with the sign of y: what % is in Python and NumPy.
template <detail::Deduced = detail::Deduced(), class X, class Y>
requires detail::Operands<X, Y>
constexpr auto mod(const X& x, const Y& y) { return bind(Mod{}, x, y); }
/// The same as mod: the sign is that of y, as in Python and NumPy.  (Of C++ numbers alone it is another thing.)
template <class A, class B>
requires Infix<A, B>
constexpr auto operator%(const A& a, const B& b) { return bind(Mod{}, a, b); }

}  // namespace gradus
