// A plot's content as shapes.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <string_view>
#include <utility>
#include <variant>

#include "autograd/base/error.h"
#include "autograd/plot/contour.h"
#include "autograd/plot/cut_to_box.h"
#include "autograd/plot/plot_content.h"

namespace gradus {

using plot::Anchor;
using plot::Bars;
using plot::Curve;
using plot::Disc;
using plot::Figure;
using plot::Grid;
using plot::Item;
using plot::Label;
using plot::Levels;
using plot::Point;
using plot::Polygon;
using plot::Polyline;
using plot::Range;

namespace {

// After Okabe and Ito, the darkest first; their yellow cannot be seen on white.
constexpr std::array<std::string_view, 7> colours = {"#0072B2", "#D55E00", "#009E73", "#CC79A7",
                                                     "#E69F00", "#56B4E9", "#4D4D4D"};
constexpr std::string_view grid_colour = "#E3E7EC", axis_colour = "#7A8594", quiet = "#3B4654", ink = "#1B2430";
constexpr double margin = 0.04, point_radius = 3.2;

std::string colour_of(int place) { return std::string(colours[static_cast<std::size_t>(place) % colours.size()]); }

/// The middles of equal cells, or the ends and what lies evenly between them.
std::vector<double> places(const Range& range, std::size_t count) {
  std::vector<double> out;
  for (std::size_t k = 0; k < count; ++k) {
    const double t = count == 1 ? 0.5 : static_cast<double>(k) / static_cast<double>(count - 1);
    out.push_back(range.low + t * (range.high - range.low));
  }
  return out;
}

bool is_on_grid(const Item& item) {
  return is_grid(item, Grid::Kind::heat) || is_grid(item, Grid::Kind::regions) || std::holds_alternative<Levels>(item);
}

Range grid_range(const Item& item, Range Grid::*axis) {
  if (const auto* levels = std::get_if<Levels>(&item)) return levels->grid.*axis;
  return std::get<Grid>(item).*axis;
}

/// Around the numbers; where a grid lies under them, exactly the grid.
Range axis_of(const std::vector<Item>& items, std::vector<double> Curve::*numbers, Range Grid::*axis, bool logarithmic,
              std::string_view name) {
  std::vector<double> all;
  for (const Item& item : items) {
    if (const auto* curve = std::get_if<Curve>(&item))
      all.insert(all.end(), (curve->*numbers).begin(), (curve->*numbers).end());
  }
  for (const Item& item : items) {
    if (is_on_grid(item)) return grid_range(item, axis);
  }
  if (!logarithmic) return plot::range_of(all, margin);
  std::erase_if(all, [](double x) { return !(x > 0.0); });
  if (all.empty()) {
    throw ValueError(fmt::format("[plot] the axis {} is logarithmic, and no number along it is above 0", name));
  }
  Range range = plot::range_of(all);
  const double wider = std::pow(range.high / range.low, margin);
  return {range.low / wider, range.high * wider, true};
}

/// Where the axes lie in the figure, and how numbers come to pixels.
struct Frame {
  double left, right, top, bottom;
  Range x, y;

