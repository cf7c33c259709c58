// Sums of neighbouring numbers and of rows, on registers.  A part of row_kernels.cpp.
//
// A float32 sum adds a few numbers to each lane and goes on in float64, which keeps its digits however long the array.
// A float64 sum is pairwise over fixed chunks.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "kernels.h"
#include "pack_ends.h"

namespace gradus {

namespace {

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

/// f(a register's worth of partial sums) for each chunk.
template <class T, class Arch, class F>
void for_each_chunk(const T* p, std::int64_t n, F&& f) {
  constexpr std::int64_t chunk = 16 * static_cast<std::int64_t>(Pack<T, Arch>::size);
  for (std::int64_t i = 0; i < n; i += chunk) f(chunk_sum<T, Arch>(p + i, std::min(chunk, n - i)));
}

template <class Arch>
double sum_of(const float* p, std::int64_t n) {
  Pack<double, Arch> low(0.0);
  Pack<double, Arch> high(0.0);
  for_each_chunk<float, Arch>(p, n, [&](const Pack<float, Arch>& sum) {
    const WidePair<Arch> wide = widened(sum);
    low = low + wide.low;
    high = high + wide.high;
  });
  return sum_of_lanes(low + high);
}

template <class Arch>
double sum_of(const double* p, std::int64_t n) {
  using D = Pack<double, Arch>;
  alignas(64) double parts[KernelTable::sum_block / 16];
  const auto part = [&](std::size_t k) { return D::load(parts + k * D::size); };
  const auto put = [&](std::size_t k, const D& x) { x.store(parts + k * D::size); };
  std::size_t count = 0;
  for_each_chunk<double, Arch>(p, n, [&](const D& sum) { put(count++, sum); });
  if (count == 0) return 0.0;
  for (; count > 1; count = (count + 1) / 2) {
    for (std::size_t k = 0; k < count / 2; ++k) put(k, part(2 * k) + part(2 * k + 1));
    if (count % 2 == 1) put(count / 2, part(count - 1));
  }
  return sum_of_lanes(part(0));
}

template <class T, class Arch>
double sum_kernel(const void* in, std::int64_t n) {
  return sum_of<Arch>(static_cast<const T*>(in), n);
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
