// The functions of a SIMD register.  xsimd's own where they are right to a few ulps everywhere; else the C library, lane
// by lane.  Everything is a template on Arch, so that no symbol another file could pick up is compiled with wide
// instructions.
#pragma once
#include <math.h>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numbers>

#include "autograd/array/pack_arithmetic.h"

namespace gradus {

namespace detail {

/// f on each lane, in double: a float32 result is right to half an ulp.
template <class T, class Arch>
Pack<T, Arch> lane_by_lane(double (*f)(double), const Pack<T, Arch>& x) {
  alignas(64) T lanes[Pack<T, Arch>::size];
  x.store(lanes);
  for (T& a : lanes) a = static_cast<T>(f(static_cast<double>(a)));
  return Pack<T, Arch>::load(lanes);
}

template <class T, class Arch>
Pack<T, Arch> lane_by_lane(double (*f)(double, double), const Pack<T, Arch>& x, const Pack<T, Arch>& y) {
  alignas(64) T lanes[Pack<T, Arch>::size];
  alignas(64) T others[Pack<T, Arch>::size];
  x.store(lanes);
  y.store(others);
  for (std::size_t i = 0; i < Pack<T, Arch>::size; ++i) {
    lanes[i] = static_cast<T>(f(static_cast<double>(lanes[i]), static_cast<double>(others[i])));
  }
  return Pack<T, Arch>::load(lanes);
}

}  // namespace detail

// -------------------------------------------------------------------------------------- roots and whole numbers

template <class T, class Arch>
Pack<T, Arch> sqrt(Pack<T, Arch> x) {
  return xsimd::sqrt(x.v);
}
template <class T, class Arch>
Pack<T, Arch> cbrt(Pack<T, Arch> x) {
  return detail::lane_by_lane(&::cbrt, x);
}
/// |x| with the sign of s.
template <class T, class Arch>
Pack<T, Arch> copysign(Pack<T, Arch> x, Pack<T, Arch> s) {
  const auto sign = Pack<T, Arch>(-0.0).v;
  return xsimd::bitwise_or(xsimd::abs(x.v), xsimd::bitwise_and(s.v, sign));
}
/// The nearest whole number, half to even: adding 2^(digits−1) leaves no room for a fraction.
template <class T, class Arch>
Pack<T, Arch> rint(Pack<T, Arch> x) {
  using P = Pack<T, Arch>;
  const P full(static_cast<double>(std::uint64_t{1} << (std::numeric_limits<T>::digits - 1)));
  const P shift = copysign(full, x);
  return where(abs(x) < full, copysign((x + shift) - shift, x), x);
}
template <class T, class Arch>
Pack<T, Arch> floor(Pack<T, Arch> x) {
  using P = Pack<T, Arch>;
  const P near = rint(x);
  return where(near > x, near - P(1.0), near);
}
template <class T, class Arch>
Pack<T, Arch> ceil(Pack<T, Arch> x) {
  return -floor(-x);
}

// ------------------------------------------------------------------------------------- exponentials and logarithms

/// Where xsimd gives up, near overflow and below the normal numbers, e^x is the square of e^(x/2).
template <class T, class Arch>
Pack<T, Arch> exp(Pack<T, Arch> x) {
  using Batch = typename Pack<T, Arch>::Batch;
  const auto far = xsimd::abs(x.v) > Batch(std::same_as<T, float> ? T(86) : T(706));
  const Batch e = xsimd::exp(xsimd::select(far, x.v * Batch(T(0.5)), x.v));
  return xsimd::select(far, e * e, e);
}
template <class T, class Arch>
Pack<T, Arch> exp2(Pack<T, Arch> x) {
  return detail::lane_by_lane(&::exp2, x);
}
template <class T, class Arch>
Pack<T, Arch> expm1(Pack<T, Arch> x) {
  return detail::lane_by_lane(&::expm1, x);
}
/// Subnormal numbers are brought into the normal range first: log x = log(2ᵏx) − k log 2.
template <class T, class Arch>
Pack<T, Arch> log(Pack<T, Arch> x) {
  using Batch = typename Pack<T, Arch>::Batch;
  constexpr int k = 60;
  const auto tiny = x.v < Batch(std::numeric_limits<T>::min());
  const Batch y = xsimd::log(xsimd::select(tiny, x.v * Batch(static_cast<T>(std::uint64_t{1} << k)), x.v));
  return xsimd::select(tiny, y - Batch(static_cast<T>(k * std::numbers::ln2)), y);
}
template <class T, class Arch>
Pack<T, Arch> log2(Pack<T, Arch> x) {
  return detail::lane_by_lane(&::log2, x);
}
template <class T, class Arch>
Pack<T, Arch> log10(Pack<T, Arch> x) {
  return detail::lane_by_lane(&::log10, x);
}
template <class T, class Arch>
Pack<T, Arch> log1p(Pack<T, Arch> x) {
  return detail::lane_by_lane(&::log1p, x);
}

// ------------------------------------------------------------------------------------------------------- powers

/// Products for the small exponents that models use; the C library, lane by lane, for the rest.
template <class T, class Arch>
Pack<T, Arch> power(Pack<T, Arch> x, double exponent) {
  using P = Pack<T, Arch>;
  if (exponent == 0.0) return P(1.0);
  if (exponent == 1.0) return x;
  if (exponent == 2.0) return x * x;
  if (exponent == 3.0) return x * x * x;
  if (exponent == -1.0) return P(1.0) / x;
  return detail::lane_by_lane(&::pow, x, P(exponent));
}
template <class T, class Arch>
Pack<T, Arch> pow(Pack<T, Arch> x, Pack<T, Arch> y) {
  return detail::lane_by_lane(&::pow, x, y);
}
template <class T, class Arch>
Pack<T, Arch> hypot(Pack<T, Arch> x, Pack<T, Arch> y) {
  return detail::lane_by_lane(&::hypot, x, y);
}
/// x − n·y with n the whole part of x/y, exactly; it has the sign of x.
template <class T, class Arch>
Pack<T, Arch> fmod(Pack<T, Arch> x, Pack<T, Arch> y) {
  return detail::lane_by_lane(&::fmod, x, y);
}

// ------------------------------------------------------------------------------------------- circular functions

template <class T, class Arch>
Pack<T, Arch> sin(Pack<T, Arch> x) {
  return detail::lane_by_lane(&::sin, x);
}
template <class T, class Arch>
Pack<T, Arch> cos(Pack<T, Arch> x) {
  return detail::lane_by_lane(&::cos, x);
}
template <class T, class Arch>
Pack<T, Arch> tan(Pack<T, Arch> x) {
  return detail::lane_by_lane(&::tan, x);
}
template <class T, class Arch>
Pack<T, Arch> asin(Pack<T, Arch> x) {
  return detail::lane_by_lane(&::asin, x);
}
template <class T, class Arch>
Pack<T, Arch> acos(Pack<T, Arch> x) {
  return detail::lane_by_lane(&::acos, x);
}
template <class T, class Arch>
Pack<T, Arch> atan(Pack<T, Arch> x) {
  return detail::lane_by_lane(&::atan, x);
}
/// The angle of the point (x, y): the first argument is y, as in C.
template <class T, class Arch>
Pack<T, Arch> atan2(Pack<T, Arch> y, Pack<T, Arch> x) {
  return detail::lane_by_lane(&::atan2, y, x);
}

// ----------------------------------------------------------------------------------------- hyperbolic functions

template <class T, class Arch>
Pack<T, Arch> sinh(Pack<T, Arch> x) {
  return detail::lane_by_lane(&::sinh, x);
}
template <class T, class Arch>
Pack<T, Arch> cosh(Pack<T, Arch> x) {
  return detail::lane_by_lane(&::cosh, x);
}
template <class T, class Arch>
Pack<T, Arch> tanh(Pack<T, Arch> x) {
  return xsimd::tanh(x.v);
}
template <class T, class Arch>
Pack<T, Arch> asinh(Pack<T, Arch> x) {
  return detail::lane_by_lane(&::asinh, x);
}
template <class T, class Arch>
Pack<T, Arch> acosh(Pack<T, Arch> x) {
  return detail::lane_by_lane(&::acosh, x);
}
template <class T, class Arch>
Pack<T, Arch> atanh(Pack<T, Arch> x) {
  return detail::lane_by_lane(&::atanh, x);
}

// --------------------------------------------------------------------------------------------- the error function

template <class T, class Arch>
Pack<T, Arch> erf(Pack<T, Arch> x) {
  return detail::lane_by_lane(&::erf, x);
}
template <class T, class Arch>
Pack<T, Arch> erfc(Pack<T, Arch> x) {
  return detail::lane_by_lane(&::erfc, x);
}

}  // namespace gradus
