// Plots: where numbers lie in the drawing, what is left out, what is refused.
#include <cmath>
#include <filesystem>
#include <limits>
#include <regex>
#include <string>
#include <vector>

#include "autograd/autograd.h"
#include "tests/catch.h"

namespace gradus {

using test::ContainsSubstring;

namespace {

template <class S>
std::vector<S> shapes_of(const plot::Figure& figure) {
  std::vector<S> out;
  for (const plot::Shape& shape : figure.shapes) {
    if (const auto* s = std::get_if<S>(&shape)) out.push_back(*s);
  }
  return out;
}

/// Where a number of an axis lies, told by two of the tick labels: from the picture, not from the code.
double read_off(const plot::Figure& figure, double pixel, bool along_x) {
  std::vector<std::pair<double, double>> marks;  // pixel, number
  const double last_line = [&] {
    double y = 0;
    for (const auto& label : shapes_of<plot::Label>(figure)) {
      if (label.anchor == plot::Anchor::middle && label.size == 12) y = std::max(y, label.at.y);
    }
    return y;
  }();
  for (const auto& label : shapes_of<plot::Label>(figure)) {
    const bool is_x = label.anchor == plot::Anchor::middle && label.at.y == last_line;
    const bool is_y = label.anchor == plot::Anchor::end;
    if (along_x ? !is_x : !is_y) continue;
    std::string text = std::regex_replace(label.text, std::regex("−"), "-");
    marks.emplace_back(along_x ? label.at.x : label.at.y - 4, std::stod(text));
  }
  REQUIRE(marks.size() >= 2);
  const auto [p0, v0] = marks.front();
  const auto [p1, v1] = marks.back();
  return v0 + (pixel - p0) * (v1 - v0) / (p1 - p0);
}

}  // namespace

TEST_CASE("A point lies where the axes say") {
  const plot::Figure figure = Plot("title", "x", "y").points({-3, 1.5, 4}, {10, 22.5, -7}).figure();
  const auto discs = shapes_of<plot::Disc>(figure);
  REQUIRE(discs.size() == 3);
  CHECK(std::fabs(read_off(figure, discs[1].centre.x, true) - 1.5) < 1e-6);
  CHECK(std::fabs(read_off(figure, discs[1].centre.y, false) - 22.5) < 1e-6);
  CHECK(std::fabs(read_off(figure, discs[2].centre.y, false) + 7) < 1e-6);
}

TEST_CASE("A logarithmic axis has equal steps for equal factors") {
  const plot::Figure figure = Plot().points({0, 1, 2}, {1, 100, 10000}).logarithmic_y().figure();
  const auto discs = shapes_of<plot::Disc>(figure);
  REQUIRE(discs.size() == 3);
  CHECK(std::fabs((discs[0].centre.y - discs[1].centre.y) - (discs[1].centre.y - discs[2].centre.y)) < 1e-9);
  CHECK_THROWS_WITH(Plot().line({0, 1}, {-1, 0}).logarithmic_y().figure(),
                    ContainsSubstring("no number along it is above 0"));
  CHECK_THROWS_WITH(Plot().line({0, 1}, {1, 2}).y_range(0, 2).logarithmic_y().figure(),
                    ContainsSubstring("cannot begin at 0"));
}

TEST_CASE("What leaves the axes is cut off at them, and a number that is not finite leaves a gap") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const plot::Figure cut = Plot().line({0, 1, 2}, {0, 10, 0}).x_range(0, 2).y_range(0, 5).figure();
  int lines = 0;
  for (const auto& line : shapes_of<plot::Polyline>(cut)) {
    if (line.colour != "#0072B2") continue;
    ++lines;
    REQUIRE(line.points.size() == 2);
    // y = 5 is crossed at x = 0.5 and at 1.5.
    const double in = read_off(cut, line.points[lines == 1 ? 1 : 0].x, true);
    CHECK(std::fabs(in - (lines == 1 ? 0.5 : 1.5)) < 1e-6);
  }
  CHECK(lines == 2);
  const plot::Figure gap = Plot().line({0, 1, 2, 3, 4}, {0, 1, nan, 1, 0}).figure();
  lines = 0;
  for (const auto& line : shapes_of<plot::Polyline>(gap)) lines += line.colour == "#0072B2" ? 1 : 0;
  CHECK(lines == 2);
  CHECK(shapes_of<plot::Disc>(Plot().points({0, 9}, {0, 9}).x_range(-1, 1).y_range(-1, 1).figure()).size() == 1);
}

