// Scalar: one number recorded on a Tape, for numerical code in plain C++ loops.
#pragma once
#include <cmath>
#include <compare>
#include <concepts>
#include <limits>
#include <type_traits>
#include <utility>

#include "recording.h"
#include "scalar_types.h"
#include "tape.h"

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

// What is given away to a sum may be a product that nobody has: they become one record.
template <class T>
[[gnu::always_inline]] inline BasicScalar<T> operator+(const BasicScalar<T>& c, BasicScalar<T>&& p) {  // NOLINT: read
  return detail::Recording<T>::sum(Add{}, c, p);
}
template <class T>
[[gnu::always_inline]] inline BasicScalar<T> operator+(BasicScalar<T>&& p,
                                                       const BasicScalar<T>& c) {  // NOLINT: as above
  return detail::Recording<T>::sum(Add{}, c, p);
}
template <class T>
[[gnu::always_inline]] inline BasicScalar<T> operator+(BasicScalar<T>&& c, BasicScalar<T>&& p) {  // NOLINT: as above
  return detail::Recording<T>::sum(Add{}, c, p);
}
template <class T>
[[gnu::always_inline]] inline BasicScalar<T> operator-(const BasicScalar<T>& c,
                                                       BasicScalar<T>&& p) {  // NOLINT: as above
  return detail::Recording<T>::sum(Sub{}, c, p);
}
template <class T>
[[gnu::always_inline]] inline BasicScalar<T> operator-(BasicScalar<T>&& c, BasicScalar<T>&& p) {  // NOLINT: as above
  return detail::Recording<T>::sum(Sub{}, c, p);
}

template <class T>
inline BasicScalar<T> BasicTape<T>::variable(const T& value) {
  const unsigned long long at = records_.size;
  const detail::Key key = records_.append(detail::word(detail::Opcode::leaf, 0, 0), value);
  if (at == leaves_ + 2) leaves_ = at;
  return Number(value, key);
}

template <class A, class B>
concept ScalarComparison = (detail::is_scalar<A> && (detail::is_scalar<B> || std::is_arithmetic_v<B>)) ||
                           (std::is_arithmetic_v<A> && detail::is_scalar<B>);

template <class A, class B>
requires ScalarComparison<A, B>
constexpr bool operator==(const A& a, const B& b) { return detail::inside(a) == detail::inside(b); }
template <class A, class B>
requires ScalarComparison<A, B>
constexpr std::partial_ordering operator<=>(const A& a, const B& b) { return detail::inside(a) <=> detail::inside(b); }

/// What a number can be written to: what comes of it is a stream again.  A matrix that is filled by << gives something else.
template <class Stream>
concept StreamOfNumbers = std::derived_from<Stream, std::remove_reference_t<decltype(std::declval<Stream&>() << 1.0)>>;

/// Writes the value.
template <class T, StreamOfNumbers Stream>
Stream& operator<<(Stream& out, const BasicScalar<T>& x) {
  out << detail::inside(x);
  return out;
}

}  // namespace gradus

template <class T>
class std::numeric_limits<gradus::BasicScalar<T>> : public gradus::SingleLimits<gradus::BasicScalar<T>> {};
