// The gradient by a few inputs in one pass forwards: faster than any tape for up to eight.
#pragma once
#include <array>
#include <cmath>
#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "../math/dual.h"
#include "../math/ops.h"
#include "../math/single_numbers.h"
#include "slopes.h"

namespace gradus {

/// A number with its derivatives in N directions.  Any op applied to it carries them along, exactly; a tangent of 0 adds
/// nothing, whatever it is multiplied by (K7).
template <std::size_t N>
struct Tangents {
  using interpreted = void;
  static constexpr bool keeps_constants = true;
  double v = 0.0;
  std::array<double, N> dot{};

  constexpr Tangents() = default;
  constexpr Tangents(double value, const std::array<double, N>& tangents) : v(value), dot(tangents) {}
  constexpr Tangents(Constant auto c) : v(as<double>(c)) {}  // NOLINT: numbers are constants
  [[nodiscard]] constexpr double value() const { return v; }

  template <class Op, class... X>
  static constexpr Tangents interpret(const Op& op, const X&... x);

  template <class X>
  constexpr Tangents& operator+=(const X& x) {
    return *this = *this + x;
  }
  template <class X>
  constexpr Tangents& operator-=(const X& x) {
    return *this = *this - x;
  }
  template <class X>
  constexpr Tangents& operator*=(const X& x) {
    return *this = *this * x;
  }
  template <class X>
  constexpr Tangents& operator/=(const X& x) {
    return *this = *this / x;
  }
};

template <std::size_t N>
inline constexpr int nesting<Tangents<N>> = 1;

namespace detail {

template <std::size_t N>
inline constexpr bool is_single<Tangents<N>> = true;

}  // namespace detail

namespace detail {

template <class X>
inline constexpr bool is_tangents = false;
template <std::size_t N>
inline constexpr bool is_tangents<Tangents<N>> = true;

template <class X>
constexpr double number_of(const X& x) {
  if constexpr (is_tangents<X>) {
    return x.v;
  } else {
    return as<double>(x);
  }
}

using Two = double __attribute__((vector_size(16)));

// The products of two tangents with a derivative, 0 where the tangent is 0 (K7).
[[gnu::always_inline]] inline Two passed(Two tangents, Two products) {
  using Bits = std::int64_t __attribute__((vector_size(16)));
  return reinterpret_cast<Two>(reinterpret_cast<Bits>(products) & (tangents != 0.0));
}

// Adds derivative · tangents of one argument, two at a time.
template <std::size_t N, class X, class D>
[[gnu::always_inline]] constexpr void add_tangents(std::array<double, N>& sum, const X& x, const D& derivative) {
  if constexpr (!is_tangents<X>) {
    return;
  } else if constexpr (is_gate<D>) {
    for (std::size_t k = 0; k < N; ++k) sum[k] += bind(GateProduct{}, x.dot[k], derivative.weight);
  } else {
    const double slope = as<double>(derivative);
    for (std::size_t k = 0; k + 1 < N; k += 2) {
      Two s;
      Two d;
      std::memcpy(&s, &sum[k], sizeof(s));
      std::memcpy(&d, &x.dot[k], sizeof(d));
      s += std::same_as<D, One> ? d : passed(d, d * slope);
      std::memcpy(&sum[k], &s, sizeof(s));
    }
    if constexpr (N % 2 != 0) {
      const double last = x.dot[N - 1];
      sum[N - 1] += std::same_as<D, One> ? last : chain_product(last, slope);
    }
  }
}

// The derivative is not even computed for a constant.
template <int I, class X, class Op, class... V>
constexpr auto partial_of(const X&, const Op& op, const V&... values) {
  if constexpr (is_tangents<X>) {
    return partial<I>(op, values...);
  } else {
    return 0.0;
  }
}

}  // namespace detail

template <std::size_t N>
template <class Op, class... X>
[[gnu::always_inline]] constexpr Tangents<N> Tangents<N>::interpret(const Op& op, const X&... x) {
  Tangents y;
  if constexpr (detail::has_slope<Op>) {
    double slope = 0.0;
    y.v = detail::value_and_slope(op, detail::number_of(x)..., slope);
    (detail::add_tangents(y.dot, x, slope), ...);
    return y;
  }
  y.v = bind(op, detail::number_of(x)...);
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    (detail::add_tangents(y.dot, x, detail::partial_of<static_cast<int>(I)>(x, op, detail::number_of(x)..., y.v)), ...);
  }
  (std::index_sequence_for<X...>{});
  return y;
}

