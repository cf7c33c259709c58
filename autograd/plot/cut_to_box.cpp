#include "autograd/plot/cut_to_box.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <utility>

namespace gradus::plot {

namespace {

/// The part of the way from a to b, as shares of it, that lies in the box.
std::optional<std::pair<double, double>> inside(Point a, Point b, const Box& box) {
  double first = 0.0, last = 1.0;
  const double dx = b.x - a.x, dy = b.y - a.y;
  // step·t <= room, for each side of the box
  const std::array<std::pair<double, double>, 4> sides = {
      std::pair(-dx, a.x - box.left), {dx, box.right - a.x}, {-dy, a.y - box.top}, {dy, box.bottom - a.y}};
  for (const auto& [step, room] : sides) {
    if (step == 0.0 && room < 0.0) return std::nullopt;
    if (step < 0.0) first = std::max(first, room / step);
    if (step > 0.0) last = std::min(last, room / step);
  }
  if (first > last) return std::nullopt;
  return std::pair(first, last);
}

}  // namespace

std::vector<std::vector<Point>> clipped(const std::vector<Point>& way, const Box& box) {
  std::vector<std::vector<Point>> out;
  bool joined = false;  // to the piece before
  for (std::size_t k = 0; k + 1 < way.size(); ++k) {
    const Point a = way[k], b = way[k + 1];
    const auto part = inside(a, b, box);
    if (!part) {
      joined = false;
      continue;
    }
    const auto at = [&](double t) { return Point{a.x + t * (b.x - a.x), a.y + t * (b.y - a.y)}; };
    if (!joined) out.push_back({at(part->first)});
    out.back().push_back(at(part->second));
    joined = part->second == 1.0;
  }
  return out;
}

}  // namespace gradus::plot
