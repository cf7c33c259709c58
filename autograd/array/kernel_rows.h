// What softmax, logsumexp and cross-entropy share: the exponentials of one row.  A part of row_kernels.cpp.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "../math/exponential.h"
#include "kernels.h"
#include "pack.h"
#include "pack_ends.h"

namespace gradus {

namespace {

/// The largest number of a row, not looking at NaNs; −∞ if there is no other.
template <class T, class Arch>
T largest_of(const T* row, std::int64_t n) {
  using P = Pack<T, Arch>;
  constexpr auto width = static_cast<std::int64_t>(P::size);
  const auto larger = [](P a, P b) { return where(a > b, a, b); };  // b when a is NaN
  const P lowest(-std::numeric_limits<double>::infinity());
  P best[4] = {lowest, lowest, lowest, lowest};
  std::int64_t i = 0;
  for (; i + 4 * width <= n; i += 4 * width) {
    for (std::size_t k = 0; k < 4; ++k) {
      best[k] = larger(P::load(row + i + static_cast<std::int64_t>(k) * width), best[k]);
    }
  }
  for (; i + width <= n; i += width) best[0] = larger(P::load(row + i), best[0]);
  alignas(64) T lanes[P::size];
  larger(larger(best[0], best[1]), larger(best[2], best[3])).store(lanes);
  T largest = lanes[0];
  for (const T x : lanes) largest = x > largest ? x : largest;
  for (; i < n; ++i) largest = row[i] > largest ? row[i] : largest;
  return largest;
}

/// exp(x − m) for x ≤ m.
struct ExactExp {
  template <class P>
  static P value(P x, P m) {
    return ExpDifference::value(x, m);
  }
};

/// The same to 1.5 ulp, in half the time, for |m| up to `largest`: the difference's rounding error goes into the exponent.
/// 2^k · exp(r), r in ±ln(2)/2; polynomial and constants of Cephes' expf (Moshier 1989).
struct QuickExp {
  static constexpr float largest = 1e6F;
  template <class P>
  [[gnu::always_inline]] static P value(P given, P m) {
    const auto fma = [](P a, P b, P c) { return P(xsimd::fma(a.v, b.v, c.v)); };
    const P x(xsimd::max((m - P(200.0)).v, given.v));  // exp(−200) is 0; a NaN stays
    const P d = x - m;
    const P back = d - x;
    const P lost = (x - (d - back)) - (m + back);  // exactly (x − m) − d (Knuth's TwoSum)
    const P k(xsimd::nearbyint((d * P(1.44269504088896341)).v));
    const P r = fma(k, P(2.12194440e-4), fma(k, P(-0.693359375), d)) + lost;
    P q = fma(P(1.9875691500e-4), r, P(1.3981999507e-3));
    q = fma(q, r, P(8.3334519073e-3));
    q = fma(q, r, P(4.1665795894e-2));
    q = fma(q, r, P(1.6666665459e-1));
    q = fma(q, r, P(5.0000001201e-1));
    return scaled_down(fma(q, r * r, r) + P(1.0), k);
  }
};

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

template <class Exp, class T, class Arch>
ExpRow exp_row_by(const T* row, std::int64_t n, T largest, T* out) {
  using P = Pack<T, Arch>;
  constexpr auto width = static_cast<std::int64_t>(P::size);
  const P m(static_cast<double>(largest));
  LaneSum<Arch> others;
  std::int64_t ties = 0;
  // What one register's worth adds to the others: nothing where the largest is, which is counted.
  const auto other_of = [&](P x, P e) {
    const auto is_largest = x == m;
    ties += count_of(is_largest);
    return where(is_largest, P(0.0), e);
  };
  std::int64_t i = 0;
  for (; i + 2 * width <= n; i += 2 * width) {
    const P x[] = {P::load(row + i), P::load(row + i + width)};
    const P e[] = {Exp::value(x[0], m), Exp::value(x[1], m)};
    if (out != nullptr) {
      e[0].store(out + i);
      e[1].store(out + i + width);
    }
    others.add(other_of(x[0], e[0]) + other_of(x[1], e[1]));
  }
  // The rest, filled up with numbers that add nothing.
  for (; i < n; i += width) {
    const std::int64_t lanes = std::min(width, n - i);
    alignas(64) T some[P::size];
    std::fill_n(some, P::size, -std::numeric_limits<T>::infinity());
    std::copy_n(row + i, lanes, some);
    const P x = P::load(some);
    const P e = Exp::value(x, m);
    if (out != nullptr && lanes == width) e.store(out + i);
    if (out != nullptr && lanes < width) store_some(e, out + i, lanes);
    others.add(other_of(x, e));
  }
  // In a row of −∞ alone what it was filled up with is one of the largest.
  const std::int64_t filled = largest == -std::numeric_limits<T>::infinity() ? (width - n % width) % width : 0;
  const double sum = others.value() + static_cast<double>(ties - filled - 1);
  return {sum == sum ? static_cast<double>(largest) : sum, sum};
}

template <class T, class Arch>
ExpRow exp_row_kernel(const void* in, std::int64_t n, void* out) {
  const T* row = static_cast<const T*>(in);
  const T largest = largest_of<T, Arch>(row, n);
  if constexpr (std::is_same_v<T, float>) {
    if (largest < QuickExp::largest && largest > -QuickExp::largest) {
      return exp_row_by<QuickExp, T, Arch>(row, n, largest, static_cast<T*>(out));
    }
  }
  return exp_row_by<ExactExp, T, Arch>(row, n, largest, static_cast<T*>(out));
}

}  // namespace

}  // namespace gradus
