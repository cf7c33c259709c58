// Forward mode: a number with its tangent.  Dual<Dual<T>> is second order, and so on.
#pragma once
#include <concepts>
#include <cstddef>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>

#include "arithmetic.h"

namespace gradus {

/// The number c as a T, beside `reference`: an array or tensor takes the reference's dtype.
template <detail::Deduced = detail::Deduced(), class T>
constexpr T constant_like(const T&, double c) {
  return as<T>(c);
}

/// v + ε·dot with ε² = 0.  Any op applied to it carries the derivative along, exactly.  C++ numbers and plain T among
/// the arguments are constants: they have no tangent, and cost no op.  A tangent of 0 adds nothing, whatever it is
/// multiplied by (K7).
template <class T>
struct Dual {
  using interpreted = void;
  static constexpr bool keeps_constants = true;
  T v;
  T dot;

  constexpr Dual(T value, T tangent) : v(std::move(value)), dot(std::move(tangent)) {}
  constexpr Dual() requires(std::is_arithmetic_v<T> || nesting<T> != 0) : v(as<T>(0.0)), dot(as<T>(0.0)) {}
  /// A C++ number is a constant.
  template <Constant C>
  constexpr explicit(!std::is_arithmetic_v<C>) Dual(C c) : v(as<T>(c)), dot(as<T>(0.0)) {}  // NOLINT: as said

  template <class Op, class... X>
  static constexpr Dual interpret(const Op& op, const X&... x);

  template <class X>
  constexpr Dual& operator+=(const X& x) {
    return *this = *this + x;
  }
  template <class X>
  constexpr Dual& operator-=(const X& x) {
    return *this = *this - x;
  }
  template <class X>
  constexpr Dual& operator*=(const X& x) {
    return *this = *this * x;
  }
  template <class X>
  constexpr Dual& operator/=(const X& x) {
    return *this = *this / x;
  }
};

template <class T>
inline constexpr int nesting<Dual<T>> = nesting<T> + 1;

template <detail::Deduced = detail::Deduced(), class T>
constexpr Dual<T> constant_like(const Dual<T>& reference, double c) {
  return {constant_like(reference.v, c), constant_like(reference.v, 0.0)};
}

/// Whether the op states its derivative with respect to argument I (the others derive it from the value formula).
template <class Op, int I, class... Args>
concept states_partial = requires(const Op& op, const Args&... args) {
  op.d(wrt<I>{}, args...);
};

namespace detail {

template <class X, class Y>
using Deeper = std::conditional_t<(nesting<Y> > nesting<X>), Y, X>;

/// x as a number that is nested deeper, where it is a constant.
template <class N, class X>
constexpr N raised(const X& x) {
  if constexpr (std::same_as<N, X>) {
    return x;
  } else {
    const auto inner = raised<decltype(N::v)>(x);
    return N(inner, constant_like(inner, 0.0));
  }
}

}  // namespace detail

namespace by_name {

/// ∂op/∂x_I at (x..., y): the formula the op states or else its value formula run with a Dual number for x_I.
template <int I, class Op, class... Args>
constexpr auto partial(const Op& op, const Args&... args) {
  if constexpr (states_partial<Op, I, Args...>) {
    return op.d(wrt<I>{}, args...);
  } else {
    return [&]<std::size_t... K>(std::index_sequence<K...>) {
      const auto all = std::tie(args...);
      // One level above all arguments: a tangent that another one carries already must not be taken for x's.
      constexpr auto at = static_cast<std::size_t>(I);
      using X = std::remove_cvref_t<std::tuple_element_t<at, std::tuple<Args...>>>;
      using N = detail::Deeper<X, number<std::tuple_element_t<K, std::tuple<Args...>>...>>;
      const N x = detail::raised<N>(std::get<at>(all));
      const Dual<N> moving(x, constant_like(x, 1.0));
      const auto pick = [&]<std::size_t J>(std::integral_constant<std::size_t, J>) -> const auto& {
        if constexpr (J == static_cast<std::size_t>(I)) {
          return moving;
        } else {
          return std::get<J>(all);
        }
      };
      const auto y = op.value(pick(std::integral_constant<std::size_t, K>{})...);
      if constexpr (nesting < std::remove_cvref_t < decltype(y) >>> nesting<N>) {
        return y.dot;
      } else {
        return 0.0;  // the value does not depend on x_I
      }
    }
    (std::make_index_sequence<static_cast<std::size_t>(Op::arity)>{});
  }
}

}  // namespace by_name

namespace detail {

// tangent · derivative, 0 for a tangent of 0 (K7).  One costs no op.
template <class T, class D>
constexpr T scaled(const T& tangent, const D& derivative) {
  if constexpr (std::same_as<D, One>) {
    return tangent;
  } else if constexpr (is_gate<D>) {
    return as<T>(bind(GateProduct{}, tangent, derivative.weight));
  } else if constexpr (Interpreted<T>) {
    return as<T>(bind(ChainProduct{}, tangent, derivative));
  } else {
    return bind(ChainProduct{}, tangent, as<T>(derivative));
  }
}

template <class T, class X>
constexpr const auto& value_part(const X& x) {
  if constexpr (std::same_as<X, Dual<T>>) {
    return x.v;
  } else {
    return x;
  }
}

// The contribution of argument I to the tangent; nothing for a constant.
template <int I, class T, class X, class Op, class... V>
constexpr void add_tangent(std::optional<T>& sum, const X& x, const Op& op, const V&... values) {
  if constexpr (std::same_as<X, Dual<T>>) {
    T part = scaled(x.dot, partial<I>(op, values...));
    sum = sum ? T(*sum + part) : std::move(part);
  }
}

}  // namespace detail

template <class T>
template <class Op, class... X>
constexpr Dual<T> Dual<T>::interpret(const Op& op, const X&... x) {
  const T y = as<T>(bind(op, detail::value_part<T>(x)...));
  std::optional<T> dot;
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    (detail::add_tangent<static_cast<int>(I), T>(dot, x, op, detail::value_part<T>(x)..., y), ...);
  }
  (std::index_sequence_for<X...>{});
  return Dual(y, *dot);
}

