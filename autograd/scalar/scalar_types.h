// The numbers that a tape records: their members.  scalar.h has what they do.
#pragma once
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "autograd/math/ops.h"
#include "autograd/scalar/records.h"
#include "autograd/scalar/tape.h"

namespace gradus {

/// A T and its place on the thread's innermost tape; trivially copyable.  One made from a plain number is a constant and
/// records nothing.  Comparisons compare values.
template <class T>
class BasicScalar {
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

  [[nodiscard]] const T& value() const noexcept { return value_; }
  [[nodiscard]] bool is_constant() const noexcept { return key_ == detail::Key{}; }

  /// Any op of the list, recorded where an argument is no constant.
  template <class Op, class... X>
  static BasicScalar interpret(const Op& op, const X&... x);

  template <class X>
  BasicScalar& operator+=(const X& x) {
    return *this = *this + x;
  }
  template <class X>
  BasicScalar& operator-=(const X& x) {
    return *this = *this - x;
  }
  template <class X>
  BasicScalar& operator*=(const X& x) {
    return *this = *this * x;
  }
  template <class X>
  BasicScalar& operator/=(const X& x) {
    return *this = *this / x;
  }

 private:
  friend class BasicTape<T>;
  friend class BasicProduct<T>;
  friend class Replay;
  friend struct detail::Recording<T>;
  BasicScalar(const T& value, detail::Key key) noexcept : value_(value), key_(key) {}

  T value_;
  detail::Key key_{};
};

/// x·y that is not on the tape yet: a sum that it goes into is one record with it, anything else records it first.
/// It behaves as a Scalar does, and may be kept, copied and assigned to.
template <class T>
class BasicProduct {
 public:
  using interpreted = void;
  static constexpr bool keeps_constants = true;
  using value_type = T;

  template <class C>
  requires std::is_arithmetic_v<C> BasicProduct(C value)
  noexcept  // NOLINT: numbers are constants
      : value_(as<T>(static_cast<double>(value))) {}

  /// Records it.
  [[gnu::always_inline]] operator BasicScalar<T>() const {
    return detail::Recording<T>::settled(*this);
  }  // NOLINT: it is one
  [[nodiscard]] const T& value() const noexcept { return value_; }
  [[nodiscard]] bool is_constant() const noexcept { return a_ == detail::Key{}; }

  template <class Op, class... X>
  static BasicScalar<T> interpret(const Op& op, const X&... x);

  template <class X>
  BasicProduct& operator+=(const X& x) {
    return *this = BasicProduct(BasicScalar<T>(*this + x));
  }
  template <class X>
  BasicProduct& operator-=(const X& x) {
    return *this = BasicProduct(BasicScalar<T>(*this - x));
  }
  template <class X>
  BasicProduct& operator*=(const X& x) {
    return *this = BasicProduct(BasicScalar<T>(*this * x));
  }
  template <class X>
  BasicProduct& operator/=(const X& x) {
    return *this = BasicProduct(BasicScalar<T>(*this / x));
  }

 private:
  friend struct detail::Recording<T>;
  explicit BasicProduct(const BasicScalar<T>& recorded) noexcept : value_(recorded.value_), a_(recorded.key_) {}
  BasicProduct(const T& value, detail::Key a, detail::Key b) noexcept : value_(value), a_(a), b_(b), waits_(true) {}

  T value_;
  detail::Key a_{};
  detail::Key b_{};     // of the factors
  bool waits_ = false;  // else it is recorded, and a_ is its own
};

using Scalar = BasicScalar<double>;
static_assert(std::is_trivially_copyable_v<Scalar> && sizeof(Scalar) == 16);

template <class T>
inline constexpr int nesting<BasicScalar<T>> = nesting<T> == 0 ? 0 : nesting<T> + 1;

template <class T>
inline constexpr int nesting<BasicProduct<T>> = nesting<BasicScalar<T>> + 1;

template <detail::Deduced = detail::Deduced(), class T>
constexpr BasicScalar<T> constant_like(const BasicScalar<T>&, double c) {
  return as<T>(c);
}

namespace detail {

template <class X>
inline constexpr bool is_scalar = false;
template <class T>
inline constexpr bool is_scalar<BasicScalar<T>> = true;
template <class X>
inline constexpr bool is_recorded = is_scalar<X>;
template <class T>
inline constexpr bool is_recorded<BasicProduct<T>> = true;
template <class X>
inline constexpr bool is_product = false;
template <class T>
inline constexpr bool is_product<BasicProduct<T>> = true;

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