TEST_CASE("Names stand in the legend, in the colours of what they name") {
  const plot::Figure figure =
      Plot("t").line({0, 1}, {0, 1}, "first").points({0}, {1}, "second").dashed_line({0, 1}, {1, 1}).figure();
  std::string texts;
  for (const auto& label : shapes_of<plot::Label>(figure)) texts += label.text + "|";
  CHECK_THAT(texts, ContainsSubstring("t|first|second|"));
  const auto discs = shapes_of<plot::Disc>(figure);
  REQUIRE(discs.size() == 2);  // in the legend, and the point
  CHECK(discs[0].colour == discs[1].colour);
  CHECK(discs[0].colour != shapes_of<plot::Polyline>(figure)[0].colour);
}

TEST_CASE("A contour of x² + y² is a circle") {
  const Tensor xs = linspace(-2.0, 2.0, 81);
  const auto grid = meshgrid({xs, xs});
  const Array r2 = (grid[0] * grid[0] + grid[1] * grid[1]).value();
  const std::vector<double> at = xs.value().to_vector();
  const auto pieces = plot::contour(r2.to_vector(), at, at, 1.0);
  CHECK(pieces.size() > 100);
  for (const auto& piece : pieces) {
    for (const auto& [x, y] : piece) CHECK(std::fabs(std::hypot(x, y) - 1.0) < 2e-3);
  }
  const Plot plot = Plot().contours(r2, {-2, 2}, {-2, 2}, {0.5, 1.0}, "r²").equal_units();
  CHECK(shapes_of<plot::Polyline>(plot.figure()).size() > 200);
}

TEST_CASE("Regions fill the axes where units are equal") {
  for (const double height : {250.0, 700.0}) {
    const auto figure =
        Plot().regions(Array({2, 3}, {0, 1, 2, 2, 1, 0}), {0, 3}, {0, 2}).equal_units().size(400, height).figure();
    plot::Point low{1e9, 1e9}, high{0, 0};
    for (const plot::Polygon& cell : shapes_of<plot::Polygon>(figure)) {
      for (const plot::Point& p : cell.points) {
        low = {std::min(low.x, p.x), std::min(low.y, p.y)};
        high = {std::max(high.x, p.x), std::max(high.y, p.y)};
      }
    }
    const auto lines = shapes_of<plot::Polyline>(figure);
    REQUIRE(lines.size() >= 2);
    const plot::Polyline upwards = lines[lines.size() - 2], across = lines.back();
    CHECK(std::fabs(across.points[0].x - low.x) < 1.0);
    CHECK(std::fabs(across.points[1].x - high.x) < 1.0);
    CHECK(std::fabs(upwards.points[0].y - low.y) < 1.0);
    CHECK(std::fabs(upwards.points[1].y - high.y) < 1.0);
    CHECK(std::fabs((high.x - low.x) / 3.0 - (high.y - low.y) / 2.0) < 1.0);  // a unit is as long along both
    CHECK((low.x > 0 && low.y > 0 && high.x < 400 && high.y < height));
  }
}

TEST_CASE("Grids: heat, regions, pictures and tables") {
  const Array values({2, 3}, {0, 1, 2, 3, 4, 5});
  CHECK(shapes_of<plot::Polygon>(Plot().heat(values, {0, 3}, {0, 2}).figure()).size() == 6);
  const auto cells = shapes_of<plot::Polygon>(Plot().regions(values, {0, 3}, {0, 2}).figure());
  REQUIRE(cells.size() == 6);
  CHECK(cells[0].points[0].y > cells[3].points[0].y);  // row 0 lies below
  const auto picture = shapes_of<plot::Polygon>(Plot().picture(Array({2, 2}, {1, 0, 0, 1})).figure());
  REQUIRE(picture.size() == 4);
  CHECK(picture[0].colour == "#000000");
  CHECK(picture[1].colour == "#FFFFFF");
  CHECK(picture[0].points[0].y < picture[2].points[0].y);  // and here above
  const plot::Figure table = Plot("confusion", "predicted", "true")
                                 .table(Array({2, 2}, {5, 1, 0, 7}), {"cat", "dog"}, {"cat", "dog"})
                                 .figure();
  std::string texts;
  for (const auto& label : shapes_of<plot::Label>(table)) texts += label.text + "|";
  CHECK_THAT(texts, ContainsSubstring("5|1|0|7|cat|dog|cat|dog|predicted|true|"));
}

