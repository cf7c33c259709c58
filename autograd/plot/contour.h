// Where a function on a grid crosses a level.
#pragma once
#include <array>
#include <span>
#include <vector>

#include "../base/export.h"

namespace gradus::plot {

/// A piece of a contour: from (x, y) to (x, y).
using Segment = std::array<std::array<double, 2>, 2>;

/// The lines between neighbouring points of a grid where the values, row by row, cross `level`, by marching squares.
/// Column c lies at xs[c], row r at ys[r].  Cells with a number that is not finite have none.
[[nodiscard]] GRADUS_API std::vector<Segment> contour(std::span<const double> values, std::span<const double> xs,
                                                      std::span<const double> ys, double level);

}  // namespace gradus::plot
