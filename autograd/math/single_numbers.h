// What <cmath> and <limits> offer for a double, for the numbers that stand for one: Dual, Tangents, Scalar.  So generic code
// written for double compiles with them.  Comparisons and tests are those of the value.
#pragma once
#include <cmath>
#include <limits>
#include <type_traits>

#include "dual.h"
#include "rounding.h"
#include "selection.h"

namespace gradus {

namespace detail {

/// Whether a number type stands for a single double, `inside` of it.
template <class X>
inline constexpr bool is_single = std::is_same_v<X, double>;
template <class T>
inline constexpr bool is_single<Dual<T>> = is_single<T>;

template <class X>
constexpr double inside(const X& x) {
  if constexpr (std::is_arithmetic_v<X>) {
    return static_cast<double>(x);
  } else if constexpr (requires { x.value(); }) {
    return inside(x.value());
  } else {
    return inside(x.v);
  }
}

}  // namespace detail

/// A number that stands for a double and carries derivatives.
template <class X>
concept SingleNumber = Interpreted<X> && detail::is_single<X>;

namespace detail {

/// Two numbers of one such type, or one and a C++ number.
template <class A, class B>
concept SinglePair = (SingleNumber<A> && (std::is_same_v<A, B> || std::is_arithmetic_v<B>)) ||
                     (std::is_arithmetic_v<A> && SingleNumber<B>);

}  // namespace detail

/// Whether the value is no number.
template <SingleNumber X>
bool isnan(const X& x) {
  return std::isnan(detail::inside(x));
}
/// Whether the value is a number, and finite.
template <SingleNumber X>
bool isfinite(const X& x) {
  return std::isfinite(detail::inside(x));
}
/// Whether the value is infinite.
template <SingleNumber X>
bool isinf(const X& x) {
  return std::isinf(detail::inside(x));
}
/// Whether the value is finite, not 0 and not subnormal.
template <SingleNumber X>
bool isnormal(const X& x) {
  return std::isnormal(detail::inside(x));
}
/// Whether the value has a minus sign; −0 has one.
template <SingleNumber X>
bool signbit(const X& x) {
  return std::signbit(detail::inside(x));
}

/// |x|, by the name that <cmath> has for it.
template <SingleNumber X>
auto fabs(const X& x) {
  return bind(Abs{}, x);
}

/// The larger of two, one of them a C++ number; NaN if either is.
template <class A, class B>
requires(detail::SinglePair<A, B> && !std::is_same_v<A, B>) auto max(const A& a, const B& b) {
  return bind(Maximum{}, a, b);
}
/// The smaller of two, one of them a C++ number; NaN if either is.
template <class A, class B>
requires(detail::SinglePair<A, B> && !std::is_same_v<A, B>) auto min(const A& a, const B& b) {
  return bind(Minimum{}, a, b);
}

/// The larger of two, and the other where one is NaN, as in C.  Equal numbers share the gradient (K3).
template <class A, class B>
requires detail::SinglePair<A, B>
auto fmax(const A& a, const B& b) {
  using N = number<A, B>;
  if (std::isnan(detail::inside(a))) return as<N>(b);
  if (std::isnan(detail::inside(b))) return as<N>(a);
  return N(bind(Maximum{}, a, b));
}
/// The smaller of two, and the other where one is NaN, as in C.
template <class A, class B>
requires detail::SinglePair<A, B>
auto fmin(const A& a, const B& b) {
  using N = number<A, B>;
  if (std::isnan(detail::inside(a))) return as<N>(b);
  if (std::isnan(detail::inside(b))) return as<N>(a);
  return N(bind(Minimum{}, a, b));
}
/// a − b where that is positive, else 0.
template <class A, class B>
requires detail::SinglePair<A, B>
auto fdim(const A& a, const B& b) {
  using N = number<A, B>;
  return detail::inside(a) <= detail::inside(b) ? N(0.0) : N(a - b);
}
/// |x| with the sign of s: x, or −x.  Nothing passes to s.
template <class X, class S>
requires detail::SinglePair<X, S>
auto copysign(const X& x, const S& s) {
  using N = number<X, S>;
  const bool same = std::signbit(detail::inside(x)) == std::signbit(detail::inside(s));
  return same ? as<N>(x) : N(-as<N>(x));
}

/// x·y + z, rounded once.
struct Fma : Ternary {
  static constexpr std::string_view name = "fma";
  static double value(double x, double y, double z) { return std::fma(x, y, z); }
  static auto value(const auto& x, const auto& y, const auto& z) { return x * y + z; }
  static constexpr auto d(wrt<0>, const auto&, const auto& y, const auto&, const auto&) { return y; }
  static constexpr auto d(wrt<1>, const auto& x, const auto&, const auto&, const auto&) { return x; }
  static constexpr auto d(wrt<2>, const auto&, const auto&, const auto&, const auto&) { return One{}; }
};

/// x·y + z, of the value rounded once, as in C; any of the three may be a C++ number.
template <class X, class Y, class Z>
requires SingleNumber<number<X, Y, Z>>
auto fma(const X& x, const Y& y, const Z& z) { return bind(Fma{}, x, y, z); }

/// x + 1, in place.
template <SingleNumber X>
X& operator++(X& x) {
  return x = x + 1.0;
}
/// x − 1, in place.
template <SingleNumber X>
X& operator--(X& x) {
  return x = x - 1.0;
}
/// x before 1 was added to it.
template <SingleNumber X>
X operator++(X& x, int) {
  const X before = x;
  x = x + 1.0;
  return before;
}
/// x before 1 was taken from it.
template <SingleNumber X>
X operator--(X& x, int) {
  const X before = x;
  x = x - 1.0;
  return before;
}

/// The limits of double, as constants of a number type that stands for one.
template <class X>
struct SingleLimits : std::numeric_limits<double> {
  using Base = std::numeric_limits<double>;
  static constexpr X min() noexcept { return X(Base::min()); }
  static constexpr X max() noexcept { return X(Base::max()); }
  static constexpr X lowest() noexcept { return X(Base::lowest()); }
  static constexpr X epsilon() noexcept { return X(Base::epsilon()); }
  static constexpr X round_error() noexcept { return X(Base::round_error()); }
  static constexpr X infinity() noexcept { return X(Base::infinity()); }
  static constexpr X quiet_NaN() noexcept { return X(Base::quiet_NaN()); }
  static constexpr X signaling_NaN() noexcept { return X(Base::signaling_NaN()); }
  static constexpr X denorm_min() noexcept { return X(Base::denorm_min()); }
};

}  // namespace gradus

template <class T>
requires gradus::detail::is_single<T>
class std::numeric_limits<gradus::Dual<T>> : public gradus::SingleLimits<gradus::Dual<T>> {
};
