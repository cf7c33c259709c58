// Comparing arrays so that a failure shows where they differ.
#pragma once
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "autograd/array/array.h"
#include "autograd/math/ops.h"
#include "tests/reference/naive.h"
#include "tests/reference/ulp.h"

namespace gradus::reference {

/// Empty when both have as many numbers and none is further than `ulps` (of T) from its partner; else the first
/// difference in words.
template <class T = double>
std::string difference(const std::vector<double>& got, const std::vector<double>& expected, std::uint64_t ulps = 0) {
  if (got.size() != expected.size()) return fmt::format("{} numbers instead of {}", got.size(), expected.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    const std::uint64_t apart = ulp_distance(static_cast<T>(got[i]), static_cast<T>(expected[i]));
    if (apart > ulps) {
      return fmt::format("number {}: got {}, expected {}: {} ulp apart (allowed {})", i, got[i], expected[i], apart,
                         ulps);
    }
  }
  return {};
}

/// The same for an array, whose shape and dtype must match too; ulps are those of the dtype.
inline std::string difference(const Array& got, const Array& expected, std::uint64_t ulps = 0) {
  if (!got.same_shape(expected))
    return fmt::format("shape {}, expected {}", to_string(got.shape()), to_string(expected.shape()));
  if (got.dtype() != expected.dtype())
    return fmt::format("{}, expected {}", name_of(got.dtype()), name_of(expected.dtype()));
  return got.dtype() == DType::float32 ? difference<float>(elements(got), elements(expected), ulps)
                                       : difference<double>(elements(got), elements(expected), ulps);
}

/// Empty when each number is within `tolerance`, relative to the larger of 1 and the expected number.
inline std::string far_apart(const std::vector<double>& got, const std::vector<double>& expected, double tolerance) {
  if (got.size() != expected.size()) return fmt::format("{} numbers instead of {}", got.size(), expected.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    const double size = std::max(1.0, std::abs(expected[i]));
    if (!(std::abs(got[i] - expected[i]) <= tolerance * size)) {
      return fmt::format("number {}: got {}, expected {} within {}", i, got[i], expected[i], tolerance * size);
    }
  }
  return {};
}

}  // namespace gradus::reference