  [[nodiscard]] Point at(double px, double py) const {
    return {left + (right - left) * plot::along(x, px), bottom - (bottom - top) * plot::along(y, py)};
  }
  [[nodiscard]] plot::Box box() const { return {left, right, top, bottom}; }
  /// The cell (row, column) of a grid of which row 0 lies below.
  [[nodiscard]] Polygon cell(const Grid& grid, std::size_t row, std::size_t column, std::string colour) const {
    const auto part = [](const Range& r, std::size_t k, std::size_t n) {
      return r.low + (r.high - r.low) * static_cast<double>(k) / static_cast<double>(n);
    };
    const Point a = at(part(grid.x, column, grid.columns), part(grid.y, row, grid.rows));
    const Point b = at(part(grid.x, column + 1, grid.columns), part(grid.y, row + 1, grid.rows));
    // Half a pixel over its edge, under the next one: no seam shows between neighbours.
    return {{{a.x, a.y}, {b.x + 0.5, a.y}, {b.x + 0.5, b.y - 0.5}, {a.x, b.y - 0.5}}, std::move(colour)};
  }
};

void draw_axes(Figure& out, const Frame& f, bool numbers_along_x, std::string_view x_label, std::string_view y_label) {
  const auto line = [&](Point a, Point b, std::string_view colour, double width) {
    out.shapes.push_back(Polyline{{a, b}, std::string(colour), width});
  };
  if (numbers_along_x) {
    for (const double t : plot::ticks(f.x, 7)) {
      const double x = f.at(t, f.y.low).x;
      line({x, f.top}, {x, f.bottom}, grid_colour, 1.0);
      out.shapes.push_back(Label{{x, f.bottom + 17}, plot::tick_text(t), Anchor::middle, 12, std::string(quiet)});
    }
  }
  for (const double t : plot::ticks(f.y, 6)) {
    const double y = f.at(f.x.low, t).y;
    line({f.left, y}, {f.right, y}, grid_colour, 1.0);
    out.shapes.push_back(Label{{f.left - 7, y + 4}, plot::tick_text(t), Anchor::end, 12, std::string(quiet)});
  }
  line({f.left, f.top}, {f.left, f.bottom}, axis_colour, 1.2);
  line({f.left, f.bottom}, {f.right, f.bottom}, axis_colour, 1.2);
  if (!x_label.empty()) {
    out.shapes.push_back(Label{{(f.left + f.right) / 2, f.bottom + 37}, std::string(x_label), Anchor::middle, 13});
  }
  if (!y_label.empty()) out.shapes.push_back(Label{{f.left - 7, f.top - 9}, std::string(y_label), Anchor::start, 13});
}

void draw(Figure& out, const Frame& f, const Curve& curve) {
  const std::string colour = colour_of(curve.colour);
  std::vector<Point> piece;
  const auto finish = [&] {
    for (std::vector<Point>& inside : plot::clipped(piece, f.box())) {
      out.shapes.push_back(Polyline{std::move(inside), colour, 2.0, curve.kind == Curve::Kind::dashed});
    }
    piece.clear();
  };
  for (std::size_t k = 0; k < curve.x.size(); ++k) {
    const Point p = f.at(curve.x[k], curve.y[k]);
    const bool finite = std::isfinite(p.x) && std::isfinite(p.y);
    if (curve.kind == Curve::Kind::points) {
      if (finite && f.box().holds(p)) out.shapes.push_back(Disc{p, point_radius, colour});
    } else if (finite) {
      piece.push_back(p);
    } else {
      finish();
    }
  }
  finish();
}

void draw(Figure& out, const Frame& f, const Bars& bars) {
  const std::string colour = colour_of(bars.colour);
  for (std::size_t k = 0; k < bars.values.size(); ++k) {
    const auto middle = static_cast<double>(k);
    if (!std::isfinite(bars.values[k])) continue;
    const Point a = f.at(middle - 0.38, std::clamp(bars.values[k], f.y.low, f.y.high));
    const Point b = f.at(middle + 0.38, std::clamp(0.0, f.y.low, f.y.high));
    out.shapes.push_back(Polygon{{a, {b.x, a.y}, b, {a.x, b.y}}, colour});
    out.shapes.push_back(
        Label{{(a.x + b.x) / 2, f.bottom + 17}, bars.names[k], Anchor::middle, 12, std::string(quiet)});
  }
}

void draw(Figure& out, const Frame& f, const Grid& grid) {
  const auto [least, greatest] = std::minmax_element(grid.values.begin(), grid.values.end());
  const double low = grid.values.empty() ? 0 : *least, high = grid.values.empty() ? 1 : *greatest;
  const bool downwards = grid.kind == Grid::Kind::picture || grid.kind == Grid::Kind::table;
  for (std::size_t r = 0; r < grid.rows; ++r) {
    for (std::size_t c = 0; c < grid.columns; ++c) {
      const double v = grid.values[r * grid.columns + c];
      if (!std::isfinite(v)) continue;
      std::string colour;
      switch (grid.kind) {
        case Grid::Kind::heat:
          colour = plot::tint(colours[0], high > low ? 0.85 * (v - low) / (high - low) : 0.0);
          break;
        case Grid::Kind::regions:
          colour = plot::tint(colours[static_cast<std::size_t>(std::max(0.0, v)) % colours.size()], 0.22);
          break;
        case Grid::Kind::picture:
          colour = plot::tint("#000000", std::clamp(v, 0.0, 1.0));
          break;
        case Grid::Kind::table:
          colour = plot::tint(colours[0], high > 0 ? 0.85 * std::max(0.0, v) / high : 0.0);
          break;
      }
      out.shapes.push_back(f.cell(grid, downwards ? grid.rows - 1 - r : r, c, std::move(colour)));
      if (grid.kind != Grid::Kind::table) continue;
      const Point middle = f.at(static_cast<double>(c) + 0.5, static_cast<double>(grid.rows - 1 - r) + 0.5);
      const bool dark = high > 0 && v > 0.55 * high;
      out.shapes.push_back(
          Label{{middle.x, middle.y + 5}, plot::tick_text(v), Anchor::middle, 14, dark ? "#FFFFFF" : std::string(ink)});
    }
  }
}

void draw(Figure& out, const Frame& f, const Levels& levels) {
  const std::vector<double> xs = places(levels.grid.x, levels.grid.columns);
  const std::vector<double> ys = places(levels.grid.y, levels.grid.rows);
  for (const double level : levels.levels) {
    for (const plot::Segment& s : plot::contour(levels.grid.values, xs, ys, level)) {
      const std::vector<Point> ends{f.at(s[0][0], s[0][1]), f.at(s[1][0], s[1][1])};
      for (std::vector<Point>& inside : plot::clipped(ends, f.box())) {
        out.shapes.push_back(Polyline{std::move(inside), colour_of(levels.colour), 1.1});
      }
    }
  }
}

struct Entry {
  std::string name;
  int colour;
  bool is_line, dashed;
};

std::vector<Entry> legend_of(const std::vector<Item>& items) {
  std::vector<Entry> out;
  for (const Item& item : items) {
    if (const auto* curve = std::get_if<Curve>(&item); curve != nullptr && !curve->name.empty()) {
      out.push_back(
          {curve->name, curve->colour, curve->kind != Curve::Kind::points, curve->kind == Curve::Kind::dashed});
    } else if (const auto* levels = std::get_if<Levels>(&item); levels != nullptr && !levels->name.empty()) {
      out.push_back({levels->name, levels->colour, true, false});
    }
  }
  return out;
}

/// Draws the legend from `top` on, as many entries in a line as fit, and returns where it ends.
double draw_legend(Figure& out, const std::vector<Entry>& entries, double left, double right, double top) {
  constexpr double swatch = 22, gap = 18, line_height = 18, size = 12;
  double x = left, y = top;
  for (const Entry& entry : entries) {
    const double width = swatch + 6 + plot::text_width(entry.name, size) + gap;
    if (x > left && x + width > right) {
      x = left;
      y += line_height;
    }
    const double middle = y + line_height / 2;
    if (entry.is_line) {
      out.shapes.push_back(Polyline{{{x, middle}, {x + swatch, middle}}, colour_of(entry.colour), 2.4, entry.dashed});
    } else {
      out.shapes.push_back(Disc{{x + swatch / 2, middle}, 4, colour_of(entry.colour)});
    }
    out.shapes.push_back(Label{{x + swatch + 6, middle + 4}, entry.name, Anchor::start, size});
    x += width;
  }
  return entries.empty() ? top : y + line_height;
}

double widest_tick(const Range& y) {
  double out = 0.0;
  for (const double t : plot::ticks(y, 6)) out = std::max(out, plot::text_width(plot::tick_text(t), 12));
  return out;
}

/// Makes a unit as long along both axes: one of them reaches further, but where a grid lies under everything, which ends
/// where its numbers end, one of them is drawn shorter.
void equalise(Frame& f, bool on_grid) {
  const double across = (f.right - f.left) / (f.x.high - f.x.low), up = (f.bottom - f.top) / (f.y.high - f.y.low);
  if (on_grid) {
    const double unit = std::min(across, up), middle = (f.left + f.right) / 2;
    const double half = unit * (f.x.high - f.x.low) / 2;
    f.left = middle - half;
    f.right = middle + half;
    f.top = f.bottom - unit * (f.y.high - f.y.low);
    return;
  }
  Range& wider = across > up ? f.x : f.y;
  const double factor = std::max(across, up) / std::min(across, up), middle = (wider.low + wider.high) / 2;
  const double half = factor * (wider.high - wider.low) / 2;
  wider = {middle - half, middle + half};
}

}  // namespace

bool Plot::Content::has_axes() const {
  return std::ranges::none_of(
      items, [](const Item& item) { return is_grid(item, Grid::Kind::picture) || is_grid(item, Grid::Kind::table); });
}

bool Plot::Content::has_bars() const {
  return std::ranges::any_of(items, [](const Item& item) { return std::holds_alternative<Bars>(item); });
}

Range Plot::Content::x_axis() const {
  if (x) return {x->low, x->high, logarithmic_x};
  for (const Item& item : items) {
    if (const auto* bars = std::get_if<Bars>(&item)) return {-0.6, static_cast<double>(bars->values.size()) - 0.4};
    if (!has_axes() && std::holds_alternative<Grid>(item)) return std::get<Grid>(item).x;
  }
  return axis_of(items, &Curve::x, &Grid::x, logarithmic_x, "x");
}

Range Plot::Content::y_axis() const {
  if (y) return {y->low, y->high, logarithmic_y};
  for (const Item& item : items) {
    if (const auto* bars = std::get_if<Bars>(&item)) {
      std::vector<double> all = bars->values;
      all.push_back(0.0);
      Range range = plot::range_of(all, margin);
      if (*std::ranges::min_element(all) == 0.0) range.low = 0.0;
      return range;
    }
    if (!has_axes() && std::holds_alternative<Grid>(item)) return std::get<Grid>(item).y;
  }
  return axis_of(items, &Curve::y, &Grid::y, logarithmic_y, "y");
}

Figure Plot::figure() const {
  const Content& c = *content_;
  const bool axes = c.has_axes();
  Figure out{c.width, c.height, c.title.empty() ? "A plot" : c.title, {}};
  Frame f{16, c.width - 18, 12, c.height - 14, c.x_axis(), c.y_axis()};
  if (((c.logarithmic_x && !(f.x.low > 0)) || (c.logarithmic_y && !(f.y.low > 0)))) {
    throw ValueError("[plot] a logarithmic axis cannot begin at 0 or below");
  }
  if (!c.title.empty()) {
    out.shapes.push_back(Label{{c.width / 2, f.top + 14}, c.title, Anchor::middle, 16, std::string(ink), true});
    f.top += 26;
  }
  f.top = draw_legend(out, legend_of(c.items), f.left + 4, f.right, f.top) + 4;
  const Grid* table = nullptr;
  for (const Item& item : c.items) {
    if (is_grid(item, Grid::Kind::table)) table = &std::get<Grid>(item);
  }
  if (axes) {
    f.left += widest_tick(f.y) + 8;
    f.bottom -= c.x_label.empty() ? 18 : 36;
    if (!c.y_label.empty()) f.top += 18;
  } else if (table != nullptr) {
    double widest = 0.0;
    for (const std::string& name : table->row_names) widest = std::max(widest, plot::text_width(name, 12));
    f.left += widest + 8;
    f.bottom -= c.x_label.empty() ? 18 : 36;
    if (!c.y_label.empty()) f.top += 18;
  }
  if (c.equal && !f.x.logarithmic && !f.y.logarithmic) equalise(f, std::ranges::any_of(c.items, is_on_grid));
  // Grids lie under the lines of the axes, everything else over them.
  const auto draw_item = [&](const Item& item) { std::visit([&](const auto& what) { draw(out, f, what); }, item); };
  for (const Item& item : c.items) {
    if (std::holds_alternative<Grid>(item)) draw_item(item);
  }
  if (axes) {
    draw_axes(out, f, !c.has_bars(), c.x_label, c.y_label);
  } else if (table != nullptr) {
    for (std::size_t r = 0; r < table->rows; ++r) {
      const Point p = f.at(0.0, static_cast<double>(table->rows - 1 - r) + 0.5);
      out.shapes.push_back(Label{{p.x - 7, p.y + 4}, table->row_names[r], Anchor::end, 12, std::string(quiet)});
    }
    for (std::size_t k = 0; k < table->columns; ++k) {
      const Point p = f.at(static_cast<double>(k) + 0.5, 0.0);
      out.shapes.push_back(Label{{p.x, f.bottom + 17}, table->column_names[k], Anchor::middle, 12, std::string(quiet)});
    }
    if (!c.x_label.empty())
      out.shapes.push_back(Label{{(f.left + f.right) / 2, f.bottom + 37}, c.x_label, Anchor::middle, 13});
    if (!c.y_label.empty()) out.shapes.push_back(Label{{16, f.top - 9}, c.y_label, Anchor::start, 13});
  }
  for (const Item& item : c.items) {
    if (!std::holds_alternative<Grid>(item)) draw_item(item);
  }
  return out;
}

}  // namespace gradus
