// What the ops' result_shape() are written with.  Inside the library only.
#pragma once
#include <fmt/format.h>

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "../../base/error.h"
#include "../../base/shape.h"

namespace gradus::detail {

/// Throws ShapeError: "[conv] four axes are needed: [2, 3]".
[[noreturn]] inline void refuse_shape(std::string_view op, std::string_view what, const Shape& x) {
  throw ShapeError(fmt::format("[{}] {}: {}", op, what, to_string(x)));
}

inline void require_matrices(std::string_view op, const Shape& x) {
  if (x.rank() < 2) refuse_shape(op, "a matrix is needed, or more axes", x);
}

[[nodiscard]] inline std::vector<std::int64_t> sizes_of(const Shape& shape) { return {shape.begin(), shape.end()}; }
[[nodiscard]] inline Shape as_shape(const std::vector<std::int64_t>& sizes) {
  return Shape(std::span<const std::int64_t>(sizes));
}

}  // namespace gradus::detail
