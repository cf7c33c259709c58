// A leaf number of about 113 bits: the op formulas, run on it, are the reference for float and double.
// Link with libquadmath where the compiler has __float128 (x86); elsewhere long double serves.
#pragma once
#include <cmath>
#include <concepts>

#if defined(__x86_64__) || defined(__i386__)
namespace gradus::reference {
__extension__ typedef __float128 Wide;  // NOLINT: __extension__ takes no alias declaration
}
extern "C" {
gradus::reference::Wide expq(gradus::reference::Wide);
gradus::reference::Wide logq(gradus::reference::Wide);
gradus::reference::Wide tanhq(gradus::reference::Wide);
gradus::reference::Wide powq(gradus::reference::Wide, gradus::reference::Wide);
}
#else
namespace gradus::reference {
using Wide = long double;
}
inline gradus::reference::Wide expq(gradus::reference::Wide x) { return std::exp(x); }
inline gradus::reference::Wide logq(gradus::reference::Wide x) { return std::log(x); }
inline gradus::reference::Wide tanhq(gradus::reference::Wide x) { return std::tanh(x); }
inline gradus::reference::Wide powq(gradus::reference::Wide x, gradus::reference::Wide y) { return std::pow(x, y); }
#endif

namespace gradus::reference {

struct Quad {
  Wide v = 0;

  constexpr Quad() = default;
  constexpr explicit Quad(double c) : v(c) {}
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
  friend Quad exp(Quad a) { return of(expq(a.v)); }
  friend Quad log(Quad a) { return of(logq(a.v)); }
  friend Quad tanh(Quad a) { return of(tanhq(a.v)); }
  friend Quad power(Quad a, double exponent) { return of(powq(a.v, Wide(exponent))); }
};

/// What one rounding costs, relative to the result: 2^-113 (2^-64 where long double stands in).
inline constexpr double quad_rounding = sizeof(Wide) == 16 && Wide(1) + Wide(0x1p-100) != Wide(1) ? 0x1p-113 : 0x1p-64;

}  // namespace gradus::reference
