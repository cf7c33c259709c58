// The largest and the smallest along axes: where they are, and who shares in them.
#pragma once
#include <cstdint>
#include <string_view>

#include "array.h"
#include "indices.h"

namespace gradus {

/// Which end of the order is meant.
enum class Extreme : bool { largest, smallest };

/// Whether a comes before b in the order that puts the extreme first, and a NaN before everything.
template <class T>
bool comes_before(T a, T b, Extreme which) {
  if (b != b) return false;
  return a != a || (which == Extreme::largest ? a > b : a < b);
}

/// The first place of the extreme among n numbers, at least one.
template <class T>
std::int64_t place_of_extreme(const T* x, std::int64_t n, Extreme which) {
  std::int64_t best = 0;
  for (std::int64_t i = 1; i < n; ++i) best = comes_before(x[i], x[best], which) ? i : best;
  return best;
}

/// The place of the extreme number within each group along the axes in `mask`, counted in row-major order: the first
/// of several, a NaN before any number.  Throws ShapeError, naming `op`, for an empty axis.
[[nodiscard]] GRADUS_API Indices arg_extreme(const Array& x, std::uint32_t mask, bool keepdims, Extreme which,
                                             std::string_view op);

/// In each place 1/k where it is one of the k that are equal to the extreme of its group, else 0 (K3); NaN throughout a
/// group that holds a NaN (K8).
[[nodiscard]] GRADUS_API Array extreme_shares(const Array& x, std::uint32_t mask, Extreme which);

}  // namespace gradus
