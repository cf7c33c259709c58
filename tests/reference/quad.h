// A leaf number of about 113 bits: the op formulas, run on it, are the reference for float and double.
// Link with libquadmath where the compiler has __float128 (x86); elsewhere long double serves.
#pragma once
#include <cmath>
#include <concepts>

#include "autograd/math/number.h"

#if defined(__x86_64__) || defined(__i386__)
namespace gradus::reference {
__extension__ typedef __float128 Wide;  // NOLINT: __extension__ takes no alias declaration
}
extern "C" {
gradus::reference::Wide copysignq(gradus::reference::Wide, gradus::reference::Wide);
gradus::reference::Wide expq(gradus::reference::Wide);
gradus::reference::Wide exp2q(gradus::reference::Wide);
gradus::reference::Wide expm1q(gradus::reference::Wide);
gradus::reference::Wide logq(gradus::reference::Wide);
gradus::reference::Wide log2q(gradus::reference::Wide);
gradus::reference::Wide log10q(gradus::reference::Wide);
gradus::reference::Wide log1pq(gradus::reference::Wide);
gradus::reference::Wide sqrtq(gradus::reference::Wide);
gradus::reference::Wide cbrtq(gradus::reference::Wide);
gradus::reference::Wide sinq(gradus::reference::Wide);
gradus::reference::Wide cosq(gradus::reference::Wide);
gradus::reference::Wide tanq(gradus::reference::Wide);
gradus::reference::Wide asinq(gradus::reference::Wide);
gradus::reference::Wide acosq(gradus::reference::Wide);
gradus::reference::Wide atanq(gradus::reference::Wide);
gradus::reference::Wide sinhq(gradus::reference::Wide);
gradus::reference::Wide coshq(gradus::reference::Wide);
gradus::reference::Wide tanhq(gradus::reference::Wide);
gradus::reference::Wide asinhq(gradus::reference::Wide);
gradus::reference::Wide acoshq(gradus::reference::Wide);
gradus::reference::Wide atanhq(gradus::reference::Wide);
gradus::reference::Wide erfq(gradus::reference::Wide);
gradus::reference::Wide erfcq(gradus::reference::Wide);
gradus::reference::Wide floorq(gradus::reference::Wide);
gradus::reference::Wide ceilq(gradus::reference::Wide);
gradus::reference::Wide rintq(gradus::reference::Wide);
gradus::reference::Wide powq(gradus::reference::Wide, gradus::reference::Wide);
gradus::reference::Wide atan2q(gradus::reference::Wide, gradus::reference::Wide);
gradus::reference::Wide hypotq(gradus::reference::Wide, gradus::reference::Wide);
gradus::reference::Wide fmodq(gradus::reference::Wide, gradus::reference::Wide);
}
#else
namespace gradus::reference {
using Wide = long double;
}
inline gradus::reference::Wide expq(gradus::reference::Wide x) { return std::exp(x); }
inline gradus::reference::Wide exp2q(gradus::reference::Wide x) { return std::exp2(x); }
inline gradus::reference::Wide expm1q(gradus::reference::Wide x) { return std::expm1(x); }
inline gradus::reference::Wide logq(gradus::reference::Wide x) { return std::log(x); }
inline gradus::reference::Wide log2q(gradus::reference::Wide x) { return std::log2(x); }
inline gradus::reference::Wide log10q(gradus::reference::Wide x) { return std::log10(x); }
inline gradus::reference::Wide log1pq(gradus::reference::Wide x) { return std::log1p(x); }
inline gradus::reference::Wide sqrtq(gradus::reference::Wide x) { return std::sqrt(x); }
inline gradus::reference::Wide cbrtq(gradus::reference::Wide x) { return std::cbrt(x); }
inline gradus::reference::Wide sinq(gradus::reference::Wide x) { return std::sin(x); }
inline gradus::reference::Wide cosq(gradus::reference::Wide x) { return std::cos(x); }
inline gradus::reference::Wide tanq(gradus::reference::Wide x) { return std::tan(x); }
inline gradus::reference::Wide asinq(gradus::reference::Wide x) { return std::asin(x); }
inline gradus::reference::Wide acosq(gradus::reference::Wide x) { return std::acos(x); }
inline gradus::reference::Wide atanq(gradus::reference::Wide x) { return std::atan(x); }
inline gradus::reference::Wide sinhq(gradus::reference::Wide x) { return std::sinh(x); }
inline gradus::reference::Wide coshq(gradus::reference::Wide x) { return std::cosh(x); }
inline gradus::reference::Wide tanhq(gradus::reference::Wide x) { return std::tanh(x); }
inline gradus::reference::Wide asinhq(gradus::reference::Wide x) { return std::asinh(x); }
inline gradus::reference::Wide acoshq(gradus::reference::Wide x) { return std::acosh(x); }
inline gradus::reference::Wide atanhq(gradus::reference::Wide x) { return std::atanh(x); }
inline gradus::reference::Wide erfq(gradus::reference::Wide x) { return std::erf(x); }
inline gradus::reference::Wide erfcq(gradus::reference::Wide x) { return std::erfc(x); }
inline gradus::reference::Wide floorq(gradus::reference::Wide x) { return std::floor(x); }
inline gradus::reference::Wide ceilq(gradus::reference::Wide x) { return std::ceil(x); }
inline gradus::reference::Wide rintq(gradus::reference::Wide x) { return std::rint(x); }
inline gradus::reference::Wide copysignq(gradus::reference::Wide x, gradus::reference::Wide s) {
  return std::copysign(x, s);
}
inline gradus::reference::Wide powq(gradus::reference::Wide x, gradus::reference::Wide y) { return std::pow(x, y); }
inline gradus::reference::Wide atan2q(gradus::reference::Wide x, gradus::reference::Wide y) { return std::atan2(x, y); }
inline gradus::reference::Wide hypotq(gradus::reference::Wide x, gradus::reference::Wide y) { return std::hypot(x, y); }
inline gradus::reference::Wide fmodq(gradus::reference::Wide x, gradus::reference::Wide y) { return std::fmod(x, y); }
#endif

