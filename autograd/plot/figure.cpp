#include "autograd/plot/figure.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <utility>

#include "autograd/base/escape.h"
#include "autograd/base/utf8.h"
#include "autograd/draw/palette.h"

namespace gradus::plot {

namespace {

template <class... F>
struct Each : F... {
  using F::operator()...;
};
template <class... F>
Each(F...) -> Each<F...>;  // clang 14 needs to be told

template <class... X>
void print(std::string& out, fmt::format_string<X...> format, X&&... x) {
  fmt::format_to(std::back_inserter(out), format, std::forward<X>(x)...);
}

Point moved(Point p, Point by) { return {p.x + by.x, p.y + by.y}; }

std::string svg_points(const std::vector<Point>& points) {
  std::string out;
  for (const Point& p : points) print(out, "{}{:.1f},{:.1f}", out.empty() ? "" : " ", p.x, p.y);
  return out;
}

constexpr std::array<std::string_view, 3> anchors = {"start", "middle", "end"};

// ---------------------------------------------------------------------------------------------------- xdot's operations

std::string counted(std::string_view text) { return fmt::format("{} -{}", text.size(), text); }

std::string xdot_points(const std::vector<Point>& points, double height) {
  std::string out = fmt::to_string(points.size());
  for (const Point& p : points) print(out, " {:.1f} {:.1f}", p.x, height - p.y);
  return out;
}

std::string pen(std::string_view colour, double width, bool dashed) {
  const std::string line = fmt::format("setlinewidth({})", width);
  return fmt::format("c {} S {} S {} ", counted(colour), counted(line), counted(dashed ? "dashed" : "solid"));
}

}  // namespace

void Figure::add(const Figure& other, Point by) {
  const auto move_all = [by](std::vector<Point>& points) {
    for (Point& p : points) p = moved(p, by);
  };
  for (Shape shape : other.shapes) {
    std::visit(Each{[&](Polyline& s) { move_all(s.points); }, [&](Polygon& s) { move_all(s.points); },
                    [&](Disc& s) { s.centre = moved(s.centre, by); }, [&](Label& s) { s.at = moved(s.at, by); }},
               shape);
    shapes.push_back(std::move(shape));
  }
}

double text_width(std::string_view text, double size) {
  return 0.56 * size * static_cast<double>(text::code_points(text));
}

std::string tint(std::string_view colour, double share) {
  const auto channel = [&](std::size_t at) {
    const double full = std::stoi(std::string(colour.substr(at, 2)), nullptr, 16);
    return static_cast<int>(std::lround(255.0 + share * (full - 255.0)));
  };
  return fmt::format("#{:02X}{:02X}{:02X}", channel(1), channel(3), channel(5));
}

std::string to_svg(const Figure& figure) {
  std::string out;
  print(out,
        R"(<svg xmlns="http://www.w3.org/2000/svg" width="{0:.0f}" height="{1:.0f}" viewBox="0 0 {0:.0f} {1:.0f}" )"
        "role=\"img\" aria-label=\"{2}\" font-family=\"{3}\">\n<rect width=\"{0:.0f}\" height=\"{1:.0f}\" "
        "fill=\"#FFFFFF\"/>\n",
        figure.width, figure.height, text::xml_text(figure.description), palette::sans);
  const Each write{
      [&](const Polyline& s) {
        print(out,
              "<polyline points=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"{}\" stroke-linejoin=\"round\"{}/>\n",
              svg_points(s.points), s.colour, s.width, s.dashed ? " stroke-dasharray=\"6 4\"" : "");
      },
      [&](const Polygon& s) { print(out, "<polygon points=\"{}\" fill=\"{}\"/>\n", svg_points(s.points), s.colour); },
      [&](const Disc& s) {
        print(out,
              "<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{}\" fill=\"{}\" stroke=\"#FFFFFF\" stroke-width=\"0.7\"/>\n",
              s.centre.x, s.centre.y, s.radius, s.colour);
      },
      [&](const Label& s) {
        print(out, "<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\" font-size=\"{}\" fill=\"{}\"{}>{}</text>\n",
              s.at.x, s.at.y, anchors[static_cast<std::size_t>(s.anchor)], s.size, s.colour,
              s.bold ? " font-weight=\"bold\"" : "", text::xml_text(s.text));
      }};
  for (const Shape& shape : figure.shapes) std::visit(write, shape);
  return out + "</svg>\n";
}

std::string to_dot(const Figure& figure) {
  const double h = figure.height;
  // Graphviz 2.43 cannot draw text in a background: texts are nodes without a border, above all shapes.
  std::string background = fmt::format("C {0} c {0} P 4 0 0 {1} 0 {1} {2} 0 {2} ", counted("#FFFFFF"), figure.width, h);
  std::string nodes;
  const Each write{
      [&](const Polyline& s) {
        print(background, "{}L {} ", pen(s.colour, s.width, s.dashed), xdot_points(s.points, h));
      },
      [&](const Polygon& s) {
        print(background, "C {0} {1}P {2} ", counted(s.colour), pen(s.colour, 0.1, false), xdot_points(s.points, h));
      },
      [&](const Disc& s) {
        print(background, "C {} {}E {:.1f} {:.1f} {} {} ", counted(s.colour), pen("#FFFFFF", 0.7, false), s.centre.x,
              h - s.centre.y, s.radius, s.radius);
      },
      [&](const Label& s) {
        constexpr double points_per_inch = 72.0, lifted = 0.33;  // from the baseline to the middle of a line
        const double width = 1.5 * text_width(s.text, s.size) + s.size;
        const double shift = s.anchor == Anchor::start ? 0.5 * width : s.anchor == Anchor::end ? -0.5 * width : 0.0;
        const std::string_view side = s.anchor == Anchor::start ? "\\l" : s.anchor == Anchor::end ? "\\r" : "";
        std::string label = text::quote_label(s.text);
        label.insert(label.size() - 1, side);
        print(nodes,
              "t{} [pos=\"{:.1f},{:.1f}\", width={:.3f}, height={:.3f}, label={}, fontsize={}, fontcolor=\"{}\", "
              "fontname=\"{}\"];\n",
              nodes.size(), s.at.x + shift, h - s.at.y + lifted * s.size, width / points_per_inch,
              s.size / points_per_inch, label, s.size, s.colour, s.bold ? "Helvetica Bold" : "Helvetica");
      }};
  for (const Shape& shape : figure.shapes) std::visit(write, shape);
  return fmt::format(
      "graph {{\ngraph [layout=nop2, pad=0, margin=0, dpi=144, bb=\"0,0,{0},{1}\", _background=\"{2}\"];\n"
      "node [shape=none, margin=0, fixedsize=true];\n"
      "page [pos=\"{3},{4}\", width={5:.4f}, height={6:.4f}, label=\"\"];\n{7}}}\n",
      figure.width, h, background, figure.width / 2, h / 2, figure.width / 72, h / 72, nodes);
}

}  // namespace gradus::plot
