#include "tools/gradus/output/svg_labels.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "autograd/base/utf8.h"

namespace gradus::command {

namespace {

struct Point {
  double x = 0.0, y = 0.0;
};

struct Frame {
  double left = 0.0, right = 0.0, top = 0.0, bottom = 0.0;
  [[nodiscard]] bool holds(Point p) const { return p.x > left && p.x < right && p.y > top && p.y < bottom; }
  [[nodiscard]] bool crosses(const Frame& other) const {
    return left < other.right && right > other.left && top < other.bottom && bottom > other.top;
  }
};

/// A label, and how far it is to its place at the other side.
struct AsideLabel {
  std::size_t x_at = 0, y_at = 0;  // where its coordinates begin in the SVG
  Point middle;                    // at the base line
  Frame frame;
  Point to_other_side;
};

Frame moved_by(const Frame& f, Point d) { return {f.left + d.x, f.right + d.x, f.top + d.y, f.bottom + d.y}; }

/// All numbers of a path or polygon, two by two.
std::vector<Point> points_of(std::string_view text) {
  std::vector<Point> points;
  std::vector<double> numbers;
  const char* const end = text.data() + text.size();
  for (const char* at = text.data(); at < end;) {
    double number = 0.0;
    const auto [next, error] = std::from_chars(at, end, number);
    if (error == std::errc()) numbers.push_back(number);
    at = error == std::errc() ? next : at + 1;
  }
  for (std::size_t k = 0; k + 1 < numbers.size(); k += 2) points.push_back({numbers[k], numbers[k + 1]});
  return points;
}

/// Points of a curve, near enough to each other that no number fits between two.
void sample(const std::vector<Point>& control, std::vector<Point>& out) {
  constexpr double apart = 3.0;
  for (std::size_t k = 0; k + 3 < control.size(); k += 3) {
    const Point &a = control[k], &b = control[k + 1], &c = control[k + 2], &d = control[k + 3];
    const double length =
        std::hypot(b.x - a.x, b.y - a.y) + std::hypot(c.x - b.x, c.y - b.y) + std::hypot(d.x - c.x, d.y - c.y);
    const int steps = static_cast<int>(std::min(length / apart, 2000.0)) + 1;
    for (int i = 0; i <= steps; ++i) {
      const double t = static_cast<double>(i) / steps, s = 1.0 - t;
      const double wa = s * s * s, wb = 3.0 * s * s * t, wc = 3.0 * s * t * t, wd = t * t * t;
      out.push_back({wa * a.x + wb * b.x + wc * c.x + wd * d.x, wa * a.y + wb * b.y + wc * c.y + wd * d.y});
    }
  }
}

class Aside {
 public:
  explicit Aside(std::string svg) : svg_(std::move(svg)) {}

  std::string run() {
    constexpr std::string_view group = "<g id=\"";
    for (std::size_t at = svg_.find(group); at != std::string::npos;) {
      const std::size_t next = svg_.find(group, at + 1);
      const std::string_view text = std::string_view(svg_).substr(at, next - at);
      const std::size_t kind = text.find(" class=\"");
      if (kind != std::string_view::npos && kind < text.find('>')) {
        const std::string_view name = text.substr(kind + 8);
        inside_ = name.starts_with("edge") ? Inside::edge : name.starts_with("node") ? Inside::node : Inside::other;
        has_local_derivative_ = name.starts_with("edge local");
        card_found_ = false;
        head_.clear();
      }
      if (inside_ == Inside::edge) edge(text, at);
      if (inside_ == Inside::node && !card_found_) node(text);
      at = next;
    }
    if (labels_.size() <= most_labels) settle();
    return std::move(svg_);
  }

 private:
  enum class Inside : char { node, edge, other };
  static constexpr std::size_t most_labels = 300;  // of a drawing that one looks at

  static std::string_view between(std::string_view text, std::string_view start, std::size_t from = 0) {
    const std::size_t at = text.find(start, from);
    if (at == std::string_view::npos) return {};
    text.remove_prefix(at + start.size());
    return text.substr(0, text.find('"'));
  }

  void node(std::string_view text) {
    const std::size_t shape = std::min(text.find("<path"), text.find("<polygon"));
    if (shape == std::string_view::npos) return;
    const std::string_view where =
        text.substr(shape).starts_with("<path") ? between(text, " d=\"", shape) : between(text, " points=\"", shape);
    const std::vector<Point> points = points_of(where);
    if (points.empty()) return;
    card_found_ = true;
    Frame frame{points[0].x, points[0].x, points[0].y, points[0].y};
    for (const Point& p : points) {
      frame = {std::min(frame.left, p.x), std::max(frame.right, p.x), std::min(frame.top, p.y),
               std::max(frame.bottom, p.y)};
    }
    cards_.push_back(frame);
  }

