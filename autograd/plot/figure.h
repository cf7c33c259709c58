// A picture as a list of shapes, and how it is written: as SVG, or as a DOT text that Graphviz makes any picture of.
#pragma once
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "../base/export.h"

namespace gradus::plot {

/// In pixels; y grows downwards.
struct Point {
  double x, y;
};

struct Polyline {
  std::vector<Point> points;
  std::string colour;  ///< "#RRGGBB", here and below
  double width = 1.5;
  bool dashed = false;
};

/// Filled.
struct Polygon {
  std::vector<Point> points;
  std::string colour;
};

/// A filled circle with a thin white edge, so that those that overlap can be told apart.
struct Disc {
  Point centre;
  double radius;
  std::string colour;
};

enum class Anchor : unsigned char { start, middle, end };

/// One line of text; `at` is on its baseline.
struct Label {
  Point at;
  std::string text;
  Anchor anchor = Anchor::start;
  double size = 12.0;
  std::string colour = "#1B2430";
  bool bold = false;
};

using Shape = std::variant<Polyline, Polygon, Disc, Label>;

/// Shapes on white ground, each drawn over those before it.
struct GRADUS_API Figure {
  double width = 0.0, height = 0.0;
  std::string description;  ///< what a screen reader says
  std::vector<Shape> shapes;

  /// Appends the shapes of another figure, moved to the right and down.
  void add(const Figure& other, Point by);
};

/// About how wide a text is drawn.
[[nodiscard]] GRADUS_API double text_width(std::string_view text, double size);

/// A white colour tinted: `colour` for share 1, white for 0.
[[nodiscard]] GRADUS_API std::string tint(std::string_view colour, double share);

/// A whole SVG document.
[[nodiscard]] GRADUS_API std::string to_svg(const Figure& figure);

/// A DOT text of the same look, placed already (layout nop2): Graphviz draws it as PNG or PDF.
[[nodiscard]] GRADUS_API std::string to_dot(const Figure& figure);

}  // namespace gradus::plot