template <class A, class B>
requires(detail::is_tangents<A> || detail::is_tangents<B>) &&
    (detail::is_tangents<A> || std::is_arithmetic_v<A>)&&(detail::is_tangents<B> || std::is_arithmetic_v<B>)  //
    constexpr std::partial_ordering
    operator<=>(const A& a, const B& b) {
  return detail::number_of(a) <=> detail::number_of(b);
}
template <class A, class B>
requires(detail::is_tangents<A> || detail::is_tangents<B>) &&
    (detail::is_tangents<A> || std::is_arithmetic_v<A>)&&(detail::is_tangents<B> || std::is_arithmetic_v<B>)  //
    constexpr bool
    operator==(const A& a, const B& b) {
  return detail::number_of(a) == detail::number_of(b);
}

/// A value and its gradient.
template <std::size_t N>
struct ValueAndGradient {
  double value;
  std::array<double, N> gradient;
};

/// A value and its derivative by one number.
struct ValueAndDerivative {
  double value;
  double derivative;
};

/// Values and their gradients: jacobian[k][j] = ∂y_k/∂x_j.  Arrays, or vectors where the function gives one.
template <class Values, class Jacobian>
struct ValuesAndJacobian {
  Values values;
  Jacobian jacobian;
};

namespace detail {

template <class F, std::size_t N, std::size_t... K>
constexpr bool takes_each(std::index_sequence<K...>) {
  if constexpr (N == 1) {
    return false;  // an array of one: asking would compile the function for a number
  } else {
    return std::invocable<F&, std::conditional_t<K == N, void, const Tangents<N>&>...>;
  }
}

template <class Y>
inline constexpr std::size_t array_size = 0;
template <class X, std::size_t M>
inline constexpr std::size_t array_size<std::array<X, M>> = M;

/// The values and derivatives of what a function of Tangents gave: a number, or several.
template <std::size_t N, class Y>
auto values_and_derivatives(const Y& y) {
  if constexpr (std::convertible_to<const Y&, Tangents<N>>) {
    const Tangents<N> number(y);
    return ValueAndGradient<N>{number.v, number.dot};
  } else {
    constexpr std::size_t M = array_size<Y>;
    using Values = std::conditional_t<M != 0, std::array<double, M>, std::vector<double>>;
    using Rows = std::conditional_t<M != 0, std::array<std::array<double, N>, M>, std::vector<std::array<double, N>>>;
    ValuesAndJacobian<Values, Rows> out{};
    if constexpr (M == 0) {
      out.values.resize(y.size());
      out.jacobian.resize(y.size());
    }
    std::size_t k = 0;
    for (const auto& each : y) {
      const Tangents<N> number(each);
      out.values[k] = number.v;
      out.jacobian[k++] = number.dot;
    }
    return out;
  }
}

}  // namespace detail

/// f(x) and its gradient by N numbers at once.  f takes an std::array of N numbers, or several numbers one by one, of any
/// type that has the usual operators and functions.  Where f gives several numbers, an std::array or a vector of them, the
/// values and their Jacobian.
template <class F, std::size_t N>
auto gradient_forward(F&& f, const std::array<double, N>& x) {
  static_assert(N >= 1 && N <= 64, "forward mode is for a few inputs");
  std::array<Tangents<N>, N> inputs;
  for (std::size_t k = 0; k < N; ++k) {
    inputs[k].v = x[k];
    inputs[k].dot[k] = 1.0;
  }
  if constexpr (detail::takes_each<F, N>(std::make_index_sequence<N>{})) {
    return detail::values_and_derivatives<N>(std::apply(f, std::as_const(inputs)));
  } else {
    return detail::values_and_derivatives<N>(f(std::as_const(inputs)));
  }
}

/// f(x) and its derivative, for a function of one number.
template <class F>
ValueAndDerivative gradient_forward(F&& f, double x) {
  const Tangents<1> y = f(Tangents<1>(x, {1.0}));
  return {y.v, y.dot[0]};
}

}  // namespace gradus

template <std::size_t N>
class std::numeric_limits<gradus::Tangents<N>> : public gradus::SingleLimits<gradus::Tangents<N>> {};
