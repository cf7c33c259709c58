// Scalars in fmt: fmt::format("{:.3f}", x) writes the value, by a double's format.  Not in the umbrella header, which knows
// nothing of fmt; on streams a Scalar is written without this.
#pragma once
#include <fmt/format.h>

#include "scalar.h"

template <class T>
struct fmt::formatter<gradus::BasicScalar<T>> : fmt::formatter<double> {
  auto format(const gradus::BasicScalar<T>& x, fmt::format_context& context) const {
    return fmt::formatter<double>::format(gradus::detail::inside(x), context);
  }
};
