#include "tools/gradus/page/training_plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <limits>

#include "autograd/base/escape.h"
#include "autograd/base/utf8.h"
#include "autograd/derive/derivation.h"

namespace gradus::command {

namespace {

constexpr double far = 1e5;  // no browser draws much further

double along(const Range& range, double number) {
  if (range.logarithmic) return (std::log(number) - std::log(range.low)) / (std::log(range.high) - std::log(range.low));
  return number / (range.high - range.low) - range.low / (range.high - range.low);
}

std::vector<double> even_ticks(const Range& range, int most) {
  const double least = (range.high - range.low) / most;
  double step = std::pow(10.0, std::floor(std::log10(least)));
  for (const double factor : {1.0, 2.0, 5.0, 10.0}) {
    if (factor * step >= least) {
      step *= factor;
      break;
    }
  }
  std::vector<double> out;
  for (double k = std::ceil(range.low / step); k * step <= range.high + 1e-9 * step && out.size() < 100; ++k) {
    out.push_back(k == 0.0 ? 0.0 : k * step);
  }
  return out;
}

}  // namespace

Range range_of(std::span<const double> numbers, double margin) {
  Range range{std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()};
  for (const double x : numbers) {
    if (!std::isfinite(x)) continue;
    range.low = std::min(range.low, x);
    range.high = std::max(range.high, x);
  }
  if (range.low > range.high) return {};
  const double reach = std::max(std::fabs(range.low), std::fabs(range.high));
  double wider = margin * (range.high - range.low);
  if (range.high - range.low <= 1e-9 * reach || reach == 0.0) wider = reach == 0.0 ? 1.0 : 0.5 * reach;
  return {range.low - wider, range.high + wider};
}

std::vector<double> ticks(const Range& range, int most) {
  if (!range.logarithmic) return even_ticks(range, most);
  const double first = std::ceil(std::log10(range.low) - 1e-9), last = std::floor(std::log10(range.high) + 1e-9);
  const double step = std::max(1.0, std::ceil((last - first + 1) / most));
  std::vector<double> out;
  for (double k = first; k <= last; k += step) out.push_back(std::pow(10.0, k));
  return out;
}

double Chart::x(double number) const { return std::clamp(left + (right_ - left) * along(x_, number), -far, far); }
double Chart::y(double number) const { return std::clamp(bottom - (bottom - top) * along(y_, number), -far, far); }

std::string Chart::path(std::span<const double> xs, std::span<const double> ys) const {
  std::string out;
  bool pen = false;
  for (std::size_t k = 0; k < xs.size(); ++k) {
    const double px = x(xs[k]), py = y(ys[k]);
    if (!std::isfinite(px) || !std::isfinite(py)) {
      pen = false;
      continue;
    }
    fmt::format_to(std::back_inserter(out), "{}{:.1f} {:.1f}", pen ? 'L' : 'M', px, py);
    pen = true;
  }
  return out;
}

std::string Chart::svg(std::string_view x_label, std::string_view y_label, std::string_view alternative,
                       std::string_view inside, std::string_view over) const {
  std::string out = fmt::format(R"(<svg viewBox="0 0 {} {}" role="img" aria-label="{}">)", width, height,
                                text::xml_text(alternative));
  const auto print = [&]<class... X>(fmt::format_string<X...> format, X&&... x) {
    fmt::format_to(std::back_inserter(out), format, std::forward<X>(x)...);
  };
  out += "<g class=\"axes\">";
  for (const double t : ticks(x_, 6)) {
    print(R"(<path d="M{0:.1f} {1}V{2}"/><text x="{0:.1f}" y="{3}" text-anchor="middle">{4}</text>)", x(t), top,
          bottom + 5, bottom + 22, derivation_number(t, 6));
  }
  for (const double t : ticks(y_, 6)) {
    print(R"(<path d="M{0} {1:.1f}H{2}"/><text x="{3}" y="{4:.1f}" text-anchor="end">{5}</text>)", left - 5, y(t),
          right_, left - 9, y(t) + 5, derivation_number(t, 6));
  }
  print(R"(<text x="{:.1f}" y="{}" text-anchor="middle">{}</text>)", (left + right_) / 2, height - 10,
        text::xml_text(text::cut(x_label, 40)));
  print(R"_(<text transform="translate(16 {:.1f}) rotate(-90)" text-anchor="middle">{}</text></g>)_",
        (top + bottom) / 2, text::xml_text(text::cut(y_label, 28)));
  // A drawing in the drawing cuts off what leaves it.
  print(R"(<svg x="{0}" y="{1}" width="{2:.1f}" height="{3:.1f}" viewBox="{0} {1} {2:.1f} {3:.1f}">{4}</svg>{5}</svg>)",
        left, top, right_ - left, bottom - top, inside, over);
  return out;
}

std::string contour(std::span<const double> values, std::span<const double> xs, std::span<const double> ys,
                    double level) {
  std::string out;
  const std::size_t columns = xs.size();
  for (std::size_t r = 0; r + 1 < ys.size(); ++r) {
    for (std::size_t c = 0; c + 1 < columns; ++c) {
      struct Corner {
        double x, y, value;
      };
      const auto corner = [&](std::size_t row, std::size_t column) {
        return Corner{xs[column], ys[row], values[row * columns + column] - level};
      };
      const std::array corners{corner(r, c), corner(r, c + 1), corner(r + 1, c + 1), corner(r + 1, c)};
      const auto finite = [](const Corner& p) { return std::isfinite(p.value); };
      if (!std::all_of(corners.begin(), corners.end(), finite)) continue;
      // Where the sign changes along a side: two places, or four, joined in the order around the cell.
      std::vector<std::array<double, 2>> crossings;
      for (std::size_t k = 0; k < 4; ++k) {
        const Corner &a = corners[k], &b = corners[(k + 1) % 4];
        if ((a.value < 0) == (b.value < 0)) continue;
        const double t = a.value / (a.value - b.value);
        crossings.push_back({a.x + t * (b.x - a.x), a.y + t * (b.y - a.y)});
      }
      // A saddle: what its middle is like decides which corners belong together.
      if (crossings.size() == 4) {
        const double middle = corners[0].value + corners[1].value + corners[2].value + corners[3].value;
        if ((middle < 0) != (corners[0].value < 0))
          std::rotate(crossings.begin(), crossings.begin() + 3, crossings.end());
      }
      for (std::size_t k = 0; k + 1 < crossings.size(); k += 2) {
        fmt::format_to(std::back_inserter(out), "M{:.1f} {:.1f}L{:.1f} {:.1f}", crossings[k][0], crossings[k][1],
                       crossings[k + 1][0], crossings[k + 1][1]);
      }
    }
  }
  return out;
}

}  // namespace gradus::command
