// Charts as SVG: two axes, and what is drawn between them.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gradus::command {

/// The numbers along an axis.
struct Range {
  double low = 0.0;
  double high = 1.0;
  bool logarithmic = false;
};

/// From the least to the greatest finite number, `margin` of the distance wider on both sides; never empty.
[[nodiscard]] Range range_of(std::span<const double> numbers, double margin = 0.0);

/// Numbers to write along an axis, about `most`: 0, 0.5, 1 … or 0.01, 0.1, 1 ….
[[nodiscard]] std::vector<double> ticks(const Range& range, int most);

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

/// The lines between neighbouring points of a grid where the values, row by row, cross `level`: a path's d, by marching
/// squares.  Column c lies at xs[c], row r at ys[r].
[[nodiscard]] std::string contour(std::span<const double> values, std::span<const double> xs,
                                  std::span<const double> ys, double level);

}  // namespace gradus::command
