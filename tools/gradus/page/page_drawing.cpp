#include "tools/gradus/page/page_drawing.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <system_error>
#include <utility>

#include "autograd/base/error.h"
#include "autograd/base/escape.h"

namespace gradus::command {

namespace {

constexpr double enlarged = 1.1;        // pixels for a point: the smallest letters have 10 points
constexpr double widest_shrunk = 1500;  // points; wider drawings scroll

[[noreturn]] void fail() { throw ValueError("[lesson] the drawing is not SVG"); }

/// The third number of viewBox="0 0 WIDTH HEIGHT".
double width_of(std::string_view box) {
  for (int k = 0; k < 2; ++k) box.remove_prefix(std::min(box.size(), box.find(' ') + 1));
  double width = 0;
  const auto [end, error] = std::from_chars(box.data(), box.data() + box.size(), width);
  if (error != std::errc() || !(width > 0)) fail();
  return width;
}

/// Copies the elements that are wanted.  Graphviz escapes every `<` and `>` of user text, so these are its own.
class Copy {
 public:
  explicit Copy(std::string_view rest) : rest_(rest) { out_.reserve(rest.size()); }

  std::string run() {
    while (!rest_.empty()) {
      const std::size_t bracket = rest_.find('<');
      take(bracket);
      if (rest_.empty()) break;
      if (rest_.starts_with("<!--")) {
        skip_past("-->");
      } else if (rest_.starts_with("<title>")) {
        title();
      } else if (rest_.starts_with("<a ") || rest_.starts_with("<a>") || rest_.starts_with("</a>")) {
        skip_past(">");
      } else {
        if (rest_.starts_with(numbered_edge)) edge_ = out_.size();
        take(1);
      }
    }
    return std::move(out_);
  }

 private:
  static constexpr std::string_view numbered_edge = "<g id=\"edge", result = "_result";

  void take(std::size_t n) {
    out_ += rest_.substr(0, n);
    rest_.remove_prefix(std::min(n, rest_.size()));
  }
  std::string_view skip_past(std::string_view end) {
    const std::size_t at = rest_.find(end);
    if (at == std::string_view::npos) fail();
    const std::string_view skipped = rest_.substr(0, at);
    rest_.remove_prefix(at + end.size());
    return skipped;
  }

  /// "tanh_1->tanh_1_result" is the title of an edge.
  void title() {
    const std::string_view words = skip_past("</title>");
    if (edge_ != std::string::npos && words.ends_with(result)) {
      const std::size_t head = words.find_last_of(";>") + 1;  // the arrow may be written with entities
      const std::size_t id = edge_ + numbered_edge.size() - std::string_view("edge").size();
      out_.replace(id, out_.find('"', id) - id, fmt::format("e_{}", words.substr(head)));
    }
    edge_ = std::string::npos;
  }

  std::string_view rest_;
  std::string out_;
  std::size_t edge_ = std::string::npos;  // where an edge without an id of ours began
};

}  // namespace

std::string page_drawing(std::string_view svg, std::string_view label) {
  const std::size_t start = svg.find("<svg");
  constexpr std::string_view box = "viewBox=\"";
  const std::size_t view = svg.find(box, start);
  if (start == std::string_view::npos || view == std::string_view::npos) fail();
  const double width = width_of(svg.substr(view + box.size()));
  const std::size_t end = svg.find("</svg>", view);
  if (end == std::string_view::npos) fail();
  return fmt::format("<svg role=\"img\" aria-label=\"{}\" class=\"{}\" width=\"{:.0f}\" {}", text::xml_text(label),
                     width <= widest_shrunk ? "shrinks" : "scrolls", enlarged * width,
                     Copy(svg.substr(view, end + 6 - view)).run());
}

}  // namespace gradus::command
