// What a Plot holds until it is drawn.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "autograd/plot/axis.h"
#include "autograd/plot/plot.h"

namespace gradus {

namespace plot {

struct Curve {
  enum class Kind : std::uint8_t { line, dashed, points };
  Kind kind;
  std::vector<double> x, y;
  std::string name;
  int colour;
};

struct Bars {
  std::vector<std::string> names;
  std::vector<double> values;
  int colour;
};

/// Numbers on a grid, row by row.
struct Grid {
  enum class Kind : std::uint8_t { heat, regions, picture, table };
  Kind kind;
  std::vector<double> values;
  std::size_t rows, columns;
  Range x, y;
  std::vector<std::string> row_names, column_names;
};

struct Levels {
  Grid grid;
  std::vector<double> levels;
  std::string name;
  int colour;
};

using Item = std::variant<Curve, Bars, Grid, Levels>;

[[nodiscard]] inline bool is_grid(const Item& item, Grid::Kind kind) {
  const auto* grid = std::get_if<Grid>(&item);
  return grid != nullptr && grid->kind == kind;
}

}  // namespace plot

struct Plot::Content {
  std::string title, x_label, y_label;
  std::vector<plot::Item> items;
  std::optional<int> next_colour;
  int given = 0;  // colours, so far
  bool logarithmic_x = false, logarithmic_y = false, equal = false;
  std::optional<plot::Range> x, y;
  double width = 560, height = 380;

  int take_colour() {
    if (next_colour) return *std::exchange(next_colour, std::nullopt);
    return given++;
  }
  [[nodiscard]] bool has_axes() const;
  [[nodiscard]] bool has_bars() const;
  [[nodiscard]] plot::Range x_axis() const;
  [[nodiscard]] plot::Range y_axis() const;
};

}  // namespace gradus
