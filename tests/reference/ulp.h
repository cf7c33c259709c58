// How far a computed number is from the right one, in units of the last place.
#pragma once
#include <algorithm>
#include <bit>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>

#include "tests/reference/quad.h"

namespace gradus::reference {

/// The distance between neighbouring numbers of type T at x.
template <std::floating_point T>
double ulp_at(T x) {
  using Limits = std::numeric_limits<T>;
  if (!std::isfinite(x)) return Limits::infinity();
  const int exponent = x == T(0) ? Limits::min_exponent - 1 : std::max(std::ilogb(x), Limits::min_exponent - 1);
  return std::ldexp(1.0, exponent - Limits::digits + 1);
}

/// The error of `got` in ulps of T.  `uncertainty` is how far off the exact value may be itself; `unit` widens the ulp
/// for a result that cannot be known better than that.
template <std::floating_point T>
double ulp_error(T got, Quad exact, Quad uncertainty = Quad(0.0), Quad unit = Quad(0.0)) {
  constexpr double wrong = std::numeric_limits<double>::infinity();
  const T rounded = static_cast<T>(exact);
  if (std::isnan(got) || std::isnan(rounded)) return std::isnan(got) == std::isnan(rounded) ? 0.0 : wrong;
  if (std::isinf(got) || std::isinf(rounded)) return got == rounded ? 0.0 : wrong;
  const Quad difference = abs(Quad(static_cast<double>(got)) - exact);
  if (difference <= uncertainty) return 0.0;
  return static_cast<double>((difference - uncertainty) / (Quad(ulp_at(rounded)) + unit));
}

/// How many numbers of type T lie between two, counting one end: 0 for equal ones, NaN with NaN and 0 with −0.
template <std::floating_point T>
std::uint64_t ulp_distance(T a, T b) {
  if (a == b || (std::isnan(a) && std::isnan(b))) return 0;
  if (std::isnan(a) || std::isnan(b)) return std::numeric_limits<std::uint64_t>::max();
  using Bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
  constexpr Bits sign = Bits(1) << (8 * sizeof(T) - 1);
  const auto place = [](T x) {
    const Bits bits = std::bit_cast<Bits>(x);
    const auto magnitude = static_cast<std::int64_t>(bits & ~sign);
    return (bits & sign) != 0 ? -magnitude : magnitude;
  };
  const std::int64_t p = place(a);
  const std::int64_t q = place(b);
  return p > q ? static_cast<std::uint64_t>(p) - static_cast<std::uint64_t>(q)
               : static_cast<std::uint64_t>(q) - static_cast<std::uint64_t>(p);
}

}  // namespace gradus::reference
