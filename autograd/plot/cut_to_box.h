// What leaves the axes is cut off.
#pragma once
#include <vector>

#include "figure.h"

namespace gradus::plot {

struct Box {
  double left, right, top, bottom;

  [[nodiscard]] bool holds(Point p) const { return p.x >= left && p.x <= right && p.y >= top && p.y <= bottom; }
};

/// The parts of a way that lie in a box (Liang and Barsky 1984, piece by piece).
[[nodiscard]] std::vector<std::vector<Point>> clipped(const std::vector<Point>& way, const Box& box);

}  // namespace gradus::plot
