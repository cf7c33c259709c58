// The sign and the whole part of a SIMD register.
#pragma once
#include <cstdint>
#include <limits>

#include "pack_arithmetic.h"

namespace gradus {

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

}  // namespace gradus
