#include "autograd/plot/plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string_view>
#include <utility>

#include "autograd/base/error.h"
#include "autograd/base/file.h"
#include "autograd/plot/plot_content.h"

namespace gradus {

using plot::Bars;
using plot::Curve;
using plot::Figure;
using plot::Grid;
using plot::Levels;
using plot::Range;

namespace {

Grid grid_of(Grid::Kind kind, const Array& values, Range x, Range y) {
  if (values.rank() != 2) {
    throw ShapeError(fmt::format("[plot] numbers on a grid have rows and columns, and these are of shape {}",
                                 to_string(values.shape())));
  }
  return {kind,
          values.to_vector(),
          static_cast<std::size_t>(values.shape()[0]),
          static_cast<std::size_t>(values.shape()[1]),
          x,
          y,
          {},
          {}};
}

Curve curve_of(Curve::Kind kind, const PlotNumbers& x, const PlotNumbers& y, std::string name, int colour) {
  if (x.values().size() != y.values().size()) {
    throw ShapeError(fmt::format("[plot] {} numbers along x and {} along y: each point has one of both",
                                 x.values().size(), y.values().size()));
  }
  return {kind, x.values(), y.values(), std::move(name), colour};
}

void check_svg_name(const std::string& file) {
  if (!file.ends_with(".svg")) {
    throw ValueError(fmt::format("[plot] '{}' does not end in .svg, which is what a plot is written as", file));
  }
}

}  // namespace

PlotNumbers::PlotNumbers(const Array& values) : values_(values.to_vector()) {}

Plot::Plot(std::string title, std::string x_label, std::string y_label) : content_(std::make_unique<Content>()) {
  content_->title = std::move(title);
  content_->x_label = std::move(x_label);
  content_->y_label = std::move(y_label);
}
Plot::Plot(const Plot& other) : content_(std::make_unique<Content>(*other.content_)) {}
Plot::Plot(Plot&&) noexcept = default;
Plot& Plot::operator=(const Plot& other) {
  if (this != &other) content_ = std::make_unique<Content>(*other.content_);
  return *this;
}
Plot& Plot::operator=(Plot&&) noexcept = default;
Plot::~Plot() = default;

Plot& Plot::line(const PlotNumbers& x, const PlotNumbers& y, std::string name) {
  content_->items.emplace_back(curve_of(Curve::Kind::line, x, y, std::move(name), content_->take_colour()));
  return *this;
}

Plot& Plot::dashed_line(const PlotNumbers& x, const PlotNumbers& y, std::string name) {
  content_->items.emplace_back(curve_of(Curve::Kind::dashed, x, y, std::move(name), content_->take_colour()));
  return *this;
}

Plot& Plot::points(const PlotNumbers& x, const PlotNumbers& y, std::string name) {
  content_->items.emplace_back(curve_of(Curve::Kind::points, x, y, std::move(name), content_->take_colour()));
  return *this;
}

Plot& Plot::bars(const std::vector<std::string>& names, const PlotNumbers& values) {
  if (names.size() != values.values().size()) {
    throw ShapeError(
        fmt::format("[plot] {} names and {} bars: each bar has one", names.size(), values.values().size()));
  }
  content_->items.emplace_back(Bars{names, values.values(), content_->take_colour()});
  return *this;
}

Plot& Plot::heat(const Array& values, Range x, Range y) {
  content_->items.emplace_back(grid_of(Grid::Kind::heat, values, x, y));
  return *this;
}

Plot& Plot::regions(const Array& classes, Range x, Range y) {
  content_->items.emplace_back(grid_of(Grid::Kind::regions, classes, x, y));
  return *this;
}

Plot& Plot::contours(const Array& values, Range x, Range y, const PlotNumbers& levels, std::string name) {
  content_->items.emplace_back(
      Levels{grid_of(Grid::Kind::heat, values, x, y), levels.values(), std::move(name), content_->take_colour()});
  return *this;
}

Plot& Plot::picture(const Array& values) {
  Grid grid = grid_of(Grid::Kind::picture, values, {}, {});
  grid.x = {0.0, static_cast<double>(grid.columns)};
  grid.y = {0.0, static_cast<double>(grid.rows)};
  content_->items.emplace_back(std::move(grid));
  content_->equal = true;
  return *this;
}

Plot& Plot::table(const Array& values, const std::vector<std::string>& rows, const std::vector<std::string>& columns) {
  Grid grid = grid_of(Grid::Kind::table, values, {}, {});
  if (grid.rows != rows.size() || grid.columns != columns.size()) {
    throw ShapeError(fmt::format("[plot] {} row names and {} column names for numbers of shape {}", rows.size(),
                                 columns.size(), to_string(values.shape())));
  }
  grid.x = {0.0, static_cast<double>(grid.columns)};
  grid.y = {0.0, static_cast<double>(grid.rows)};
  grid.row_names = rows;
  grid.column_names = columns;
  content_->items.emplace_back(std::move(grid));
  return *this;
}

Plot& Plot::colour(int place) {
  if (place < 0) throw ValueError(fmt::format("[plot] the colour {}: places count from 0", place));
  content_->next_colour = place;
  return *this;
}

Plot& Plot::logarithmic_x() {
  content_->logarithmic_x = true;
  return *this;
}

Plot& Plot::logarithmic_y() {
  content_->logarithmic_y = true;
  return *this;
}

namespace {

Range checked_range(double low, double high, std::string_view axis) {
  if (!std::isfinite(low) || !std::isfinite(high) || !(low < high)) {
    throw ValueError(
        fmt::format("[plot] the axis {} from {} to {}: two finite numbers, the lower one first", axis, low, high));
  }
  return {low, high};
}

}  // namespace

Plot& Plot::x_range(double low, double high) {
  content_->x = checked_range(low, high, "x");
  return *this;
}

Plot& Plot::y_range(double low, double high) {
  content_->y = checked_range(low, high, "y");
  return *this;
}

Plot& Plot::equal_units() {
  content_->equal = true;
  return *this;
}

Plot& Plot::size(double width, double height) {
  constexpr double least = 100.0;
  if (!(width >= least) || !(height >= least) || !std::isfinite(width) || !std::isfinite(height)) {
    throw ValueError(fmt::format("[plot] a size of {} by {}: each is at least {}", width, height, least));
  }
  content_->width = width;
  content_->height = height;
  return *this;
}

void Plot::save(const std::string& file) const {
  check_svg_name(file);
  write_file(file, svg());
}

Figure side_by_side(std::span<const Plot> plots, int columns) {
  if (plots.empty() || columns < 1) {
    throw ValueError(
        fmt::format("[plot] {} plots in {} columns: at least one of each is needed", plots.size(), columns));
  }
  Figure out;
  double x = 0.0, y = 0.0, tallest = 0.0;
  for (std::size_t k = 0; k < plots.size(); ++k) {
    const Figure figure = plots[k].figure();
    if (k > 0 && k % static_cast<std::size_t>(columns) == 0) {
      x = 0.0;
      y += std::exchange(tallest, 0.0);
    }
    out.add(figure, {x, y});
    x += figure.width;
    tallest = std::max(tallest, figure.height);
    out.width = std::max(out.width, x);
    out.description += (k == 0 ? "" : "; ") + figure.description;
  }
  out.height = y + tallest;
  return out;
}

void save_side_by_side(const std::string& file, std::span<const Plot> plots, int columns) {
  check_svg_name(file);
  write_file(file, to_svg(side_by_side(plots, columns)));
}

}  // namespace gradus
