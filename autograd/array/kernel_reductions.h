// Sums of neighbouring numbers and of rows, on registers.  A part of kernels.cpp.
//
// A float32 sum adds a few numbers to each lane and goes on in float64, which keeps its digits however long the array.
// A float64 sum is pairwise over fixed chunks.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "autograd/array/kernels.h"
#include "autograd/array/pack_ends.h"

namespace gradus {

namespace {

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

/// A register's worth of partial sums of a chunk.
template <class T, class Arch>
Pack<T, Arch> chunk_sum(const T* p, std::int64_t n) {
  using P = Pack<T, Arch>;
  constexpr auto width = static_cast<std::int64_t>(P::size);
  P a(0.0);
  P b(0.0);
  P c(0.0);
  P d(0.0);
  std::int64_t i = 0;
  for (; i + 4 * width <= n; i += 4 * width) {
    a = a + P::load(p + i);
    b = b + P::load(p + i + width);
    c = c + P::load(p + i + 2 * width);
    d = d + P::load(p + i + 3 * width);
  }
  for (; i + width <= n; i += width) a = a + P::load(p + i);
  if (i < n) b = b + load_some<P>(p + i, n - i);
  return (a + b) + (c + d);
}

template <class T, class Arch>
double sum_kernel(const void* in, std::int64_t n) {
  using P = Pack<T, Arch>;
  using D = Pack<double, Arch>;
  constexpr std::int64_t chunk = 16 * static_cast<std::int64_t>(P::size);
  const T* p = static_cast<const T*>(in);
  alignas(64) double store[(KernelTable::sum_block / chunk) * D::size];
  const auto part = [&](std::size_t k) { return D::load(store + k * D::size); };
  const auto put = [&](std::size_t k, const D& x) { x.store(store + k * D::size); };
  std::size_t count = 0;
  for (std::int64_t i = 0; i < n; i += chunk) {
    const P sum = chunk_sum<T, Arch>(p + i, std::min(chunk, n - i));
    if constexpr (std::is_same_v<T, float>) {
      const WidePair<Arch> wide = widened(sum);
      put(count++, wide.low + wide.high);
    } else {
      put(count++, sum);
    }
  }
  if (count == 0) return 0.0;
  for (; count > 1; count = (count + 1) / 2) {
    for (std::size_t k = 0; k < count / 2; ++k) put(k, part(2 * k) + part(2 * k + 1));
    if (count % 2 == 1) put(count / 2, part(count - 1));
  }
  return sum_of_lanes(part(0));
}

// out[j] += the sum of up to 8 rows, a register's worth of columns at a time.
template <class T, class Arch>
void add_rows(const T* p, std::int64_t rows, std::int64_t columns, std::int64_t step, double* out) {
  using P = Pack<T, Arch>;
  using D = Pack<double, Arch>;
  constexpr auto width = static_cast<std::int64_t>(P::size);
  const auto add = [](double* to, const D& x) { (D::load(to) + x).store(to); };
  const auto sum_at = [&](auto&& load) {
    P sum = load(p);
    for (std::int64_t r = 1; r < rows; ++r) sum = sum + load(p + r * step);
    return sum;
  };
  std::int64_t j = 0;
  for (; j + width <= columns; j += width) {
    P sum(0.0);
    if (rows == 8) {
      const T* q = p + j;
      const P a = P::load(q) + P::load(q + step);
      const P b = P::load(q + 2 * step) + P::load(q + 3 * step);
      const P c = P::load(q + 4 * step) + P::load(q + 5 * step);
      const P d = P::load(q + 6 * step) + P::load(q + 7 * step);
      sum = (a + b) + (c + d);
    } else {
      sum = sum_at([&](const T* q) { return P::load(q + j); });
    }
    if constexpr (std::is_same_v<T, float>) {
      const WidePair<Arch> wide = widened(sum);
      add(out + j, wide.low);
      add(out + j + D::size, wide.high);
    } else {
      add(out + j, sum);
    }
  }
  if (j == columns) return;
  const P sum = sum_at([&](const T* q) { return load_some<P>(q + j, columns - j); });
  alignas(64) T lanes[P::size];
  sum.store(lanes);
  for (std::int64_t k = j; k < columns; ++k) out[k] += static_cast<double>(lanes[k - j]);
}

template <class T, class Arch>
void sum_rows_kernel(const void* in, std::int64_t rows, std::int64_t columns, std::int64_t step, double* out) {
  constexpr std::int64_t group = 8;
  const T* p = static_cast<const T*>(in);
  std::fill_n(out, columns, 0.0);
  for (std::int64_t i = 0; i < rows; i += group) {
    add_rows<T, Arch>(p + i * step, std::min(group, rows - i), columns, step, out);
  }
}

}  // namespace

}  // namespace gradus
