// Forward mode: a number with its tangent.  Dual<Dual<T>> is second order, and so on.
#pragma once
#include <concepts>
#include <cstddef>
#include <tuple>
#include <utility>

#include "autograd/math/arithmetic.h"

namespace gradus {

/// v + ε·dot with ε² = 0.  Any op applied to it carries the derivative along, exactly.
template <class T>
struct Dual {
  using interpreted = void;
  T v;
  T dot;

  constexpr Dual(T value, T tangent) : v(std::move(value)), dot(std::move(tangent)) {}
  constexpr explicit Dual(Constant auto c) : v(as<T>(c)), dot(as<T>(0.0)) {}
  constexpr explicit Dual(T value) requires(!Constant<T>) : v(std::move(value)), dot(as<T>(0.0)) {}

  template <class Op, class... X>
  static constexpr Dual interpret(const Op& op, const X&... x);
};

/// Whether the op states its derivative with respect to argument I (the others derive it from the value formula).
template <class Op, int I, class... Args>
concept states_partial = requires(const Op& op, const Args&... args) {
  op.d(wrt<I>{}, args...);
};

/// ∂op/∂x_I at (x..., y): the formula the op states or else its value formula run on Dual numbers.
template <int I, class Op, class... Args>
constexpr auto partial(const Op& op, const Args&... args) {
  if constexpr (states_partial<Op, I, Args...>) {
    return op.d(wrt<I>{}, args...);
  } else {
    return [&]<std::size_t... K>(std::index_sequence<K...>) {
      const auto all = std::tie(args...);
      using N = number<std::remove_cvref_t<std::tuple_element_t<K, decltype(all)>>...>;
      return op.value(Dual<N>(as<N>(std::get<K>(all)), as<N>(K == I ? 1.0 : 0.0))...).dot;
    }
    (std::make_index_sequence<Op::arity>{});
  }
}

namespace detail {

// tangent · derivative, where One and plain numbers cost no op of their own.
template <class T, class D>
constexpr T scaled(const T& tangent, const D& derivative) {
  if constexpr (std::same_as<D, One>) {
    return tangent;
  } else if constexpr (Constant<D> && Constant<T>) {
    return tangent * as<T>(derivative);
  } else {
    return tangent * derivative;
  }
}

}  // namespace detail

template <class T>
template <class Op, class... X>
constexpr Dual<T> Dual<T>::interpret(const Op& op, const X&... x) {
  const T y = bind(op, x.v...);
  return [&]<std::size_t... I>(std::index_sequence<I...>) {
    const auto xs = std::tie(x...);
    return Dual(y, (detail::scaled(std::get<I>(xs).dot, partial<static_cast<int>(I)>(op, x.v..., y)) + ...));
  }
  (std::index_sequence_for<X...>{});
}

}  // namespace gradus
