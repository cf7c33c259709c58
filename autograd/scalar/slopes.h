// Functions whose value and slope share their work: the slope is kept beside the record.
#pragma once
#include <type_traits>

#include "../base/export.h"
#include "../math/dual.h"
#include "../math/ops.h"

namespace gradus::detail {

/// Whether the slope of an op of one argument is computed with its value.
template <class Op>
inline constexpr bool has_slope = std::is_same_v<Op, Tanh> || std::is_same_v<Op, Sigmoid> || std::is_same_v<Op, Erfc>;

template <class Op, class T>
inline T value_and_slope(const Op& op, const T& x, T& slope) {
  const T y = as<T>(bind(op, x));
  slope = as<T>(partial<0>(op, x, y));
  return y;
}

/// tanh x and 1 − tanh² x by one exponential and one division; within the errors that the op states.
GRADUS_API double value_and_slope(const Tanh&, double x, double& slope) noexcept;
/// The same for σ(x) and σ′(x).
GRADUS_API double value_and_slope(const Sigmoid&, double x, double& slope) noexcept;
/// The same for erfc x.
GRADUS_API double value_and_slope(const Erfc&, double x, double& slope) noexcept;
/// Φ(x), the distribution function of the normal distribution, and its density.
GRADUS_API double normal_and_slope(double x, double& slope) noexcept;
template <class T>
T normal_and_slope(const T& x, T& slope) {
  slope = as<T>(bind(NormalDensity{}, x));
  return as<T>(0.5 * bind(Erfc{}, x * -0.70710678118654752440));
}

}  // namespace gradus::detail
