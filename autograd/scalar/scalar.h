// Scalar: one number recorded on a Tape, for numerical code in plain C++ loops.
#pragma once
#include <cmath>
#include <compare>
#include <concepts>
#include <type_traits>

#include "autograd/scalar/recording.h"
#include "autograd/scalar/scalar_types.h"
#include "autograd/scalar/tape.h"

namespace gradus {

template <class T>
template <class Op, class... X>
[[gnu::always_inline]] inline BasicScalar<T> BasicScalar<T>::interpret(const Op& op, const X&... x) {
  using Writer = detail::Recording<T>;
  const auto argument = []<class Y>(const Y& y) -> decltype(auto) {
    if constexpr (detail::is_scalar<Y> || std::same_as<Y, T>) {
      return (y);
    } else {
      return as<T>(y);
    }
  };
  if constexpr (detail::opcode_of<Op>() == detail::Opcode::general) {
    return Writer::general(op, x...);
  } else if constexpr (sizeof...(X) == 1) {
    return Writer::unary(op, x...);
  } else {
    return Writer::binary(op, argument(x)...);
  }
}

namespace detail {

template <class X>
[[gnu::always_inline]] inline decltype(auto) settle(const X& x) {
  if constexpr (is_product<X>) {
    return BasicScalar<typename X::value_type>(x);
  } else {
    return (x);
  }
}

}  // namespace detail

template <class T>
template <class Op, class... X>
[[gnu::always_inline]] inline BasicScalar<T> BasicProduct<T>::interpret(const Op& op, const X&... x) {
  return BasicScalar<T>::interpret(op, detail::settle(x)...);
}

template <class T>
[[gnu::always_inline]] inline BasicProduct<T> operator*(const BasicScalar<T>& a, const BasicScalar<T>& b) {
  return detail::Recording<T>::product(a, b);
}
template <class T>
[[gnu::always_inline]] inline BasicScalar<T> operator+(const BasicScalar<T>& c, const BasicProduct<T>& p) {
  return detail::Recording<T>::sum(Add{}, c, p);
}
template <class T>
[[gnu::always_inline]] inline BasicScalar<T> operator+(const BasicProduct<T>& p, const BasicScalar<T>& c) {
  return detail::Recording<T>::sum(Add{}, c, p);
}
template <class T>
[[gnu::always_inline]] inline BasicScalar<T> operator+(const BasicProduct<T>& p, const BasicProduct<T>& q) {
  return detail::Recording<T>::sum(Add{}, BasicScalar<T>(p), q);
}
template <class T>
[[gnu::always_inline]] inline BasicScalar<T> operator-(const BasicScalar<T>& c, const BasicProduct<T>& p) {
  return detail::Recording<T>::sum(Sub{}, c, p);
}
template <class T>
[[gnu::always_inline]] inline BasicScalar<T> operator-(const BasicProduct<T>& p, const BasicProduct<T>& q) {
  return detail::Recording<T>::sum(Sub{}, BasicScalar<T>(p), q);
}

template <class T>
inline BasicScalar<T> BasicTape<T>::variable(const T& value) {
  const unsigned long long at = records_.size;
  const detail::Key key = records_.append(detail::word(detail::Opcode::leaf, 0, 0), value);
  if (at == leaves_ + 2) leaves_ = at;
  return Number(value, key);
}

template <class A, class B>
concept ScalarComparison = (detail::is_recorded<A> && (detail::is_recorded<B> || std::is_arithmetic_v<B>)) ||
                           (std::is_arithmetic_v<A> && detail::is_recorded<B>);

namespace detail {

template <class X>
constexpr double size_of(const X& x) {
  if constexpr (std::is_arithmetic_v<X>) {
    return static_cast<double>(x);
  } else if constexpr (is_recorded<X>) {
    return size_of(x.value());
  } else {
    return size_of(x.v);
  }
}

}  // namespace detail

template <class A, class B>
requires ScalarComparison<A, B>
constexpr bool operator==(const A& a, const B& b) { return detail::size_of(a) == detail::size_of(b); }
template <class A, class B>
requires ScalarComparison<A, B>
constexpr std::partial_ordering operator<=>(const A& a, const B& b) {
  return detail::size_of(a) <=> detail::size_of(b);
}

/// |x|, by the name that <cmath> has for it.
template <class X>
requires detail::is_recorded<X>
auto fabs(const X& x) { return bind(Abs{}, x); }
/// Whether the value is a number, and finite.
template <class X>
requires detail::is_recorded<X>
bool isfinite(const X& x) { return std::isfinite(detail::size_of(x)); }
/// Whether the value is no number.
template <class X>
requires detail::is_recorded<X>
bool isnan(const X& x) { return std::isnan(detail::size_of(x)); }
/// Whether the value is infinite.
template <class X>
requires detail::is_recorded<X>
bool isinf(const X& x) { return std::isinf(detail::size_of(x)); }

}  // namespace gradus
