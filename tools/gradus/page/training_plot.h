// Charts as SVG: two axes, and what is drawn between them.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "autograd/plot/axis.h"

namespace gradus::command {

using plot::Range;
using plot::range_of;

/// A chart of 560 by 360.
class Chart {
 public:
  static constexpr double width = 560, height = 360, left = 72, top = 14, bottom = 306;

  /// `right` is where the axes end.
  Chart(const Range& x, const Range& y, double right = 536) : x_(x), y_(y), right_(right) {}

  /// Where a number lies in the drawing.
  [[nodiscard]] double x(double number) const;
  [[nodiscard]] double y(double number) const;
  [[nodiscard]] double right() const noexcept { return right_; }
  /// The way through the points, as a path's d; broken where a number is not finite.
  [[nodiscard]] std::string path(std::span<const double> xs, std::span<const double> ys) const;
  /// The whole drawing: axes with numbers and labels, then `inside`, which is cut off at the axes, then `over`, which is not.
  /// `alternative` is what a screen reader says.  Labels and alternative are plain text.
  [[nodiscard]] std::string svg(std::string_view x_label, std::string_view y_label, std::string_view alternative,
                                std::string_view inside, std::string_view over) const;

 private:
  Range x_, y_;
  double right_;
};

/// Contours as a path's d.
[[nodiscard]] std::string contour_path(std::span<const double> values, std::span<const double> xs,
                                       std::span<const double> ys, double level);

}  // namespace gradus::command
