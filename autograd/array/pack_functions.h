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

#include "../math/special_values.h"
#include "pack_angle.h"
#include "pack_lanes.h"
#include "pack_whole.h"

namespace gradus {

// ------------------------------------------------------------------------------------------------------- roots

template <class T, class Arch>
Pack<T, Arch> sqrt(Pack<T, Arch> x) {
  return xsimd::sqrt(x.v);
}
/// Subnormal numbers are brought into the normal range first.
template <class T, class Arch>
Pack<T, Arch> cbrt(Pack<T, Arch> x) {
  if constexpr (!detail::pays<T, Arch>) return detail::lane_by_lane(&::cbrt, x);
  using P = Pack<T, Arch>;
  const auto tiny = abs(x) < P(std::numeric_limits<T>::min());
  const P y = xsimd::cbrt(where(tiny, x * P(0x1p54), x).v);
  return where(tiny, y * P(0x1p-18), y);
}

// ------------------------------------------------------------------------------------- exponentials and logarithms

/// Where xsimd gives up, near overflow and below the normal numbers, e^x is the square of e^(x/2).  A call would cost
/// half of the time.
template <class T, class Arch>
[[gnu::always_inline]] inline Pack<T, Arch> exp(Pack<T, Arch> x) {
  using Batch = typename Pack<T, Arch>::Batch;
  const auto far = xsimd::abs(x.v) > Batch(std::same_as<T, float> ? T(86) : T(706));
  const Batch e = xsimd::exp(xsimd::select(far, x.v * Batch(T(0.5)), x.v));
  return xsimd::select(far, e * e, e);
}
/// As for exp, near overflow and below the normal numbers.
template <class T, class Arch>
Pack<T, Arch> exp2(Pack<T, Arch> x) {
  if constexpr (!detail::pays<T, Arch>) return detail::lane_by_lane(&::exp2, x);
  using Batch = typename Pack<T, Arch>::Batch;
  const auto far = xsimd::abs(x.v) > Batch(std::same_as<T, float> ? T(125) : T(1021));
  const Batch e = xsimd::exp2(xsimd::select(far, x.v * Batch(T(0.5)), x.v));
  return xsimd::select(far, e * e, e);
}
/// For large x the 1 is less than a rounding, and xsimd gives up too early; it also loses the sign of −0.
template <class T, class Arch>
Pack<T, Arch> expm1(Pack<T, Arch> x) {
  if constexpr (!detail::pays<T, Arch>) return detail::lane_by_lane(&::expm1, x);
  using P = Pack<T, Arch>;
  const P y = where(x < P(40.0), P(xsimd::expm1(x.v)), exp(x));
  return where(x == P(0.0), x, y);
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
  if constexpr (!detail::pays<T, Arch>) return detail::lane_by_lane(&::log2, x);
  using P = Pack<T, Arch>;
  const auto tiny = x < P(std::numeric_limits<T>::min());
  const P y = xsimd::log2(where(tiny, x * P(0x1p60), x).v);
  return where(tiny, y - P(60 * 1.0), y);
}
template <class T, class Arch>
Pack<T, Arch> log10(Pack<T, Arch> x) {
  if constexpr (!detail::pays<T, Arch>) return detail::lane_by_lane(&::log10, x);
  using P = Pack<T, Arch>;
  const auto tiny = x < P(std::numeric_limits<T>::min());
  const P y = xsimd::log10(where(tiny, x * P(0x1p60), x).v);
  return where(tiny, y - P(60 * 0x1.34413509f79ffp-2), y);
}
template <class T, class Arch>
Pack<T, Arch> log1p(Pack<T, Arch> x) {
  if constexpr (!detail::pays<T, Arch>) return detail::lane_by_lane(&::log1p, x);
  return where(x == Pack<T, Arch>(0.0), x, Pack<T, Arch>(xsimd::log1p(x.v)));  // xsimd loses the sign of −0
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

// ---------------------------------------------------------------------------------- the gamma function and its like

template <class T, class Arch>
Pack<T, Arch> lgamma(Pack<T, Arch> x) {
  return detail::lane_by_lane(&detail::log_gamma, x);
}
template <class T, class Arch>
Pack<T, Arch> tgamma(Pack<T, Arch> x) {
  return detail::lane_by_lane(&detail::gamma, x);
}
template <class T, class Arch>
Pack<T, Arch> polygamma(double order, Pack<T, Arch> x) {
  return detail::lane_by_lane(&detail::poly_gamma, Pack<T, Arch>(order), x);
}
template <class T, class Arch>
Pack<T, Arch> bessel_ratio(double order, Pack<T, Arch> x) {
  return detail::lane_by_lane(&detail::bessel_ratio, Pack<T, Arch>(order), x);
}

// ------------------------------------------------------------------------------------------- circular functions

template <class T, class Arch>
Pack<T, Arch> sin(Pack<T, Arch> x) {
  using P = Pack<T, Arch>;
  const P y = detail::of_angle(
      &::sin, [](const auto& turn) { return turn.sine(); }, x);
  return where(x == P(0.0), x, y);
}
template <class T, class Arch>
Pack<T, Arch> cos(Pack<T, Arch> x) {
  return detail::of_angle(
      &::cos, [](const auto& turn) { return turn.cosine(); }, x);
}
template <class T, class Arch>
Pack<T, Arch> tan(Pack<T, Arch> x) {
  using P = Pack<T, Arch>;
  const P y = detail::of_angle(
      &::tan, [](const auto& turn) { return turn.tangent(); }, x);
  return where(x == P(0.0), x, y);
}
template <class T, class Arch>
Pack<T, Arch> asin(Pack<T, Arch> x) {
  if constexpr (!detail::pays<T, Arch>) return detail::lane_by_lane(&::asin, x);
  return xsimd::asin(x.v);
}
template <class T, class Arch>
Pack<T, Arch> acos(Pack<T, Arch> x) {
  if constexpr (!detail::pays<T, Arch>) return detail::lane_by_lane(&::acos, x);
  return xsimd::acos(x.v);
}
template <class T, class Arch>
Pack<T, Arch> atan(Pack<T, Arch> x) {
  if constexpr (!detail::pays<T, Arch>) return detail::lane_by_lane(&::atan, x);
  return xsimd::atan(x.v);
}
/// The angle of the point (x, y): the first argument is y, as in C.
template <class T, class Arch>
Pack<T, Arch> atan2(Pack<T, Arch> y, Pack<T, Arch> x) {
  return detail::lane_by_lane(&::atan2, y, x);
}

// ----------------------------------------------------------------------------------------- hyperbolic functions

template <class T, class Arch>
Pack<T, Arch> sinh(Pack<T, Arch> x) {
  if constexpr (!detail::pays<T, Arch>) return detail::lane_by_lane(&::sinh, x);
  return xsimd::sinh(x.v);
}
template <class T, class Arch>
Pack<T, Arch> cosh(Pack<T, Arch> x) {
  if constexpr (!detail::pays<T, Arch>) return detail::lane_by_lane(&::cosh, x);
  return xsimd::cosh(x.v);
}
/// xsimd's polynomial near 0, else (1 − e)/(1 + e) with e = exp(−2|x|), which the slope needs as well.
template <class T, class Arch>
[[gnu::always_inline]] inline Pack<T, Arch> tanh(Pack<T, Arch> x) {
  using P = Pack<T, Arch>;
  const P size = abs(x);
  const auto near = size < P(0.625);
  const P e = exp(P(-2.0) * size);
  const P far = (P(1.0) - e) / (P(1.0) + e);
  const P small = xsimd::kernel::detail::tanh_kernel<typename P::Batch>::tanh(size.v);
  return where(near, small, far).v | xsimd::bitofsign(x.v);
}
template <class T, class Arch>
Pack<T, Arch> asinh(Pack<T, Arch> x) {
  if constexpr (!detail::pays<T, Arch>) return detail::lane_by_lane(&::asinh, x);
  return xsimd::asinh(x.v);
}
template <class T, class Arch>
Pack<T, Arch> acosh(Pack<T, Arch> x) {
  if constexpr (!detail::pays<T, Arch>) return detail::lane_by_lane(&::acosh, x);
  using P = Pack<T, Arch>;
  return where(x < P(1.0), P(std::numeric_limits<double>::quiet_NaN()), P(xsimd::acosh(x.v)));
}
template <class T, class Arch>
Pack<T, Arch> atanh(Pack<T, Arch> x) {
  if constexpr (!detail::pays<T, Arch>) return detail::lane_by_lane(&::atanh, x);
  return xsimd::atanh(x.v);
}

// --------------------------------------------------------------------------------------------- the error function

/// Far out, where it is ±1, xsimd would overflow; in double it is off by many ulps.
template <class T, class Arch>
Pack<T, Arch> erf(Pack<T, Arch> x) {
  using P = Pack<T, Arch>;
  if constexpr (std::same_as<T, double>) return detail::lane_by_lane(&::erf, x);
  return xsimd::erf(where(abs(x) > P(30.0), copysign(P(30.0), x), x).v);
}
/// xsimd's for double has the digits of a float, which its own for float has not.
template <class T, class Arch>
Pack<T, Arch> erfc(Pack<T, Arch> x) {
  if constexpr (std::same_as<T, double> || !detail::pays<double, Arch>) {
    return detail::lane_by_lane(&::erfc, x);
  } else {
    const auto f = [](Pack<double, Arch> a) {
      using D = Pack<double, Arch>;
      return D(xsimd::erfc(where(abs(a) > D(30.0), copysign(D(30.0), a), a).v));
    };
    return detail::in_double(f, x);
  }
}

}  // namespace gradus
