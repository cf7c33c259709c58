// Plots of numbers: lines, points, regions, contours and pictures between two axes, as SVG.
//     Plot("loss", "epoch", "loss").line(epochs, losses).logarithmic_y().save("loss.svg");
// Colours can be told apart by colour-blind eyes (after Okabe and Ito).  A Plot is a value; one thread uses it at a time.
#pragma once
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "../tensor/tensor.h"
#include "axis.h"
#include "figure.h"

namespace gradus {

/// Numbers as a plot takes them: lists, vectors, arrays and tensors (their numbers row by row).
class GRADUS_API PlotNumbers {
 public:
  PlotNumbers(std::initializer_list<double> list) : values_(list) {}       // NOLINT: a list is taken where numbers are
  PlotNumbers(std::vector<double> values) : values_(std::move(values)) {}  // NOLINT
  PlotNumbers(std::span<const double> values) : values_(values.begin(), values.end()) {}  // NOLINT
  PlotNumbers(const Array& values);                                                       // NOLINT
  PlotNumbers(const Tensor& values) : PlotNumbers(values.value()) {}                      // NOLINT
  [[nodiscard]] const std::vector<double>& values() const noexcept { return values_; }

 private:
  std::vector<double> values_;
};

/// One plot.  Every function that adds something returns the plot itself; what has a name stands in the legend under the
/// title.  Numbers that are not finite leave a gap.  What is added is drawn in the order it was added.
class GRADUS_API Plot {
 public:
  /// All plain text; may be empty.
  explicit Plot(std::string title = {}, std::string x_label = {}, std::string y_label = {});
  Plot(const Plot&);
  Plot(Plot&&) noexcept;
  Plot& operator=(const Plot&);
  Plot& operator=(Plot&&) noexcept;
  ~Plot();

  /// The way through the points in their order.  Throws ShapeError unless there are as many x as y, here and below.
  Plot& line(const PlotNumbers& x, const PlotNumbers& y, std::string name = {});
  Plot& dashed_line(const PlotNumbers& x, const PlotNumbers& y, std::string name = {});
  Plot& points(const PlotNumbers& x, const PlotNumbers& y, std::string name = {});
  /// A bar from 0 to each value, above its name.
  Plot& bars(const std::vector<std::string>& names, const PlotNumbers& values);
  /// Numbers of shape [rows, columns] as tints of one colour, from their least (white) to their greatest: row 0 lies at y.low,
  /// column 0 at x.low.  Throws ShapeError for another rank.
  Plot& heat(const Array& values, plot::Range x, plot::Range y);
  /// The same for the numbers of classes, 0, 1, …: each has the tint that the points and lines of that place have.
  Plot& regions(const Array& classes, plot::Range x, plot::Range y);
  /// Where the numbers cross each of the levels.
  Plot& contours(const Array& values, plot::Range x, plot::Range y, const PlotNumbers& levels, std::string name = {});
  /// A picture, row 0 at the top, 0 white and 1 black, without axes.
  Plot& picture(const Array& values);
  /// A table of numbers written into cells as dark as they are large: a confusion matrix.  Row 0 at the top.
  Plot& table(const Array& values, const std::vector<std::string>& rows, const std::vector<std::string>& columns);

  /// What the next line or points are drawn in: a place in the list of colours, from 0; otherwise each takes the next one.
  Plot& colour(int place);
  Plot& logarithmic_x();
  Plot& logarithmic_y();
  /// Throws ValueError unless low < high, both finite.
  Plot& x_range(double low, double high);
  Plot& y_range(double low, double high);
  /// One unit is as long across as upwards.
  Plot& equal_units();
  /// In pixels; 560 by 380 unless it is said.  Throws ValueError below 100.
  Plot& size(double width, double height);

  /// The plot as shapes.  Throws ValueError where a logarithmic axis has nothing above 0.
  [[nodiscard]] plot::Figure figure() const;
  /// The plot as an SVG document.
  [[nodiscard]] std::string svg() const { return to_svg(figure()); }
  /// Writes the SVG document: as a whole or not at all.  Throws FileError, and ValueError for a name that does not end
  /// in .svg.
  void save(const std::string& file) const;

 private:
  struct Content;
  std::unique_ptr<Content> content_;
};

/// Several plots in one figure, `columns` of them side by side, from left to right and downwards.  Throws ValueError for
/// no plots and for columns below 1.
[[nodiscard]] GRADUS_API plot::Figure side_by_side(std::span<const Plot> plots, int columns);
/// The same written as SVG, as Plot::save does.
GRADUS_API void save_side_by_side(const std::string& file, std::span<const Plot> plots, int columns);

}  // namespace gradus
