// What rounding takes from a sum or a product of leaf numbers, kept, for formulas in which it would be magnified: the
// argument of an exponential, above all.
#pragma once
#include <cmath>
#include <concepts>
#include <limits>

#include "number.h"

namespace gradus {

namespace detail {

// float and double are their own element, a register has elements, and anything else is taken for quad precision.
template <class X>
constexpr int digits_of() {
  if constexpr (std::floating_point<X>) {
    return std::numeric_limits<X>::digits;
  } else if constexpr (requires { typename X::Batch::value_type; }) {
    return std::numeric_limits<typename X::Batch::value_type>::digits;
  } else {
    return 113;
  }
}

}  // namespace detail

/// The binary digits of a leaf number: 24, 53 or 113.
template <class X>
inline constexpr int leaf_digits = detail::digits_of<X>();

/// eˣ is a normal number, and so is its reciprocal, for |x| up to here.
template <class X>
inline constexpr double exp_reach = leaf_digits<X> == 24   ? 80.0
                                    : leaf_digits<X> == 53 ? 700.0
                                                           : 11000.0;

/// high + low, where low is what rounding took from high.
template <class X>
struct Sum2 {
  X high;
  X low;
};

namespace by_name {

/// a + b exactly (Knuth's TwoSum).
template <class X>
constexpr Sum2<X> exact_sum(X a, X b) {
  const X s = a + b;
  const X rest = s - a;
  return {s, (a - (s - rest)) + (b - rest)};
}

/// a·b exactly (Dekker, with Veltkamp's splitting); NaN in `low` where it overflows.
template <class X>
constexpr Sum2<X> exact_product(X a, X b) {
  constexpr int half = (leaf_digits<X> + 1) / 2;
  constexpr auto power_of_2 = [] {
    double p = 1.0;
    for (int k = 0; k < half; ++k) p *= 2.0;
    return p;
  }();
  const X splitter = X(power_of_2) + X(1.0);
  const X far_a = splitter * a;
  const X far_b = splitter * b;
  const X a1 = far_a - (far_a - a);
  const X b1 = far_b - (far_b - b);
  const X a2 = a - a1;
  const X b2 = b - b1;
  const X p = a * b;
  return {p, ((a1 * b1 - p) + a1 * b2 + a2 * b1) + a2 * b2};
}

}  // namespace by_name

/// The product of two sums, right to about twice the digits of X.
template <class X>
constexpr Sum2<X> operator*(const Sum2<X>& a, const Sum2<X>& b) {
  const Sum2<X> p = exact_product(a.high, b.high);
  const X low = p.low + (a.high * b.low + a.low * b.high);
  const X high = p.high + low;
  return {high, low - (high - p.high)};
}

template <class X>
constexpr Sum2<X> operator+(const Sum2<X>& a, const Sum2<X>& b) {
  const Sum2<X> s = exact_sum(a.high, b.high);
  const X low = s.low + (a.low + b.low);
  const X high = s.high + low;
  return {high, low - (high - s.high)};
}

/// eˣ as a product, so that a factor can be put between before the exponential leaves the normal numbers.
template <class X>
struct ExpProduct {
  X first;
  X second;  // 1, or the same as the first where eˣ is far from 1
  [[nodiscard]] constexpr X times(X f) const { return (f * first) * second; }
  [[nodiscard]] constexpr X all() const { return first * second; }
};

namespace by_name {

/// e^(high + low).
template <class X>
constexpr ExpProduct<X> exp_product(X high, X low) {
  const auto far = abs(high) > X(exp_reach<X>);
  const X e = exp(where(far, X(0.5) * high, high));
  const X more = e * where(far, X(0.5) * low, low);
  const X y = where(abs(more) < e, e + more, e);  // not where e overflows or `low` is NaN
  return {y, where(far, y, X(1.0))};
}
template <class X>
constexpr ExpProduct<X> exp_product(X x) {
  const auto far = abs(x) > X(exp_reach<X>);
  const X y = exp(where(far, X(0.5) * x, x));
  return {y, where(far, y, X(1.0))};
}

}  // namespace by_name

}  // namespace gradus
