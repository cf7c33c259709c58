// What softmax, logsumexp and cross-entropy share: the exponentials of one row.  A part of row_kernels.cpp.
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

/// exp(x − m) for x ≤ m.
template <class Arch>
[[gnu::always_inline]] inline Pack<double, Arch> exp_below(Pack<double, Arch> x, Pack<double, Arch> m) {
  return ExpDifference::value(x, m);
}

/// The same to 1.5 ulp, in half the time: ExpDifference with the correction inside the exponent, and no overflow to look for.
/// 2^k · exp(r), r in ±ln(2)/2; polynomial and constants of Cephes' expf (Moshier 1989).
template <class Arch>
[[gnu::always_inline]] inline Pack<float, Arch> exp_below(Pack<float, Arch> x, Pack<float, Arch> m) {
  using P = Pack<float, Arch>;
  const auto fma = [](P a, P b, P c) { return P(xsimd::fma(a.v, b.v, c.v)); };
  const P difference = x - m;
  const P back = difference - x;
  const P lost = (x - (difference - back)) - (m + back);  // exactly (x − m) − difference; NaN at infinity
  const P d = where(difference < P(-200.0), P(-200.0), difference);
  const P k(xsimd::nearbyint((d * P(1.44269504088896341)).v));
  P r = fma(k, P(2.12194440e-4), fma(k, P(-0.693359375), d));
  r = r + where(abs(lost) < P(1.0), lost, P(0.0));
  P q = fma(P(1.9875691500e-4), r, P(1.3981999507e-3));
  q = fma(q, r, P(8.3334519073e-3));
  q = fma(q, r, P(4.1665795894e-2));
  q = fma(q, r, P(1.6666665459e-1));
  q = fma(q, r, P(5.0000001201e-1));
  const P y = scaled_down(fma(q, r * r, r) + P(1.0), k);
  return where(x == m, P(1.0), y);
}

/// A sum in float64 lanes; of float64 numbers with what rounding takes kept and given back (Knuth's TwoSum).
template <class Arch>
struct LaneSum {
  using D = Pack<double, Arch>;
  D high{0.0};
  D low{0.0};

  void add(Pack<float, Arch> x) {
    const WidePair<Arch> wide = widened(x);
    high = high + wide.low;
    low = low + wide.high;
  }
  void add(D x) {
    const D sum = high + x;
    const D back = sum - high;
    low = low + ((high - (sum - back)) + (x - back));
    high = sum;
  }
  [[nodiscard]] double value() const { return sum_of_lanes(high) + sum_of_lanes(low); }
};

template <class T, class Arch>
ExpRow exp_row_kernel(const void* in, std::int64_t n, void* out) {
  using P = Pack<T, Arch>;
  constexpr auto width = static_cast<std::int64_t>(P::size);
  const T* row = static_cast<const T*>(in);
  T* to = static_cast<T*>(out);
  const T largest = largest_of<T, Arch>(row, n);
  const P m(static_cast<double>(largest));
  LaneSum<Arch> others;
  P ties(0.0);
  // Where the largest is, 1 to count it, and 0 to leave it out of the others.
  const auto tie_of = [&](P x) { return where(x == m, P(1.0), P(0.0)); };
  const auto other_of = [&](P x, P e) { return where(x == m, P(0.0), e); };
  std::int64_t i = 0;
  for (; i + 2 * width <= n; i += 2 * width) {
    const P x[] = {P::load(row + i), P::load(row + i + width)};
    const P e[] = {exp_below(x[0], m), exp_below(x[1], m)};
    if (to != nullptr) {
      e[0].store(to + i);
      e[1].store(to + i + width);
    }
    ties = ties + (tie_of(x[0]) + tie_of(x[1]));
    others.add(other_of(x[0], e[0]) + other_of(x[1], e[1]));
  }
  for (; i < n; i += width) {
    const std::int64_t lanes = n - i < width ? n - i : width;
    const P x = lanes == width ? P::load(row + i) : load_some<P>(row + i, lanes);
    const P e = exp_below(x, m);
    P tie = tie_of(x);
    P other = other_of(x, e);
    if (lanes < width) {
      if (to != nullptr) store_some(e, to + i, lanes);
      alignas(64) T some[2][P::size];
      tie.store(some[0]);
      other.store(some[1]);
      tie = load_some<P>(some[0], lanes);
      other = load_some<P>(some[1], lanes);
    } else if (to != nullptr) {
      e.store(to + i);
    }
    ties = ties + tie;
    others.add(other);
  }
  LaneSum<Arch> tied;
  tied.add(ties);
  return {static_cast<double>(largest), others.value() + (tied.value() - 1.0)};
}

}  // namespace

}  // namespace gradus
