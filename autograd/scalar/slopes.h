// Functions whose value and slope share their work: the slope is kept beside the record.
#pragma once
#include <type_traits>

#include "../base/export.h"
#include "../math/dual.h"
#include "../math/ops.h"

namespace gradus::detail {

/// Whether the slope of an op of one argument is computed with its value.
template <class Op>
inline constexpr bool has_slope = std::is_same_v<Op, ops::Tanh> || std::is_same_v<Op, ops::Sigmoid> ||
                                  std::is_same_v<Op, Erfc> || std::is_same_v<Op, NormCdf>;

template <class Op, class T>
inline T value_and_slope(const Op& op, const T& x, T& slope) {
  const T y = as<T>(bind(op, x));
  slope = as<T>(partial<0>(op, x, y));
  return y;
}

/// tanh x and 1 − tanh² x by one exponential and one division; within the errors that the op states.
GRADUS_API double value_and_slope(const ops::Tanh&, double x, double& slope) noexcept;
/// The same for σ(x) and σ′(x).
GRADUS_API double value_and_slope(const ops::Sigmoid&, double x, double& slope) noexcept;
/// The same for erfc x.
GRADUS_API double value_and_slope(const Erfc&, double x, double& slope) noexcept;
/// The same for Φ(x) and its density.
GRADUS_API double value_and_slope(const NormCdf&, double x, double& slope) noexcept;

}  // namespace gradus::detail
