// The numbers that a tape records: their members.  scalar.h has what they do.
#pragma once
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

#include "../math/ops.h"
#include "../math/single_numbers.h"
#include "records.h"
#include "tape.h"

namespace gradus {

/// A T and its place on the thread's innermost tape; trivially copyable.  One made from a plain number is a constant and
/// records nothing.  Comparisons compare values.
template <class T>
class BasicScalar {
  static_assert(detail::is_recordable<T>, "tapes record double, or Dual<double> for second derivatives");

 public:
  using interpreted = void;
  static constexpr bool keeps_constants = true;
  using value_type = T;

  BasicScalar() noexcept : value_(as<T>(0.0)) {}
  BasicScalar(const T& value) noexcept : value_(value) {}  // NOLINT: numbers are constants
  template <class C>
  requires(std::is_arithmetic_v<C> && !std::same_as<C, T>)  //
      BasicScalar(C value)
  noexcept : value_(as<T>(static_cast<double>(value))) {}  // NOLINT: as above

  BasicScalar(const BasicScalar&) noexcept = default;
  BasicScalar& operator=(const BasicScalar&) noexcept = default;
  /// A result that is kept: a product in it is none that a sum may take in (recording.h).  A template, so that the class
  /// stays trivially copyable.
  template <class X>
  requires std::same_as<X, BasicScalar> BasicScalar& operator=(
      X&& result) noexcept {  // NOLINT: copied, and no forwarding
    value_ = result.value_;
    key_ = detail::Recording<T>::kept(result.key_);
    return *this;
  }
  ~BasicScalar() = default;

  [[nodiscard]] const T& value() const noexcept { return value_; }
  [[nodiscard]] bool is_constant() const noexcept { return key_ == detail::Key{}; }

  /// Any op of the list, recorded where an argument is no constant.
  template <class Op, class... X>
  static BasicScalar interpret(const Op& op, const X&... x);

  template <class X>
  BasicScalar& operator+=(X&& x) {
    return *this = *this + std::forward<X>(x);
  }
  template <class X>
  BasicScalar& operator-=(X&& x) {
    return *this = *this - std::forward<X>(x);
  }
  template <class X>
  BasicScalar& operator*=(X&& x) {
    return *this = *this * std::forward<X>(x);
  }
  template <class X>
  BasicScalar& operator/=(X&& x) {
    return *this = *this / std::forward<X>(x);
  }

 private:
  friend class BasicTape<T>;
  friend class Replay;
  friend struct detail::Recording<T>;
  BasicScalar(const T& value, detail::Key key) noexcept : value_(value), key_(key) {}

  T value_;
  detail::Key key_{};
};

using Scalar = BasicScalar<double>;
static_assert(std::is_trivially_copyable_v<Scalar> && sizeof(Scalar) == 16);

template <class T>
inline constexpr int nesting<BasicScalar<T>> = nesting<T> == 0 ? 0 : nesting<T> + 1;

namespace detail {

template <class T>
inline constexpr bool is_single<BasicScalar<T>> = is_single<T>;

}  // namespace detail

template <detail::Deduced = detail::Deduced(), class T>
constexpr BasicScalar<T> constant_like(const BasicScalar<T>&, double c) {
  return as<T>(c);
}

namespace detail {

template <class X>
inline constexpr bool is_scalar = false;
template <class T>
inline constexpr bool is_scalar<BasicScalar<T>> = true;

/// The number a Scalar or constant stands for.
template <class T, class X>
constexpr decltype(auto) plain(const X& x) {
  if constexpr (is_scalar<X>) {
    return x.value();
  } else if constexpr (std::same_as<X, T>) {
    return x;
  } else {
    return as<T>(x);
  }
}

}  // namespace detail

}  // namespace gradus
