#include "autograd/array/norms.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "autograd/array/rows.h"
#include "autograd/array/wide_sum.h"

namespace gradus {

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();

template <class T>
double magnitude(T x) {
  return std::abs(static_cast<double>(x));
}

// The largest |x|, NaN if there is one.
template <class T>
double largest(const T* x, std::int64_t n) {
  double m = 0.0;
  for (std::int64_t i = 0; i < n; ++i) m = magnitude(x[i]) <= m || m != m ? m : magnitude(x[i]);
  return m;
}

template <class T>
double smallest(const T* x, std::int64_t n) {
  double m = inf;
  for (std::int64_t i = 0; i < n; ++i) m = magnitude(x[i]) >= m || m != m ? m : magnitude(x[i]);
  return m;
}

template <class T>
double count_of_nonzero(const T* x, std::int64_t n) {
  double count = 0.0;
  for (std::int64_t i = 0; i < n; ++i) count += x[i] == T(0) ? 0.0 : magnitude(x[i]) > 0 ? 1.0 : magnitude(x[i]);
  return count;
}

// Scaled by a power of two, which rounds nothing, to about 1.
template <class T>
double euclidean(const T* x, std::int64_t n) {
  const double m = largest(x, n);
  if (m == 0.0 || !std::isfinite(m)) return m;
  const int exponent = std::clamp(std::ilogb(m), -1000, 1000);
  const double scale = std::ldexp(1.0, -exponent);
  const WideSum sum = wide_sum(n, [&](std::int64_t i) {
    const double s = static_cast<double>(x[i]) * scale;
    return s * s;
  });
  return std::ldexp(std::sqrt(sum.value()), exponent);
}

// In units of the largest |x| (of the smallest for a negative p), whose power is then 1.
template <class T>
double general(const T* x, std::int64_t n, double p) {
  const double m = p > 0 ? largest(x, n) : smallest(x, n);
  if (m == 0.0 || !std::isfinite(m)) return m;
  const WideSum sum = wide_sum(n, [&](std::int64_t i) { return std::pow(magnitude(x[i]) / m, p); });
  return m * std::pow(sum.value(), 1.0 / p);
}

template <class T>
double norm_of(const T* x, std::int64_t n, double p) {
  if (p == 2.0) return euclidean(x, n);
  if (p == 1.0) return wide_sum(n, [&](std::int64_t i) { return magnitude(x[i]); }).value();
  if (p == inf) return largest(x, n);
  if (p == -inf) return smallest(x, n);
  if (p == 0.0) return count_of_nonzero(x, n);
  return general(x, n, p);
}

}  // namespace

Array norm_axes(const Array& x, double p, std::uint32_t mask, bool keepdims) {
  return reduce_rows(x, mask, keepdims, [&](const auto* row, std::int64_t n) { return norm_of(row, n, p); });
}

Array centered(const Array& x, std::uint32_t mask) {
  return map_rows(x, mask, [](const auto* row, std::int64_t n, auto* out) {
    const WideSum sum = wide_sum(n, [&](std::int64_t i) { return static_cast<double>(row[i]); });
    const WideSum mean = sum.divided(static_cast<double>(n));
    for (std::int64_t i = 0; i < n; ++i) {
      out[i] =
          static_cast<std::remove_reference_t<decltype(*out)>>((static_cast<double>(row[i]) - mean.high) - mean.low);
    }
  });
}

}  // namespace gradus
