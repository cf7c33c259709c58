// A leaf number of about 113 bits: the op formulas, run on it, are the reference for float and double.
// Link with libquadmath where the compiler has __float128 (x86); elsewhere long double serves.
#pragma once
#include <cmath>
#include <concepts>
#include <limits>

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
gradus::reference::Wide lgammaq(gradus::reference::Wide);
gradus::reference::Wide tgammaq(gradus::reference::Wide);
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
inline gradus::reference::Wide lgammaq(gradus::reference::Wide x) { return std::lgamma(x); }
inline gradus::reference::Wide tgammaq(gradus::reference::Wide x) { return std::tgamma(x); }
#endif

namespace gradus::reference {

/// The n-th derivative of digamma: steps of one up to 40, and Stirling's series from there.
inline Wide wide_polygamma(int n, Wide x) {
  const Wide infinite = std::numeric_limits<double>::infinity();
  if (x != x || x == -infinite) return std::numeric_limits<double>::quiet_NaN();
  if (x == infinite) return n == 0 ? infinite : n % 2 != 0 ? Wide(0) : -Wide(0);
  if (x <= 0 && floorq(x) == x) {
    if (n % 2 != 0) return infinite;
    return x == 0 ? -copysignq(infinite, x) : Wide(std::numeric_limits<double>::quiet_NaN());
  }
  Wide factorial = 1;
  for (int k = 2; k <= n; ++k) factorial *= k;
  const Wide sign = n % 2 != 0 ? 1 : -1;
  const auto over_power = [](Wide by, int times) {
    Wide y = 1;
    for (int k = 0; k < times; ++k) y /= by;
    return y;
  };
  if (x < -400) {  // by reflection: π cot πx and its derivatives, out of the two sums near 0
    const Wide t = x - rintq(x);
    const Wide here = wide_polygamma(n, t);
    const Wide other = wide_polygamma(n, 1 - t);
    const Wide mirrored = wide_polygamma(n, 1 - x);
    return here + (n % 2 != 0 ? other - mirrored : mirrored - other);
  }
  Wide sum = 0;
  for (; x < 40; x += 1) sum += sign * factorial * over_power(x, n + 1);
  constexpr Wide b[][2] = {{1, 6},        {-1, 30},
                           {1, 42},       {-1, 30},
                           {5, 66},       {-691, 2730},
                           {7, 6},        {-3617, 510},
                           {43867, 798},  {-174611, 330},
                           {854513, 138}, {-236364091, 2730},
                           {8553103, 6},  {-23749461029.0, 870}};
  Wide tail = n == 0 ? logq(x) - 1 / (2 * x) : sign * factorial * (over_power(x, n) / n + over_power(x, n + 1) / 2);
  for (int j = 1; j <= 14; ++j) {
    // B₂ⱼ (2j + n − 1)!/((2j)! x^(2j + n))
    Wide ratio = 1;
    for (int k = 2 * j + 1; k < 2 * j + n; ++k) ratio *= k;
    if (n == 0) ratio = Wide(1) / (2 * j);
    tail += sign * b[j - 1][0] / b[j - 1][1] * ratio * over_power(x, 2 * j + n);
  }
  return sum + tail;
}

/// Iₙ(x)/xⁿ: its power series, and far out the asymptotic one.
inline Wide wide_bessel_ratio(int n, Wide x) {
  const Wide size = x < 0 ? -x : x;
  if (!(size < 20000)) return x == x ? Wide(std::numeric_limits<double>::infinity()) : x;
  Wide term = 1;
  Wide sum = 0;
  if (size < 300) {
    for (int k = 1; k <= n; ++k) term /= 2 * k;
    for (int k = 1; term > sum * Wide(1e-36); ++k) {
      sum += term;
      term *= size * size / (4 * Wide(k) * (k + n));
    }
    return sum;
  }
  for (int k = 1; (term < 0 ? -term : term) > Wide(1e-36); ++k) {
    sum += term;
    term *= -(Wide(4 * n * n) - Wide(2 * k - 1) * (2 * k - 1)) / (8 * Wide(k) * size);
  }
  for (int k = 0; k < n; ++k) sum /= size;
  return sum * expq(size) / sqrtq(2 * (Wide(0x1.921fb54442d18p+1) + Wide(0x1.1a62633145c07p-53)) * size);
}

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
  friend Quad lgamma(Quad a) { return of(lgammaq(a.v)); }
  friend Quad tgamma(Quad a) { return of(tgammaq(a.v)); }
  friend Quad polygamma(double order, Quad a) { return of(wide_polygamma(static_cast<int>(order), a.v)); }
  friend Quad bessel_ratio(double order, Quad a) { return of(wide_bessel_ratio(static_cast<int>(order), a.v)); }
};

/// What one rounding costs, relative to the result: 2^-113 (2^-64 where long double stands in).
inline constexpr double quad_rounding = sizeof(Wide) == 16 && Wide(1) + Wide(0x1p-100) != Wide(1) ? 0x1p-113 : 0x1p-64;

}  // namespace gradus::reference