namespace gradus::reference {

struct Quad {
  Wide v = 0;

  constexpr Quad() = default;
  constexpr explicit Quad(double c) : v(c) {}
  constexpr explicit Quad(const Irrational& c) : v(Wide(c.high) + Wide(c.low)) {}
  static constexpr Quad of(Wide w) {
    Quad q;
    q.v = w;
    return q;
  }
  template <std::floating_point T>
  constexpr explicit operator T() const {
    return static_cast<T>(v);
  }

  friend constexpr Quad operator+(Quad a, Quad b) { return of(a.v + b.v); }
  friend constexpr Quad operator-(Quad a, Quad b) { return of(a.v - b.v); }
  friend constexpr Quad operator*(Quad a, Quad b) { return of(a.v * b.v); }
  friend constexpr Quad operator/(Quad a, Quad b) { return of(a.v / b.v); }
  friend constexpr Quad operator-(Quad a) { return of(-a.v); }
  friend constexpr Quad operator+(double a, Quad b) { return Quad(a) + b; }
  friend constexpr Quad operator-(double a, Quad b) { return Quad(a) - b; }
  friend constexpr Quad operator*(double a, Quad b) { return Quad(a) * b; }
  friend constexpr Quad operator/(double a, Quad b) { return Quad(a) / b; }
  friend constexpr Quad operator+(Quad a, double b) { return a + Quad(b); }
  friend constexpr Quad operator-(Quad a, double b) { return a - Quad(b); }
  friend constexpr Quad operator*(Quad a, double b) { return a * Quad(b); }
  friend constexpr Quad operator/(Quad a, double b) { return a / Quad(b); }

  friend constexpr bool operator<(Quad a, Quad b) { return a.v < b.v; }
  friend constexpr bool operator>(Quad a, Quad b) { return a.v > b.v; }
  friend constexpr bool operator<=(Quad a, Quad b) { return a.v <= b.v; }
  friend constexpr bool operator>=(Quad a, Quad b) { return a.v >= b.v; }
  friend constexpr bool operator==(Quad a, Quad b) { return a.v == b.v; }
  friend constexpr Quad where(bool condition, Quad a, Quad b) { return condition ? a : b; }

  friend constexpr Quad abs(Quad a) { return a.v < 0 ? -a : a; }
  friend Quad copysign(Quad a, Quad s) { return of(copysignq(a.v, s.v)); }
  friend Quad exp(Quad a) { return of(expq(a.v)); }
  friend Quad exp2(Quad a) { return of(exp2q(a.v)); }
  friend Quad expm1(Quad a) { return of(expm1q(a.v)); }
  friend Quad log(Quad a) { return of(logq(a.v)); }
  friend Quad log2(Quad a) { return of(log2q(a.v)); }
  friend Quad log10(Quad a) { return of(log10q(a.v)); }
  friend Quad log1p(Quad a) { return of(log1pq(a.v)); }
  friend Quad sqrt(Quad a) { return of(sqrtq(a.v)); }
  friend Quad cbrt(Quad a) { return of(cbrtq(a.v)); }
  friend Quad sin(Quad a) { return of(sinq(a.v)); }
  friend Quad cos(Quad a) { return of(cosq(a.v)); }
  friend Quad tan(Quad a) { return of(tanq(a.v)); }
  friend Quad asin(Quad a) { return of(asinq(a.v)); }
  friend Quad acos(Quad a) { return of(acosq(a.v)); }
  friend Quad atan(Quad a) { return of(atanq(a.v)); }
  friend Quad sinh(Quad a) { return of(sinhq(a.v)); }
  friend Quad cosh(Quad a) { return of(coshq(a.v)); }
  friend Quad tanh(Quad a) { return of(tanhq(a.v)); }
  friend Quad asinh(Quad a) { return of(asinhq(a.v)); }
  friend Quad acosh(Quad a) { return of(acoshq(a.v)); }
  friend Quad atanh(Quad a) { return of(atanhq(a.v)); }
  friend Quad erf(Quad a) { return of(erfq(a.v)); }
  friend Quad erfc(Quad a) { return of(erfcq(a.v)); }
  friend Quad floor(Quad a) { return of(floorq(a.v)); }
  friend Quad ceil(Quad a) { return of(ceilq(a.v)); }
  friend Quad rint(Quad a) { return of(rintq(a.v)); }
  friend Quad pow(Quad a, Quad b) { return of(powq(a.v, b.v)); }
  friend Quad atan2(Quad a, Quad b) { return of(atan2q(a.v, b.v)); }
  friend Quad hypot(Quad a, Quad b) { return of(hypotq(a.v, b.v)); }
  friend Quad fmod(Quad a, Quad b) { return of(fmodq(a.v, b.v)); }
  friend Quad power(Quad a, double exponent) { return of(powq(a.v, Wide(exponent))); }
};

/// What one rounding costs, relative to the result: 2^-113 (2^-64 where long double stands in).
inline constexpr double quad_rounding = sizeof(Wide) == 16 && Wide(1) + Wide(0x1p-100) != Wide(1) ? 0x1p-113 : 0x1p-64;

}  // namespace gradus::reference
