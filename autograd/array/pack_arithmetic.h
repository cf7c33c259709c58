// A SIMD register as a leaf number, and its arithmetic.
#pragma once
#include <cstddef>

#include "../math/number.h"
#include "simd.h"

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
  // xsimd negates as 0 − x on some machines, which loses the sign of zero.
  friend Pack operator-(Pack a) { return Batch(T(-0.0)) - a.v; }
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
  friend Mask operator!=(Pack a, Pack b) { return !(a.v == b.v); }
  friend Pack where(Mask m, Pack a, Pack b) { return xsimd::select(m, a.v, b.v); }

  friend Pack abs(Pack a) { return xsimd::abs(a.v); }
};

template <class T, class Arch>
struct Selected<xsimd::batch_bool<T, Arch>> {
  using type = Pack<T, Arch>;
};

}  // namespace gradus
