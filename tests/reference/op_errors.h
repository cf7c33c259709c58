// The worst error of an op's formulas, in ulps: float64 against quad precision, float32 against float64.
#pragma once
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <concepts>
#include <cstddef>
#include <span>
#include <string>

#include "autograd/math/ops.h"
#include "tests/reference/difference.h"
#include "tests/reference/op_points.h"
#include "tests/reference/ulp.h"

namespace gradus::reference {

/// The number type that the results in T are judged by.
template <class T>
using Judge = std::conditional_t<std::same_as<T, float>, double, Quad>;

inline Quad as_quad(double x) { return Quad(x); }
inline Quad as_quad(Quad x) { return x; }

/// The largest error seen, and where.
struct WorstSeen {
  double ulps = 0.0;
  std::string where;

  /// `unit` widens the ulp (see ulp_error).
  template <class T>
  void see(const OpCase& op, std::string_view what, const Point<T>& x, T got, Quad exact, Quad unit = Quad(0.0)) {
    const double error = ulp_error(got, exact, Quad(0.0), unit);
    if (!(error > ulps)) return;
    ulps = error;
    where = fmt::format("{} {} at ({}): got {}, exact {}, {} ulp", what, op.label,
                        fmt::join(std::span(x).first(op.arity), ", "), got, static_cast<double>(exact), error);
  }
};

// What every op must keep on its whole domain, the tails included, unless its own comment says otherwise.
inline constexpr double value_bound = 4.0;
inline constexpr double partial_bound = 8.0;
inline constexpr double second_bound = 64.0;

/// What one ulp of each argument changes in f, added up; nothing where that is not finite.
template <class T, class F>
Quad change_over_an_ulp(const OpCase& op, const F& f, const Point<T>& x) {
  using R = Judge<T>;
  const Point<R> at = widened<R>(x);
  const Quad here = as_quad(f(at));
  Quad sum(0.0);
  for (std::size_t k = 0; k < op.arity; ++k) {
    if (!std::isfinite(x[k])) continue;
    Point<R> moved = at;
    moved[k] = moved[k] + R(ulp_at(x[k]));
    const Quad change = abs(as_quad(f(moved)) - here);
    if (change <= Quad(1e300)) sum = sum + change;
  }
  return sum;
}

/// Sees the value `got` at x.
template <class T>
void see_value(WorstSeen& worst, const OpCase& op, const Point<T>& x, T got) {
  const auto exact = [&](const Point<Judge<T>>& at) { return op.value(at); };
  const Quad unit = op.worst.roots ? change_over_an_ulp(op, exact, x) : Quad(0.0);
  worst.see(op, "value of", x, got, as_quad(exact(widened<Judge<T>>(x))), unit);
}

/// Sees the derivative `got` by argument i at x.
template <class T>
void see_partial(WorstSeen& worst, const OpCase& op, std::size_t i, const Point<T>& x, T got) {
  const auto exact = [&](const Point<Judge<T>>& at) { return op.partial(i, at, op.value(at)); };
  const Quad unit = op.worst.roots ? change_over_an_ulp(op, exact, x) : Quad(0.0);
  worst.see(op, fmt::format("∂/∂x{} of", i), x, got, as_quad(exact(widened<Judge<T>>(x))), unit);
}

template <class T>
WorstSeen value_error(const OpCase& op, const std::vector<Point<T>>& points) {
  WorstSeen worst;
  for (const Point<T>& x : points) see_value(worst, op, x, op.value(x));
  return worst;
}

template <class T>
WorstSeen partial_error(const OpCase& op, std::size_t i, const std::vector<Point<T>>& points) {
  WorstSeen worst;
  for (const Point<T>& x : points) see_partial(worst, op, i, x, op.partial(i, x, op.value(x)));
  return worst;
}

/// The slope of `f`, a function of a point in quad precision, along coordinate k of x.
template <class F>
Slope slope_along(const F& f, const Point<Quad>& x, std::size_t k) {
  return quad_slope(
      [&](Quad moved) {
        Point<Quad> at = x;
        at[k] = moved;
        return f(at);
      },
      x[k]);
}

/// ∂²op/∂x_i∂x_j as the slope of the first derivative's formula, which has been compared with the slope of the value.
inline Slope exact_second(const OpCase& op, std::size_t i, std::size_t j, const Point<Quad>& x) {
  return slope_along([&](const Point<Quad>& at) { return op.partial(i, at, op.value(at)); }, x, j);
}

/// Sees the second derivative `got`.  It is written out in ordinary ops, whose terms may cancel, so the unit is an ulp
/// of the result and what an ulp of x changes.
template <class T>
void see_second(WorstSeen& worst, const OpCase& op, std::size_t i, std::size_t j, const Point<T>& x, T got) {
  const Point<Quad> at = widened<Quad>(x);
  const Slope exact = exact_second(op, i, j, at);
  if (!(exact.uncertainty * 8.0 <= Quad(ulp_at(static_cast<T>(exact.value))))) return;  // at a kink
  Quad unit = exact.uncertainty;
  for (std::size_t k = 0; k < op.arity; ++k) {
    Point<Quad> moved = at;
    moved[k] = moved[k] + Quad(ulp_at(x[k]));
    unit = unit + abs(exact_second(op, i, j, moved).value - exact.value);
  }
  worst.see(op, fmt::format("∂²/∂x{}∂x{} of", i, j), x, got, exact.value, unit);
}

template <class T>
WorstSeen second_error(const OpCase& op, std::size_t i, std::size_t j, const std::vector<Point<T>>& points) {
  WorstSeen worst;
  for (const Point<T>& x : points) {
    if (const std::optional<T> got = op.second(i, j, x)) see_second(worst, op, i, j, x, *got);
  }
  return worst;
}

}  // namespace gradus::reference
