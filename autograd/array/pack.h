// A SIMD register as a leaf number: the same op formulas, many elements at a time.
#pragma once
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numbers>
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
  friend Pack where(Mask m, Pack a, Pack b) { return xsimd::select(m, a.v, b.v); }

  friend Pack abs(Pack a) { return xsimd::abs(a.v); }
  /// Where xsimd gives up, near overflow and below the normal numbers, e^x is the square of e^(x/2).
  friend Pack exp(Pack a) {
    const Mask far = xsimd::abs(a.v) > Batch(std::same_as<T, float> ? T(86) : T(706));
    const Batch e = xsimd::exp(xsimd::select(far, a.v * Batch(T(0.5)), a.v));
    return xsimd::select(far, e * e, e);
  }
  /// Subnormal numbers are brought into the normal range first: log x = log(2ᵏx) − k log 2.
  friend Pack log(Pack a) {
    constexpr int k = 60;
    const Mask tiny = a.v < Batch(std::numeric_limits<T>::min());
    const Batch y = xsimd::log(xsimd::select(tiny, a.v * Batch(static_cast<T>(std::uint64_t{1} << k)), a.v));
    return xsimd::select(tiny, y - Batch(static_cast<T>(k * std::numbers::ln2)), y);
  }
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