// ------------------------------------------------------------------------------------------------------ comparisons

// Comparisons are those of the values: bool for numbers, what `where` takes for registers and for what stands for numbers.

namespace detail {

template <class X>
inline constexpr bool is_dual = false;
template <class T>
inline constexpr bool is_dual<Dual<T>> = true;

template <class A, class B>
concept DualPair = (is_dual<A> || is_dual<B>)&&(std::same_as<A, B> || std::is_arithmetic_v<A> ||
                                                std::is_arithmetic_v<B> ||
                                                nesting<A> != nesting<B>)&&is_dual<number<A, B>>;

template <class N, class X>
constexpr N as_dual(const X& x) {
  if constexpr (std::is_arithmetic_v<X>) {
    return N(x);
  } else {
    return raised<N>(x);
  }
}

/// x, or its value where it is a number of type N.
template <class N, class X>
constexpr decltype(auto) compared_part(const X& x) {
  if constexpr (std::same_as<X, N>) {
    return (x.v);
  } else if constexpr (std::is_arithmetic_v<X> && std::is_arithmetic_v<decltype(N::v)>) {
    return static_cast<decltype(N::v)>(x);
  } else {
    return (x);
  }
}

}  // namespace detail

template <class A, class B>
requires detail::DualPair<A, B>
constexpr auto operator<(const A& a, const B& b) {
  using N = number<A, B>;
  return detail::compared_part<N>(a) < detail::compared_part<N>(b);
}
template <class A, class B>
requires detail::DualPair<A, B>
constexpr auto operator<=(const A& a, const B& b) {
  using N = number<A, B>;
  return detail::compared_part<N>(a) <= detail::compared_part<N>(b);
}
template <class A, class B>
requires detail::DualPair<A, B>
constexpr auto operator>(const A& a, const B& b) {
  using N = number<A, B>;
  return detail::compared_part<N>(a) > detail::compared_part<N>(b);
}
template <class A, class B>
requires detail::DualPair<A, B>
constexpr auto operator>=(const A& a, const B& b) {
  using N = number<A, B>;
  return detail::compared_part<N>(a) >= detail::compared_part<N>(b);
}
template <class A, class B>
requires detail::DualPair<A, B>
constexpr auto operator==(const A& a, const B& b) {
  using N = number<A, B>;
  return detail::compared_part<N>(a) == detail::compared_part<N>(b);
}
template <class A, class B>
requires detail::DualPair<A, B>
constexpr auto operator!=(const A& a, const B& b) {
  using N = number<A, B>;
  return detail::compared_part<N>(a) != detail::compared_part<N>(b);
}

/// The number that was selected, with its tangent: of what was not nothing passes (K7).
template <detail::Deduced = detail::Deduced(), class C, class A, class B>
requires(SelectsLanes<C>&& detail::is_dual<number<A, B>>) constexpr auto where(const C& c, const A& a, const B& b) {
  using N = number<A, B>;
  const N x = detail::as_dual<N>(a);
  const N y = detail::as_dual<N>(b);
  return N(where(c, x.v, y.v), where(c, x.dot, y.dot));
}

}  // namespace gradus
