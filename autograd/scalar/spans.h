// Functions of many Scalars that are one record each: sums, products of vectors, log-sum-exp.
#pragma once
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

#include "../base/export.h"
#include "scalar.h"

namespace gradus {

namespace detail {

/// ln Σ eˣ of n numbers; writes the slopes eˣ/Σ, which are 0 when all are −∞ and shared between several +∞.
template <class T>
T log_sum_exp(std::size_t n, T* x_then_slopes) {
  double most = -std::numeric_limits<double>::infinity();
  for (std::size_t k = 0; k < n; ++k) {
    const double v = inside(x_then_slopes[k]);
    if (v > most || v != v) most = v;
    if (v != v) break;
  }
  const T shift = as<T>(std::isfinite(most) ? most : 0.0);
  T total = as<T>(0.0);
  for (std::size_t k = 0; k < n; ++k) {
    T& x = x_then_slopes[k];
    if (most == std::numeric_limits<double>::infinity()) {
      x = as<T>(inside(x) == most ? 1.0 : 0.0);
    } else {
      x = as<T>(bind(Exp{}, as<T>(x - shift)));
    }
    total = as<T>(total + x);
  }
  if (inside(total) == 0.0) return as<T>(most);
  const T scale = as<T>(1.0 / total);
  for (std::size_t k = 0; k < n; ++k) x_then_slopes[k] = as<T>(x_then_slopes[k] * scale);
  return std::isfinite(most) ? as<T>(bind(Log{}, total) + shift) : as<T>(most);
}

}  // namespace detail

/// Σ x, from left to right.  One record.
template <class T>
BasicScalar<T> sum(std::span<const BasicScalar<T>> x) {
  T total = as<T>(0.0);
  for (const BasicScalar<T>& s : x) total = as<T>(total + s.value());
  return detail::Recording<T>::span(detail::Opcode::sum, total, x, {}, nullptr);
}

/// Σ x·y, from left to right.  One record.  Throws ShapeError for spans of different lengths.
template <class T>
BasicScalar<T> dot(std::span<const BasicScalar<T>> x, std::span<const BasicScalar<T>> y) {
  if (x.size() != y.size()) detail::throw_lengths("dot", x.size(), y.size());
  T total = as<T>(0.0);
  for (std::size_t k = 0; k < x.size(); ++k) total = as<T>(total + x[k].value() * y[k].value());
  return detail::Recording<T>::span(detail::Opcode::dot, total, x, y, nullptr);
}
/// Σ w·x for numbers w.
template <class T>
BasicScalar<T> dot(std::span<const T> w, std::span<const BasicScalar<T>> x) {
  if (x.size() != w.size()) detail::throw_lengths("dot", w.size(), x.size());
  T total = as<T>(0.0);
  for (std::size_t k = 0; k < x.size(); ++k) total = as<T>(total + w[k] * x[k].value());
  return detail::Recording<T>::span(detail::Opcode::weighted, total, x, {}, w.data());
}

/// ln Σ eˣ, without overflow.  One record.  All −∞: the gradient is 0; several +∞ share it.
template <class T>
BasicScalar<T> logsumexp(std::span<const BasicScalar<T>> x) {
  thread_local std::vector<T> slopes;  // kept, so that a second call allocates nothing
  slopes.clear();
  for (const BasicScalar<T>& s : x) slopes.push_back(s.value());
  const T value = detail::log_sum_exp(x.size(), slopes.data());
  return detail::Recording<T>::span(detail::Opcode::log_sum_exp, value, x, {}, slopes.data());
}

// A vector is no span to the compiler that deduces T.
inline Scalar sum(std::span<const Scalar> x) { return sum<double>(x); }
inline Scalar dot(std::span<const Scalar> x, std::span<const Scalar> y) { return dot<double>(x, y); }
inline Scalar dot(std::span<const double> w, std::span<const Scalar> x) { return dot<double>(w, x); }
inline Scalar logsumexp(std::span<const Scalar> x) { return logsumexp<double>(x); }

}  // namespace gradus
