#include "tools/gradus/page/training_plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iterator>

#include "autograd/base/escape.h"
#include "autograd/base/utf8.h"
#include "autograd/plot/contour.h"

namespace gradus::command {

namespace {

constexpr double far = 1e5;  // no browser draws much further

}  // namespace

double Chart::x(double number) const { return std::clamp(left + (right_ - left) * plot::along(x_, number), -far, far); }
double Chart::y(double number) const {
  return std::clamp(bottom - (bottom - top) * plot::along(y_, number), -far, far);
}

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
  for (const double t : plot::ticks(x_, 6)) {
    print(R"(<path d="M{0:.1f} {1}V{2}"/><text x="{0:.1f}" y="{3}" text-anchor="middle">{4}</text>)", x(t), top,
          bottom + 5, bottom + 22, plot::tick_text(t));
  }
  for (const double t : plot::ticks(y_, 6)) {
    print(R"(<path d="M{0} {1:.1f}H{2}"/><text x="{3}" y="{4:.1f}" text-anchor="end">{5}</text>)", left - 5, y(t),
          right_, left - 9, y(t) + 5, plot::tick_text(t));
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

std::string contour_path(std::span<const double> values, std::span<const double> xs, std::span<const double> ys,
                         double level) {
  std::string out;
  for (const auto& [a, b] : plot::contour(values, xs, ys, level)) {
    fmt::format_to(std::back_inserter(out), "M{:.1f} {:.1f}L{:.1f} {:.1f}", a[0], a[1], b[0], b[1]);
  }
  return out;
}

}  // namespace gradus::command
