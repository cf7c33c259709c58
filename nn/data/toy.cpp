#include "nn/data/toy.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <numbers>
#include <string_view>
#include <vector>

#include "autograd/base/error.h"

namespace gradus::nn::toy {

namespace {

using std::numbers::pi;

void check_rows(std::int64_t rows, double noise) {
  if (rows < 1) throw ValueError(fmt::format("[toy] {} rows: a set has at least one", rows));
  if (!(noise >= 0.0) || !std::isfinite(noise)) {
    throw ValueError(fmt::format("[toy] noise {}: a standard deviation is 0 or more", noise));
  }
}

// What parts of the key are for.
Key for_places(const Key& key) { return key.part(0); }
Key for_noise(const Key& key) { return key.part(1); }
Key for_order(const Key& key) { return key.part(2); }

std::vector<double> normals(std::int64_t count, double deviation, const Key& key) {
  return normal_array({count}, 0.0, deviation, key).to_vector();
}

/// y = f(x) + noise, for x spread evenly over [low, high).
template <class F>
Dataset curve(std::int64_t rows, const Key& key, double noise, double low, double high, F&& f) {
  check_rows(rows, noise);
  const Array x = uniform_array({rows, 1}, low, high, for_places(key));
  std::vector<double> y = normals(rows, noise, for_noise(key));
  const double* place = x.data<double>();
  for (double& number : y) number += f(*place++);
  return {Tensor(x, "x"), Tensor(Array({rows, 1}, y), "y")};
}

/// Rows of classes in turn, shuffled.  point(class, i, n, row) writes the features of the i-th row of the n of a class.
template <class Point>
Dataset classified(std::int64_t rows, std::int64_t classes, const Shape& row_shape, const Key& key, double noise,
                   Point&& point) {
  check_rows(rows, noise);
  std::vector<std::int64_t> sizes{rows};
  sizes.insert(sizes.end(), row_shape.begin(), row_shape.end());
  const Shape shape(sizes);
  const std::int64_t width = shape.size() / rows;
  std::vector<double> x = normals(shape.size(), noise, for_noise(key));
  std::vector<double> y(static_cast<std::size_t>(rows));
  std::vector<std::int64_t> labels(y.size());
  std::vector<double> features(static_cast<std::size_t>(width));
  const Indices order = permutation(rows, for_order(key));
  for (std::int64_t k = 0; k < rows; ++k) {
    const std::int64_t label = k % classes;
    const std::int64_t of_class = (rows - label + classes - 1) / classes;
    point(label, k / classes, of_class, features);
    const auto row = static_cast<std::size_t>(order[k]);
    for (std::size_t j = 0; j < features.size(); ++j) x[row * features.size() + j] += features[j];
    labels[row] = label;
    y[row] = static_cast<double>(label);
  }
  return {Tensor(Array(shape, x), "x"), Tensor(Array({rows, 1}, y), "y"), Indices(labels), classes};
}

/// i of n places from 0 to 1, both among them.
double along(std::int64_t i, std::int64_t n) {
  return n == 1 ? 0.0 : static_cast<double>(i) / static_cast<double>(n - 1);
}

constexpr std::int64_t picture_side = 12;
constexpr std::int64_t glyph_rows = 5;
constexpr std::int64_t glyph_columns = 3;
constexpr std::int64_t most_down = picture_side - 2 * glyph_rows;
constexpr std::int64_t most_right = picture_side - 2 * glyph_columns;
// clang-format off
constexpr std::array<std::string_view, 10> font{
    "###" "# #" "# #" "# #" "###",
    " # " "## " " # " " # " "###",
    "###" "  #" "###" "#  " "###",
    "###" "  #" "###" "  #" "###",
    "# #" "# #" "###" "  #" "  #",
    "###" "#  " "###" "  #" "###",
    "###" "#  " "###" "# #" "###",
    "###" "  #" "  #" " # " " # ",
    "###" "# #" "###" "# #" "###",
    "###" "# #" "###" "  #" "###",
};
// clang-format on

/// Adds the points of a digit to a picture.
void draw_digit(std::int64_t digit, std::int64_t down, std::int64_t right, std::vector<double>& picture) {
  const std::string_view points = font[static_cast<std::size_t>(digit)];
  for (std::int64_t row = 0; row < 2 * glyph_rows; ++row) {
    for (std::int64_t column = 0; column < 2 * glyph_columns; ++column) {
      const bool set = points[static_cast<std::size_t>(row / 2 * glyph_columns + column / 2)] == '#';
      if (set) picture[static_cast<std::size_t>((down + row) * picture_side + right + column)] = 1.0;
    }
  }
}

}  // namespace

Dataset line(std::int64_t rows, const Key& key, double noise, double slope, double intercept) {
  return curve(rows, key, noise, -1.0, 1.0, [&](double x) { return slope * x + intercept; });
}

Dataset sine(std::int64_t rows, const Key& key, double noise) {
  return curve(rows, key, noise, -pi, pi, [](double x) { return std::sin(x); });
}

Dataset exclusive_or(std::int64_t rows, const Key& key, double noise) {
  return classified(rows, 2, {2}, key, noise, [](std::int64_t label, std::int64_t i, std::int64_t, auto& point) {
    const auto a = static_cast<double>(i % 2);
    point = {a, label == 1 ? 1.0 - a : a};
  });
}

Dataset moons(std::int64_t rows, const Key& key, double noise) {
  return classified(rows, 2, {2}, key, noise, [](std::int64_t label, std::int64_t i, std::int64_t n, auto& point) {
    const double angle = pi * along(i, n);
    point = {std::cos(angle), std::sin(angle)};
    if (label == 1) point = {1.0 - point[0], 0.5 - point[1]};
  });
}

Dataset circles(std::int64_t rows, const Key& key, double noise, double factor) {
  if (!(factor > 0.0 && factor < 1.0)) {
    throw ValueError(fmt::format("[toy] the inner circle's radius is between 0 and 1, not {}", factor));
  }
  return classified(rows, 2, {2}, key, noise, [&](std::int64_t label, std::int64_t i, std::int64_t n, auto& point) {
    const double angle = 2.0 * pi * static_cast<double>(i) / static_cast<double>(n);
    const double radius = label == 0 ? 1.0 : factor;
    point = {radius * std::cos(angle), radius * std::sin(angle)};
  });
}

Dataset spirals(std::int64_t rows, const Key& key, double noise, double turns, std::int64_t arms) {
  if (arms < 2) throw ValueError(fmt::format("[toy] {} spirals: it takes two to tell apart", arms));
  if (!std::isfinite(turns)) throw ValueError(fmt::format("[toy] {} turns are no spiral", turns));
  return classified(rows, arms, {2}, key, noise, [&](std::int64_t label, std::int64_t i, std::int64_t n, auto& point) {
    // The arms part at a tenth of the radius: in the middle they would be one.
    const double radius = 0.1 + 0.9 * along(i, n);
    const double angle = 2.0 * pi * (turns * radius + static_cast<double>(label) / static_cast<double>(arms));
    point = {radius * std::cos(angle), radius * std::sin(angle)};
  });
}

Dataset blobs(std::int64_t rows, const Key& key, std::int64_t centres, double deviation, std::int64_t features) {
  if (centres < 1 || features < 1) {
    throw ValueError(fmt::format("[toy] {} blobs of {} features: at least one of both", centres, features));
  }
  return blobs(rows, key, Tensor(uniform_array({centres, features}, -10.0, 10.0, for_places(key))), deviation);
}

Dataset blobs(std::int64_t rows, const Key& key, const Tensor& centres, double deviation) {
  if (centres.rank() != 2 || centres.size() == 0) {
    throw ShapeError(
        fmt::format("[toy] centres are a matrix with a row for each blob, not {}", to_string(centres.shape())));
  }
  const std::vector<double> numbers = centres.to_vector();
  const std::int64_t features = centres.size(1);
  return classified(rows, centres.size(0), {features}, key, deviation,
                    [&](std::int64_t label, std::int64_t, std::int64_t, auto& point) {
                      const auto first = numbers.begin() + label * features;
                      point.assign(first, first + features);
                    });
}

Tensor ring(std::int64_t n, double radius) {
  if (n < 1) throw ValueError(fmt::format("[toy] a ring of {} points", n));
  std::vector<double> points;
  for (std::int64_t i = 0; i < n; ++i) {
    const double angle = 2.0 * pi * static_cast<double>(i) / static_cast<double>(n);
    points.insert(points.end(), {radius * std::cos(angle), radius * std::sin(angle)});
  }
  return Tensor(Array({n, 2}, points));
}

Tensor digit(std::int64_t digit, std::int64_t down, std::int64_t right) {
  if (digit < 0 || digit > 9) throw ValueError(fmt::format("[toy] {} is no digit from 0 to 9", digit));
  if (down < 0 || down > most_down || right < 0 || right > most_right) {
    throw ValueError(fmt::format("[toy] a digit starts 0 to {} rows down and 0 to {} columns right, not {} and {}",
                                 most_down, most_right, down, right));
  }
  std::vector<double> picture(static_cast<std::size_t>(picture_side * picture_side));
  draw_digit(digit, down, right, picture);
  return Tensor(Array({picture_side, picture_side}, picture));
}

Dataset digits(std::int64_t rows, const Key& key, const DigitOptions& options) {
  check_rows(rows, options.noise);
  const std::vector<double> places = uniform_array({rows, 2}, 0.0, 1.0, for_places(key)).to_vector();
  return classified(rows, 10, {1, picture_side, picture_side}, key, options.noise,
                    [&](std::int64_t label, std::int64_t i, std::int64_t, auto& picture) {
                      const double* place = &places[static_cast<std::size_t>(2 * (10 * i + label))];
                      const auto drawn = [](double u, std::int64_t most) {
                        return static_cast<std::int64_t>(u * static_cast<double>(most + 1));
                      };
                      picture.assign(picture.size(), 0.0);
                      draw_digit(label, options.shifted ? drawn(place[0], most_down) : most_down / 2,
                                 options.shifted ? drawn(place[1], most_right) : most_right / 2, picture);
                    });
}

}  // namespace gradus::nn::toy
