// The numbers along an axis of a plot: how far it reaches, where its marks stand.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "../base/export.h"

namespace gradus::plot {

/// From low to high, both included.
struct Range {
  double low = 0.0;
  double high = 1.0;
  bool logarithmic = false;
};

/// From the least to the greatest finite number, `margin` of the distance wider on both sides; never empty: around a
/// single number half of it, or 1 where that is 0.
[[nodiscard]] GRADUS_API Range range_of(std::span<const double> numbers, double margin = 0.0);

/// How far along the axis a number lies: 0 at its low end, 1 at its high end.
[[nodiscard]] GRADUS_API double along(const Range& range, double number);

/// Numbers to write along an axis, about `most`: 0, 0.5, 1 … or 0.01, 0.1, 1 ….
[[nodiscard]] GRADUS_API std::vector<double> ticks(const Range& range, int most);

/// A tick as it is written: -0.5 as "−0.5", up to 6 digits.
[[nodiscard]] GRADUS_API std::string tick_text(double number);

}  // namespace gradus::plot