  void edge(std::string_view text, std::size_t offset) {
    if (const std::size_t path = text.find("<path"); path != std::string_view::npos) {
      const std::vector<Point> control = points_of(between(text, " d=\"", path));
      sample(control, arrows_);
    }
    const std::size_t head = text.find("<polygon"), label = text.find("<text ");
    if (head != std::string_view::npos) head_ = points_of(between(text, " points=\"", head));
    if (label == std::string_view::npos || head_.size() < 3 || !has_local_derivative_) return;
    add_label(text.substr(label), offset + label);
  }

  void add_label(std::string_view text, std::size_t offset) {
    const std::size_t x = text.find(" x=\""), y = text.find(" y=\""), size = text.find(" font-size=\""),
                      open = text.find('>');
    if (x > open || y > open || size > open || text.find("text-anchor=\"middle\"") > open) return;
    AsideLabel label;
    label.x_at = offset + x + 4;
    label.y_at = offset + y + 4;
    const auto number = [&](std::size_t at) {
      double value = 0.0;
      std::from_chars(text.data() + at, text.data() + text.size(), value);
      return value;
    };
    label.middle = {number(x + 4), number(y + 4)};
    const double letters = number(size + 12);
    std::string_view said = text.substr(open + 1, text.find('<', open) - open - 1);
    while (said.starts_with(' ')) said.remove_prefix(1);
    while (said.ends_with(' ')) said.remove_suffix(1);
    const double half = 0.31 * letters * static_cast<double>(text::code_points(said));
    label.frame = {label.middle.x - half, label.middle.x + half, label.middle.y - 0.8 * letters,
                   label.middle.y + 0.1 * letters};
    // The tip is the second of the three corners that Graphviz writes, and the arrow's direction that to it.
    const Point tip = head_[1], base{(head_[0].x + head_[2].x) / 2.0, (head_[0].y + head_[2].y) / 2.0};
    const bool lies = std::fabs(tip.x - base.x) > std::fabs(tip.y - base.y);
    const double middle = label.middle.y - 0.35 * letters;
    label.to_other_side = lies ? Point{0.0, 2.0 * (tip.y - middle)} : Point{2.0 * (tip.x - label.middle.x), 0.0};
    labels_.push_back(label);
  }

  [[nodiscard]] double crossed(std::size_t index, const Frame& frame) const {
    constexpr double card = 100.0, number = 100.0;
    double badness = 0.0;
    for (const Point& p : arrows_) badness += frame.holds(p) ? 1.0 : 0.0;
    for (const Frame& other : cards_) badness += frame.crosses(other) ? card : 0.0;
    for (std::size_t k = 0; k < labels_.size(); ++k) {
      if (k != index && frame.crosses(labels_[k].frame)) badness += number;
    }
    return badness;
  }

  void settle() {
    std::vector<std::size_t> moved;
    for (std::size_t k = 0; k < labels_.size(); ++k) {
      AsideLabel& label = labels_[k];
      const double here = crossed(k, label.frame);
      if (here == 0.0) continue;
      const Frame there = moved_by(label.frame, label.to_other_side);
      if (crossed(k, there) >= here) continue;
      label.frame = there;
      moved.push_back(k);
    }
    // From the last on, so that the places of the others stay; y comes behind x.
    std::ranges::sort(moved, [&](std::size_t a, std::size_t b) { return labels_[a].x_at > labels_[b].x_at; });
    for (const std::size_t k : moved) {
      const AsideLabel& label = labels_[k];
      put(label.y_at, label.middle.y + label.to_other_side.y);
      put(label.x_at, label.middle.x + label.to_other_side.x);
    }
  }

  void put(std::size_t at, double number) { svg_.replace(at, svg_.find('"', at) - at, fmt::format("{:.2f}", number)); }

  std::string svg_;
  Inside inside_ = Inside::other;
  bool card_found_ = false, has_local_derivative_ = false;
  std::vector<Point> arrows_, head_;
  std::vector<Frame> cards_;
  std::vector<AsideLabel> labels_;
};

}  // namespace

std::string with_labels_aside(std::string svg) { return Aside(std::move(svg)).run(); }

}  // namespace gradus::command
