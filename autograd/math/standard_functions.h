// The functions of <cmath> on leaf numbers.  Templates of our own, not `using std::exp`: that would bring along whatever
// <complex> and <valarray> declare, where they come first, and then exp<Tensor> would name more than one function.
#pragma once
#include <cmath>
#include <concepts>

#include "special_values.h"

namespace gradus {

template <std::floating_point T>
T abs(T x) {
  return std::abs(x);
}
template <std::floating_point T>
T acos(T x) {
  return std::acos(x);
}
template <std::floating_point T>
T acosh(T x) {
  return std::acosh(x);
}
template <std::floating_point T>
T asin(T x) {
  return std::asin(x);
}
template <std::floating_point T>
T asinh(T x) {
  return std::asinh(x);
}
template <std::floating_point T>
T atan(T x) {
  return std::atan(x);
}
template <std::floating_point T>
T atanh(T x) {
  return std::atanh(x);
}
template <std::floating_point T>
T cbrt(T x) {
  return std::cbrt(x);
}
template <std::floating_point T>
T ceil(T x) {
  return std::ceil(x);
}
template <std::floating_point T>
T cos(T x) {
  return std::cos(x);
}
template <std::floating_point T>
T cosh(T x) {
  return std::cosh(x);
}
template <std::floating_point T>
T erf(T x) {
  return std::erf(x);
}
template <std::floating_point T>
T erfc(T x) {
  return std::erfc(x);
}
template <std::floating_point T>
T exp(T x) {
  return std::exp(x);
}
template <std::floating_point T>
T exp2(T x) {
  return std::exp2(x);
}
template <std::floating_point T>
T expm1(T x) {
  return std::expm1(x);
}
template <std::floating_point T>
T floor(T x) {
  return std::floor(x);
}
template <std::floating_point T>
T lgamma(T x) {
  return static_cast<T>(detail::log_gamma(static_cast<double>(x)));
}
template <std::floating_point T>
T log(T x) {
  return std::log(x);
}
template <std::floating_point T>
T log10(T x) {
  return std::log10(x);
}
template <std::floating_point T>
T log1p(T x) {
  return std::log1p(x);
}
template <std::floating_point T>
T log2(T x) {
  return std::log2(x);
}
template <std::floating_point T>
T rint(T x) {
  return std::rint(x);
}
template <std::floating_point T>
T sin(T x) {
  return std::sin(x);
}
template <std::floating_point T>
T sinh(T x) {
  return std::sinh(x);
}
template <std::floating_point T>
T sqrt(T x) {
  return std::sqrt(x);
}
template <std::floating_point T>
T tan(T x) {
  return std::tan(x);
}
template <std::floating_point T>
T tanh(T x) {
  return std::tanh(x);
}
template <std::floating_point T>
T tgamma(T x) {
  return static_cast<T>(detail::gamma(static_cast<double>(x)));
}
template <std::floating_point T>
T atan2(T y, T x) {
  return std::atan2(y, x);
}
template <std::floating_point T>
T copysign(T x, T y) {
  return std::copysign(x, y);
}
template <std::floating_point T>
T fmod(T x, T y) {
  return std::fmod(x, y);
}
template <std::floating_point T>
T hypot(T x, T y) {
  return std::hypot(x, y);
}
template <std::floating_point T>
T pow(T x, T y) {
  return std::pow(x, y);
}

/// The derivative of digamma of an order, itself for order 0.
template <std::floating_point T>
T polygamma(double order, T x) {
  return static_cast<T>(detail::poly_gamma(order, static_cast<double>(x)));
}
/// Iₙ(x)/xⁿ for the order n.
template <std::floating_point T>
T bessel_ratio(double order, T x) {
  return static_cast<T>(detail::bessel_ratio(order, static_cast<double>(x)));
}

}  // namespace gradus
