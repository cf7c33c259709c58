// The points an op is tested at: the same on every machine.
#pragma once
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "autograd/math/ops.h"
#include "tests/reference/op_table.h"
#include "tests/reference/sample.h"

namespace gradus::reference {

/// One coordinate: half of them spread over the op's domain, the others over many orders of magnitude, with either
/// sign.  With several arguments the magnitudes stop where a product or quotient of two, and of their squares, still is
/// a normal number.
template <class T>
T random_coordinate(Numbers& numbers, const OpCase& op) {
  if (numbers.chance(0.5)) return static_cast<T>(numbers.real(op.domain.low, op.domain.high));
  using Limits = std::numeric_limits<T>;
  const double top = op.arity == 1 ? Limits::max_exponent : Limits::max_exponent / 5.0;
  const double bottom = op.arity == 1 ? Limits::min_exponent - Limits::digits : -top;
  const double exponent = numbers.chance(0.5) ? numbers.real(-20.0, 10.0) : numbers.real(bottom, top);
  const double magnitude = std::exp2(exponent);
  return static_cast<T>(numbers.chance(0.5) ? magnitude : -magnitude);
}

/// A random point; with several arguments now and then one where two are equal or next to each other.
template <class T>
Point<T> random_point(Numbers& numbers, const OpCase& op) {
  Point<T> x{};
  for (std::size_t k = 0; k < op.arity; ++k) {
    x[k] = random_coordinate<T>(numbers, op);
    if (k == 0 || !numbers.chance(0.1)) continue;
    x[k] = x[k - 1];
    if (numbers.chance(0.5)) x[k] = std::nextafter(x[k], T(0));
  }
  return x;
}

/// Points inside the op's domain alone, where differences can be taken.
template <class T>
std::vector<Point<T>> inner_points(const OpCase& op, std::size_t count) {
  Numbers numbers(20250101);
  std::vector<Point<T>> out(count);
  for (Point<T>& x : out) {
    for (std::size_t k = 0; k < op.arity; ++k) {
      x[k] = static_cast<T>(numbers.real(op.domain.low, op.domain.high));
    }
  }
  return out;
}

/// Numbers where formulas lose their digits, overflow, underflow, or change.
template <class T>
std::vector<T> hard_numbers(const OpCase& op) {
  using Limits = std::numeric_limits<T>;
  std::vector<T> out{Limits::quiet_NaN()};
  const auto add = [&](T x) {
    out.push_back(x);
    out.push_back(-x);
  };
  for (const T x : {T(0), T(1), Limits::infinity(), T(0.5), T(2), T(3)}) add(x);
  for (const double x : {1e-8, 1e-3, 20.0, 40.0, 80.0, 350.0, 700.0}) add(static_cast<T>(x));
  for (const T x : {T(1), T(0.5)}) {
    add(std::nextafter(x, T(0)));
    add(std::nextafter(x, T(2)));
  }
  if (op.arity == 1) {
    for (const T x : {Limits::max(), Limits::min(), Limits::denorm_min(), Limits::max() / 4}) add(x);
    for (const double x : {1e-30, 1e15, 1e30}) add(static_cast<T>(x));
  }
  out.push_back(static_cast<T>(op.domain.low));
  out.push_back(static_cast<T>(op.domain.high));
  return out;
}

/// Every combination of the hard numbers (of the first few of them for three arguments).
template <class T>
std::vector<Point<T>> hard_points(const OpCase& op) {
  std::vector<T> numbers = hard_numbers<T>(op);
  if (op.arity == 3) numbers.resize(14);
  std::vector<Point<T>> out{Point<T>{}};
  for (std::size_t k = 0; k < op.arity; ++k) {
    std::vector<Point<T>> longer;
    for (const Point<T>& x : out) {
      for (const T v : numbers) {
        longer.push_back(x);
        longer.back()[k] = v;
      }
    }
    out = std::move(longer);
  }
  return out;
}

/// `count` random points of stream `seed`, and with seed 0 the hard points before them.
template <class T>
std::vector<Point<T>> points(const OpCase& op, std::size_t count, std::uint64_t seed = 0) {
  std::vector<Point<T>> out;
  if (seed == 0) out = hard_points<T>(op);
  Numbers numbers(20250101 + seed);
  for (std::size_t k = 0; k < count; ++k) out.push_back(random_point<T>(numbers, op));
  return out;
}

template <class To, class From>
Point<To> widened(const Point<From>& x) {
  Point<To> out{};
  for (std::size_t k = 0; k < x.size(); ++k) out[k] = To(static_cast<double>(x[k]));
  return out;
}

}  // namespace gradus::reference
