// The first few lanes of a register, and float32 registers as float64 ones: what each instruction set has of its own.
#pragma once
#include <bit>
#include <cstdint>
#include <cstring>

#include "pack_arithmetic.h"

namespace gradus {

/// Numbers p[0 … n) and zeros behind them, where 0 < n < the width.  Nothing else is read.
template <class P, class T>
P load_some(const T* p, std::int64_t n) {
  alignas(64) T lanes[P::size] = {};
  std::memcpy(lanes, p, static_cast<std::size_t>(n) * sizeof(T));
  return P::load(lanes);
}

/// Writes the first n lanes alone.
template <class T, class Arch>
void store_some(const Pack<T, Arch>& value, T* p, std::int64_t n) {
  alignas(64) T lanes[Pack<T, Arch>::size];
  value.store(lanes);
  std::memcpy(p, lanes, static_cast<std::size_t>(n) * sizeof(T));
}

/// A register of float32 as two of float64, in order.
template <class Arch>
struct WidePair {
  Pack<double, Arch> low;
  Pack<double, Arch> high;
};

template <class Arch>
WidePair<Arch> widened(const Pack<float, Arch>& x) {
  alignas(64) float lanes[Pack<float, Arch>::size];
  alignas(64) double wide[Pack<float, Arch>::size];
  x.store(lanes);
  for (std::size_t i = 0; i < Pack<float, Arch>::size; ++i) wide[i] = static_cast<double>(lanes[i]);
  return {Pack<double, Arch>::load(wide), Pack<double, Arch>::load(wide + Pack<double, Arch>::size)};
}

/// How many lanes of a mask are set.
template <class T, class Arch>
int count_of(const xsimd::batch_bool<T, Arch>& mask) {
  alignas(64) bool lanes[Pack<T, Arch>::size];
  mask.store_aligned(lanes);
  int count = 0;
  for (const bool lane : lanes) count += lane ? 1 : 0;
  return count;
}

/// The lanes of a register, added as a balanced tree.
template <class Arch>
double sum_of_lanes(const Pack<double, Arch>& x) {
  alignas(64) double lanes[Pack<double, Arch>::size];
  x.store(lanes);
  for (std::size_t half = Pack<double, Arch>::size / 2; half > 0; half /= 2) {
    for (std::size_t j = 0; j < half; ++j) lanes[j] += lanes[j + half];
  }
  return lanes[0];
}

/// x · 2^k for whole numbers k from −400 to 0, gradual underflow included.
template <class Arch>
Pack<float, Arch> scaled_down(const Pack<float, Arch>& x, const Pack<float, Arch>& k) {
  // In steps whose powers of two are normal numbers; only the last can round.
  const auto step = [](const Pack<float, Arch>& by) {
    return where(by < Pack<float, Arch>(-125.0), Pack<float, Arch>(-125.0), by);
  };
  const auto power = [](const Pack<float, Arch>& by) {
    return xsimd::ldexp(xsimd::batch<float, Arch>(1.0F), xsimd::to_int(by.v));
  };
  const Pack<float, Arch> first = step(k);
  return (x * power(first)) * power(step(k - first));
}

#if defined(__AVX512BW__)

using Float16 = Pack<float, xsimd::avx512bw>;
using Double8 = Pack<double, xsimd::avx512bw>;

template <>
inline Float16 load_some<Float16, float>(const float* p, std::int64_t n) {
  return xsimd::batch<float, xsimd::avx512bw>(_mm512_maskz_loadu_ps(static_cast<__mmask16>((1U << n) - 1U), p));
}
template <>
inline Double8 load_some<Double8, double>(const double* p, std::int64_t n) {
  return xsimd::batch<double, xsimd::avx512bw>(_mm512_maskz_loadu_pd(static_cast<__mmask8>((1U << n) - 1U), p));
}
template <>
inline void store_some(const Float16& value, float* p, std::int64_t n) {
  _mm512_mask_storeu_ps(p, static_cast<__mmask16>((1U << n) - 1U), value.v.data);
}
template <>
inline void store_some(const Double8& value, double* p, std::int64_t n) {
  _mm512_mask_storeu_pd(p, static_cast<__mmask8>((1U << n) - 1U), value.v.data);
}
template <>
inline int count_of(const xsimd::batch_bool<float, xsimd::avx512bw>& mask) {
  return std::popcount(static_cast<std::uint32_t>(mask.data));
}
template <>
inline int count_of(const xsimd::batch_bool<double, xsimd::avx512bw>& mask) {
  return std::popcount(static_cast<std::uint32_t>(mask.data));
}
template <>
inline double sum_of_lanes(const Double8& x) {
  return _mm512_reduce_add_pd(x.v.data);
}
template <>
[[gnu::always_inline]] inline Float16 scaled_down(const Float16& x, const Float16& k) {
  return xsimd::batch<float, xsimd::avx512bw>(_mm512_scalef_ps(x.v.data, k.v.data));
}
template <>
[[gnu::always_inline]] inline WidePair<xsimd::avx512bw> widened(const Float16& x) {
  const __m512 v = x.v.data;
  return {xsimd::batch<double, xsimd::avx512bw>(_mm512_cvtps_pd(_mm512_castps512_ps256(v))),
          xsimd::batch<double, xsimd::avx512bw>(_mm512_cvtps_pd(_mm512_extractf32x8_ps(v, 1)))};
}

#elif defined(__AVX2__)

using Avx2 = xsimd::fma3<xsimd::avx2>;
using Float8 = Pack<float, Avx2>;
using Double4 = Pack<double, Avx2>;

/// All ones in the first n lanes of 32 bits, up to 8.
inline __m256i first_lanes(std::int64_t n) {
  static constexpr std::int32_t ones_then_zeros[16] = {-1, -1, -1, -1, -1, -1, -1, -1};
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(ones_then_zeros + 8 - n));
}

template <>
inline Float8 load_some<Float8, float>(const float* p, std::int64_t n) {
  return xsimd::batch<float, Avx2>(_mm256_maskload_ps(p, first_lanes(n)));
}
template <>
inline Double4 load_some<Double4, double>(const double* p, std::int64_t n) {
  return xsimd::batch<double, Avx2>(_mm256_maskload_pd(p, first_lanes(2 * n)));
}
template <>
inline void store_some(const Float8& value, float* p, std::int64_t n) {
  _mm256_maskstore_ps(p, first_lanes(n), value.v.data);
}
template <>
inline void store_some(const Double4& value, double* p, std::int64_t n) {
  _mm256_maskstore_pd(p, first_lanes(2 * n), value.v.data);
}
template <>
[[gnu::always_inline]] inline WidePair<Avx2> widened(const Float8& x) {
  const __m256 v = x.v.data;
  return {xsimd::batch<double, Avx2>(_mm256_cvtps_pd(_mm256_castps256_ps128(v))),
          xsimd::batch<double, Avx2>(_mm256_cvtps_pd(_mm256_extractf128_ps(v, 1)))};
}

#endif

}  // namespace gradus
