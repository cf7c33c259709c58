// How a function that has no SIMD form is applied to a register.
#pragma once
#include <cstddef>

#include "pack_arithmetic.h"

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

/// Whether a function on registers is faster than the C library lane by lane.
template <class T, class Arch>
inline constexpr bool pays = Pack<T, Arch>::size > 2;

/// f on registers of double: a float32 result is right to half an ulp.
template <class Arch, class F>
Pack<float, Arch> in_double(const F& f, const Pack<float, Arch>& x) {
  using P = Pack<float, Arch>;
  using D = Pack<double, Arch>;
  alignas(64) float lanes[P::size];
  alignas(64) double wide[P::size];
  x.store(lanes);
  for (std::size_t i = 0; i < P::size; ++i) wide[i] = static_cast<double>(lanes[i]);
  for (std::size_t i = 0; i < P::size; i += D::size) f(D::load(wide + i)).store(wide + i);
  for (std::size_t i = 0; i < P::size; ++i) lanes[i] = static_cast<float>(wide[i]);
  return P::load(lanes);
}

}  // namespace detail

}  // namespace gradus
