// sin, cos and tan of a SIMD register: the angle is brought into [−π/4, π/4] first.
#pragma once
#include <concepts>

#include "pack_lanes.h"
#include "pack_whole.h"

namespace gradus {

namespace detail {

/// An angle as n·π/2 + (high + low) with |high| ≤ π/4, for |x| up to 2^19: n is a whole number.  π/2 in four parts, of which
/// the first three have 33 bits, so that n times each is exact; what is lost in the subtractions is kept (Cody and Waite).
template <class P>
struct Turn {
  P n;
  P high;
  P low;

  static constexpr double reach = 0x1p19;
  explicit Turn(P x) : n(rint(x * P(0x1.45f306dc9c883p-1))), high(0.0), low(0.0) {
    const P first = x - n * P(0x1.921fb544p+0);
    const P second = n * P(0x1.0b4611a6p-34);
    const P third = n * P(0x1.3198a2ep-69);
    const P fourth = n * P(0x1.b839a252049c1p-104);
    P lost_second(0.0);
    P lost_third(0.0);
    const P nearer = difference(first, second, lost_second);
    const P nearest = difference(nearer, third, lost_third);
    const P rest = (lost_second + lost_third) - fourth;
    high = nearest + rest;
    low = (nearest - high) + rest;
  }

  [[nodiscard]] P sine() const {
    const P q = quadrant();
    const P size = where(odd(q), near_cosine(), near_sine());
    return where(q > P(1.5), -size, size);
  }
  [[nodiscard]] P cosine() const {
    const P q = quadrant();
    const P size = where(odd(q), near_sine(), near_cosine());
    return where(abs(q - P(1.5)) < P(1.0), -size, size);
  }
  [[nodiscard]] P tangent() const {
    const P s = near_sine();
    const P c = near_cosine();
    const auto flipped = odd(quadrant());
    return where(flipped, -c, s) / where(flipped, s, c);
  }

 private:
  // a − b, and what rounding takes from it (Knuth).
  static P difference(P a, P b, P& lost) {
    const P d = a - b;
    const P back = d - a;
    lost = (a - (d - back)) - (b + back);
    return d;
  }
  // n modulo 4: 0, 1, 2 or 3.
  [[nodiscard]] P quadrant() const { return n - P(4.0) * floor(n * P(0.25)); }
  static auto odd(P q) { return abs(abs(q - P(2.0)) - P(1.0)) < P(0.5); }
  // The polynomials of Sun's fdlibm, with the first-order effect of `low`.
  [[nodiscard]] P near_sine() const {
    const P z = high * high;
    const P v = z * high;
    const P r = polynomial(z, 0x1.111111110f8a6p-7, -0x1.a01a019c161d5p-13, 0x1.71de357b1fe7dp-19,
                           -0x1.ae5e68a2b9cebp-26, 0x1.5d93a5acfd57cp-33);
    return high - ((z * (P(0.5) * low - v * r) - low) + v * P(0x1.5555555555549p-3));
  }
  [[nodiscard]] P near_cosine() const {
    const P z = high * high;
    const P r = z * polynomial(z, 0x1.555555555554cp-5, -0x1.6c16c16c15177p-10, 0x1.a01a019cb159p-16,
                               -0x1.27e4f809c52adp-22, 0x1.1ee9ebdb4b1c4p-29, -0x1.8fae9be8838d4p-37);
    const P half = P(0.5) * z;
    const P most = P(1.0) - half;
    return most + (((P(1.0) - most) - half) + (z * r - high * low));
  }
  // c0 + z (c1 + z (c2 + …))
  template <class... C>
  static P polynomial(P z, double c0, C... more) {
    if constexpr (sizeof...(C) == 0) {
      return P(c0);
    } else {
      return xsimd::fma(z.v, polynomial(z, more...).v, P(c0).v);
    }
  }
};

/// f of the angle, in double; angles beyond reach lane by lane through the C library.
template <class T, class Arch, class F>
Pack<T, Arch> of_angle(double (*library)(double), const F& f, const Pack<T, Arch>& x) {
  if constexpr (!pays<double, Arch>) return lane_by_lane(library, x);
  using P = Pack<T, Arch>;
  const auto far = abs(x) > P(Turn<P>::reach);
  P y = x;
  if constexpr (std::same_as<T, float>) {
    y = in_double([&](const auto& angle) { return f(Turn<Pack<double, Arch>>(angle)); }, x);
  } else {
    y = f(Turn<P>(x));
  }
  return xsimd::any(far) ? where(far, lane_by_lane(library, x), y) : y;
}

}  // namespace detail

}  // namespace gradus
