#include "autograd/plot/contour.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace gradus::plot {

namespace {

struct Corner {
  double x, y, above;  // above the level
};

// Where the sign changes along a side of the cell: two places, or four, in the order around it.
std::vector<std::array<double, 2>> crossings_of(const std::array<Corner, 4>& corners) {
  std::vector<std::array<double, 2>> out;
  for (std::size_t k = 0; k < 4; ++k) {
    const Corner &a = corners[k], &b = corners[(k + 1) % 4];
    if ((a.above < 0) == (b.above < 0)) continue;
    const double t = a.above / (a.above - b.above);
    out.push_back({a.x + t * (b.x - a.x), a.y + t * (b.y - a.y)});
  }
  // A saddle: what its middle is like decides which corners belong together.
  if (out.size() == 4) {
    const double middle = corners[0].above + corners[1].above + corners[2].above + corners[3].above;
    if ((middle < 0) != (corners[0].above < 0)) std::rotate(out.begin(), out.begin() + 3, out.end());
  }
  return out;
}

}  // namespace

std::vector<Segment> contour(std::span<const double> values, std::span<const double> xs, std::span<const double> ys,
                             double level) {
  std::vector<Segment> out;
  const std::size_t columns = xs.size();
  const auto corner = [&](std::size_t r, std::size_t c) {
    return Corner{xs[c], ys[r], values[r * columns + c] - level};
  };
  for (std::size_t r = 0; r + 1 < ys.size(); ++r) {
    for (std::size_t c = 0; c + 1 < columns; ++c) {
      const std::array corners{corner(r, c), corner(r, c + 1), corner(r + 1, c + 1), corner(r + 1, c)};
      const auto finite = [](const Corner& p) { return std::isfinite(p.above); };
      if (!std::all_of(corners.begin(), corners.end(), finite)) continue;
      const std::vector<std::array<double, 2>> crossings = crossings_of(corners);
      for (std::size_t k = 0; k + 1 < crossings.size(); k += 2) out.push_back({crossings[k], crossings[k + 1]});
    }
  }
  return out;
}

}  // namespace gradus::plot