TEST_CASE("Bars stand on 0") {
  const plot::Figure figure = Plot().bars({"a", "b"}, {2, -1}).figure();
  const auto bars = shapes_of<plot::Polygon>(figure);
  REQUIRE(bars.size() == 2);
  CHECK(std::fabs(read_off(figure, bars[0].points[0].y, false) - 2) < 1e-6);
  CHECK(std::fabs(read_off(figure, bars[0].points[2].y, false)) < 1e-6);
  CHECK(std::fabs(read_off(figure, bars[1].points[0].y, false) + 1) < 1e-6);
}

TEST_CASE("Several plots side by side") {
  const Plot one = Plot("one").line({0, 1}, {0, 1}).size(200, 150);
  const std::vector<Plot> plots{one, one, one};
  const plot::Figure figure = side_by_side(plots, 2);
  CHECK(figure.width == 400);
  CHECK(figure.height == 300);
  CHECK(figure.shapes.size() == 3 * one.figure().shapes.size());
  CHECK_THROWS_WITH(side_by_side({}, 2), ContainsSubstring("0 plots in 2 columns"));
  CHECK_THROWS_WITH(side_by_side(plots, 0), ContainsSubstring("3 plots in 0 columns"));
}

TEST_CASE("A plot is written whole, in the bytes of an SVG, whatever its texts are") {
  const auto file = std::filesystem::temp_directory_path() / "gradus_plot_test.svg";
  Plot("a < b & \"c\"", "x").line({0, 1}, {0, 1}, "<script>").save(file.string());
  const std::string svg = read_file(file.string());
  CHECK_THAT(svg, ContainsSubstring("a &lt; b &amp;"));
  CHECK_THAT(svg, ContainsSubstring("&lt;script&gt;"));
  CHECK(svg.starts_with("<svg "));
  CHECK(svg.ends_with("</svg>\n"));
  const std::vector<Plot> two{Plot("l"), Plot("r")};
  save_side_by_side(file.string(), two, 2);
  CHECK_THAT(read_file(file.string()), ContainsSubstring(">r</text>"));
  std::filesystem::remove(file);
  CHECK_THROWS_WITH(Plot().save("loss.png"), ContainsSubstring("'loss.png' does not end in .svg"));
  CHECK_THAT(to_dot(Plot("a \"b\"").line({0, 1}, {0, 1}).figure()),
             ContainsSubstring("layout=nop2") && ContainsSubstring("a \\\"b\\\""));
}

TEST_CASE("What cannot be plotted is refused") {
  CHECK_THROWS_WITH(Plot().line({1, 2}, {1}), ContainsSubstring("2 numbers along x and 1 along y"));
  CHECK_THROWS_WITH(Plot().bars({"a"}, {1, 2}), ContainsSubstring("1 names and 2 bars"));
  CHECK_THROWS_WITH(Plot().heat(Array({3}, {1, 2, 3}), {}, {}), ContainsSubstring("of shape [3]"));
  CHECK_THROWS_WITH(Plot().table(Array({1, 1}, {1}), {}, {"a"}), ContainsSubstring("0 row names and 1 column names"));
  CHECK_THROWS_WITH(Plot().x_range(2, 1), ContainsSubstring("the axis x from 2 to 1"));
  CHECK_THROWS_WITH(Plot().y_range(0, std::numeric_limits<double>::infinity()), ContainsSubstring("the axis y"));
  CHECK_THROWS_WITH(Plot().size(10, 400), ContainsSubstring("a size of 10 by 400"));
  CHECK_THROWS_WITH(Plot().colour(-1), ContainsSubstring("places count from 0"));
}

TEST_CASE("Axes: ranges and marks") {
  const std::vector<double> none, same{3, 3}, some{1, std::nan(""), 5};
  CHECK(plot::range_of(none).high == 1.0);
  CHECK(plot::range_of(same).low == 1.5);
  CHECK(plot::range_of(some, 0.5).high == 7.0);
  CHECK(plot::ticks({0, 1}, 5) == std::vector<double>{0, 0.2, 0.4, 0.6000000000000001, 0.8, 1.0});
  CHECK(plot::ticks({1, 1000, true}, 6) == std::vector<double>{1, 10, 100, 1000});
  CHECK(plot::tick_text(-0.5) == "−0.5");
  CHECK(plot::along({0, 4}, 1) == 0.25);
  CHECK(plot::tint("#000000", 0.5) == "#808080");
  CHECK(plot::text_width("éé", 10) == plot::text_width("ab", 10));
}

}  // namespace gradus
