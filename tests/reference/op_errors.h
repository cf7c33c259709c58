// The worst error of an op's formulas against quad precision, in ulps, and the bounds they must keep.
#pragma once
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <string>

#include "autograd/math/dual.h"
#include "tests/reference/difference.h"
#include "tests/reference/op_points.h"
#include "tests/reference/ulp.h"

namespace gradus::reference {

/// The largest error seen, and where.
struct Worst {
  double ulps = 0.0;
  std::string where;
  std::size_t unjudged = 0;  // points where the reference itself is not sure enough

  /// `unit` widens the ulp (see ulp_error).
  template <class Op, class T, std::size_t N>
  void see(const Op& op, const std::string& what, const std::array<T, N>& x, T got, const Slope& exact,
           Quad unit = Quad(0.0)) {
    const double distance = ulp_error(got, exact.value, exact.uncertainty, unit);
    const double error = std::max(0.0, distance - allowance(op, widened(x)));
    const T rounded = static_cast<T>(exact.value);
    // A derivative that is exactly zero is known when the difference finds no more than its own noise.
    const bool sure = exact.uncertainty * 8.0 <= Quad(ulp_at(rounded)) || (got == T(0) && error == 0.0);
    if (!sure) ++unjudged;
    if ((sure || unjudged > 1) && !(error > ulps)) return;
    ulps = std::max(ulps, error);
    where = fmt::format("{} at ({}): got {}, exact {} ± {}, {} ulp", what, fmt::join(x, ", "), got, rounded,
                        static_cast<double>(exact.uncertainty), error);
  }
};

inline constexpr std::size_t sample_size = 3000;

// What every op must keep, in ulps, on its whole domain and in the tails.
inline constexpr double value_bound = 4.0;
inline constexpr double partial_bound = 8.0;
inline constexpr double second_bound = 8.0;

template <class T, class Op>
Worst value_error(const Op& op) {
  Worst worst;
  for (const auto& x : points<T, Op>(sample_size)) {
    worst.see(op, label(op), x, value_at(op, x), {value_at(op, widened(x)), Quad(0.0)});
  }
  return worst;
}

/// The slope of `f`, a function of a point in quad precision, along coordinate I of x.
template <int I, class F, std::size_t N>
Slope slope_along(const F& f, const std::array<Quad, N>& x) {
  return quad_slope(
      [&](Quad moved) {
        std::array<Quad, N> at = x;
        at[I] = moved;
        return f(at);
      },
      x[I]);
}

template <int I, class Op, std::size_t N>
Slope exact_partial(const Op& op, const std::array<Quad, N>& x) {
  return slope_along<I>([&](const auto& at) { return up_to_a_constant(op, at, x); }, x);
}

/// ∂²op/∂x_I∂x_J as the slope of the first derivative's formula, which partial_error() has vouched for.
template <int I, int J, class Op, std::size_t N>
Slope exact_second(const Op& op, const std::array<Quad, N>& x) {
  return slope_along<J>([&](const auto& at) { return partial_at<I>(op, at, value_at(op, at)); }, x);
}

template <int I, class Op>
std::string partial_label(const Op& op) {
  return fmt::format("∂{}/∂x{}", label(op), I);
}

template <class T, int I, class Op>
Worst partial_error(const Op& op) {
  Worst worst;
  for (const auto& x : points<T, Op>(sample_size)) {
    const T got = partial_at<I>(op, x, value_at(op, x));
    worst.see(op, partial_label<I>(op), x, got, exact_partial<I>(op, widened(x)));
  }
  return worst;
}

/// The point one ulp further out in every coordinate.
template <class T, std::size_t N>
std::array<Quad, N> one_ulp_away(const std::array<T, N>& x) {
  std::array<Quad, N> out = widened(x);
  for (std::size_t k = 0; k < N; ++k) out[k] = out[k] + Quad(ulp_at(x[k]));
  return out;
}

/// ∂²op/∂x_I∂x_J from Dual<Dual<T>>, against a difference of ∂op/∂x_I in quad precision.  A second derivative is a sum
/// that may cancel, so the unit is an ulp of the result and what an ulp of x changes.
template <class T, int I, int J, class Op>
Worst second_error(const Op& op) {
  using Inner = Dual<T>;
  using Outer = Dual<Inner>;
  Worst worst;
  for (const auto& x : points<T, Op>(sample_size)) {
    const Outer y = [&]<std::size_t... K>(std::index_sequence<K...>) {
      return value_at(op, std::array{Outer(Inner(x[K], T(K == J)), Inner(T(K == I), T(0)))...});
    }
    (std::make_index_sequence<std::tuple_size_v<Point<Op, T>>>{});
    if (!std::isfinite(y.v.v) || !std::isfinite(y.v.dot) || !std::isfinite(y.dot.v)) continue;  // 0 · ∞ is NaN
    const Slope exact = exact_second<I, J>(op, widened(x));
    const Slope nearby = exact_second<I, J>(op, one_ulp_away(x));
    worst.see(op, fmt::format("∂²{}/∂x{}∂x{}", label(op), I, J), x, y.dot.dot, exact, abs(nearby.value - exact.value));
  }
  return worst;
}

}  // namespace gradus::reference
