// A SIMD register as a leaf number: the same op formulas, many elements at a time.
#pragma once
#include <cmath>
#include <cstddef>
#include <xsimd/xsimd.hpp>

namespace gradus {

template <class T, class Arch>
struct Pack {
  using Batch = xsimd::batch<T, Arch>;
  using Mask = xsimd::batch_bool<T, Arch>;
  static constexpr std::size_t size = Batch::size;
  Batch v;

  Pack(Batch batch) : v(batch) {}  // NOLINT: the operators below read as formulas
  explicit Pack(double c) : v(static_cast<T>(c)) {}
  static Pack load(const T* p) { return Batch::load_unaligned(p); }
  void store(T* p) const { v.store_unaligned(p); }

  friend Pack operator+(Pack a, Pack b) { return a.v + b.v; }
  friend Pack operator-(Pack a, Pack b) { return a.v - b.v; }
  friend Pack operator*(Pack a, Pack b) { return a.v * b.v; }
  friend Pack operator/(Pack a, Pack b) { return a.v / b.v; }
  friend Pack operator-(Pack a) { return -a.v; }
  friend Pack operator+(double a, Pack b) { return Pack(a) + b; }
  friend Pack operator-(double a, Pack b) { return Pack(a) - b; }
  friend Pack operator*(double a, Pack b) { return Pack(a) * b; }
  friend Pack operator/(double a, Pack b) { return Pack(a) / b; }
  friend Pack operator+(Pack a, double b) { return a + Pack(b); }
  friend Pack operator-(Pack a, double b) { return a - Pack(b); }
  friend Pack operator*(Pack a, double b) { return a * Pack(b); }
  friend Pack operator/(Pack a, double b) { return a / Pack(b); }

  friend Mask operator<(Pack a, Pack b) { return a.v < b.v; }
  friend Mask operator>(Pack a, Pack b) { return a.v > b.v; }
  friend Mask operator<=(Pack a, Pack b) { return a.v <= b.v; }
  friend Mask operator>=(Pack a, Pack b) { return a.v >= b.v; }
  friend Mask operator==(Pack a, Pack b) { return a.v == b.v; }
  friend Pack where(Mask m, Pack a, Pack b) { return xsimd::select(m, a.v, b.v); }

  friend Pack abs(Pack a) { return xsimd::abs(a.v); }
  friend Pack exp(Pack a) { return xsimd::exp(a.v); }
  friend Pack log(Pack a) { return xsimd::log(a.v); }
  friend Pack tanh(Pack a) { return xsimd::tanh(a.v); }
  /// Products for the small exponents that models use; the C library, lane by lane, for the rest.
  friend Pack power(Pack a, double exponent) {
    if (exponent == 0.0) return Pack(1.0);
    if (exponent == 1.0) return a;
    if (exponent == 2.0) return a * a;
    if (exponent == 3.0) return a * a * a;
    if (exponent == -1.0) return Pack(1.0) / a;
    alignas(64) T lanes[size];
    a.store(lanes);
    for (T& x : lanes) x = std::pow(x, static_cast<T>(exponent));
    return load(lanes);
  }
};

}  // namespace gradus
