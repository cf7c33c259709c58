// What softmax, logsumexp and cross-entropy share: the exponentials of one row.  A part of kernels.cpp.
#pragma once
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "autograd/array/kernels.h"
#include "autograd/array/pack.h"
#include "autograd/array/pack_ends.h"
#include "autograd/math/exponential.h"

namespace gradus {

namespace {

/// f(a register's worth, how many of its lanes count, where it starts) for each part of a row.
template <class P, class T, class F>
void for_each_pack(const T* row, std::int64_t n, F&& f) {
  constexpr auto width = static_cast<std::int64_t>(P::size);
  std::int64_t i = 0;
  for (; i + width <= n; i += width) f(P::load(row + i), width, i);
  if (i < n) f(load_some<P>(row + i, n - i), n - i, i);
}

/// The largest number of a row; NaN if there is one.
template <class T, class Arch>
T largest_of(const T* row, std::int64_t n) {
  using P = Pack<T, Arch>;
  constexpr auto width = static_cast<std::int64_t>(P::size);
  const auto larger = [](P a, P b) { return where(a > b, a, b); };
  // Registers of the largest so far, and of how many NaNs there were.
  const P lowest(-std::numeric_limits<double>::infinity());
  P best[4] = {lowest, lowest, lowest, lowest};
  P bad(0.0);
  const auto look = [&](std::size_t k, P x) {
    best[k] = larger(x, best[k]);
    bad = bad + where(x == x, P(0.0), P(1.0));
  };
  std::int64_t i = 0;
  for (; i + 4 * width <= n; i += 4 * width) {
    for (std::size_t k = 0; k < 4; ++k) look(k, P::load(row + i + static_cast<std::int64_t>(k) * width));
  }
  for (; i + width <= n; i += width) look(0, P::load(row + i));
  alignas(64) T lanes[2][P::size];
  larger(larger(best[0], best[1]), larger(best[2], best[3])).store(lanes[0]);
  bad.store(lanes[1]);
  T largest = lanes[0][0];
  bool nan = false;
  for (std::size_t j = 0; j < P::size; ++j) {
    largest = lanes[0][j] > largest ? lanes[0][j] : largest;
    nan = nan || lanes[1][j] != T(0);
  }
  for (; i < n; ++i) {
    largest = row[i] > largest ? row[i] : largest;
    nan = nan || row[i] != row[i];
  }
  return nan ? std::numeric_limits<T>::quiet_NaN() : largest;
}

/// A sum in float64 lanes; of float64 numbers with what rounding takes kept and given back (Knuth's TwoSum).
template <class Arch>
struct LaneSum {
  using D = Pack<double, Arch>;
  D high{0.0};
  D low{0.0};

  void add(const Pack<float, Arch>& x) {
    const WidePair<Arch> wide = widened(x);
    high = high + wide.low;
    low = low + wide.high;
  }
  void add(const D& x) {
    const D sum = high + x;
    const D back = sum - high;
    low = low + ((high - (sum - back)) + (x - back));
    high = sum;
  }
  [[nodiscard]] double value() const {
    alignas(64) double lanes[2][D::size];
    high.store(lanes[0]);
    low.store(lanes[1]);
    for (std::size_t half = D::size / 2; half > 0; half /= 2) {
      for (std::size_t j = 0; j < half; ++j) {
        lanes[0][j] += lanes[0][j + half];
        lanes[1][j] += lanes[1][j + half];
      }
    }
    return lanes[0][0] + lanes[1][0];
  }
};

template <class T, class Arch>
ExpRow exp_row_kernel(const void* in, std::int64_t n, void* out) {
  using P = Pack<T, Arch>;
  const T* row = static_cast<const T*>(in);
  const T largest = largest_of<T, Arch>(row, n);
  const P m(static_cast<double>(largest));
  LaneSum<Arch> others;
  LaneSum<Arch> ties;
  for_each_pack<P>(row, n, [&](const P& x, std::int64_t lanes, std::int64_t at) {
    const P e = ExpDifference::value(x, m);
    const auto is_largest = x == m;
    P counted = where(is_largest, P(0.0), e);
    P tie = where(is_largest, P(1.0), P(0.0));
    if (lanes < static_cast<std::int64_t>(P::size)) {
      if (out != nullptr) store_some(e, static_cast<T*>(out) + at, lanes);
      alignas(64) T some[2][P::size];
      counted.store(some[0]);
      tie.store(some[1]);
      counted = load_some<P>(some[0], lanes);
      tie = load_some<P>(some[1], lanes);
    } else if (out != nullptr) {
      e.store(static_cast<T*>(out) + at);
    }
    others.add(counted);
    ties.add(tie);
  });
  return {static_cast<double>(largest), others.value() + (ties.value() - 1.0)};
}

}  // namespace

}  // namespace gradus
