#include "tools/gradus/output/svg_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <vector>

#include "autograd/base/utf8.h"
#include "autograd/draw/palette.h"

namespace gradus::command {

namespace {

/// The value of an attribute; nothing if there is none.
std::string_view attribute(std::string_view tag, std::string_view name) {
  const std::string start = fmt::format(" {}=\"", name);
  const std::size_t at = tag.find(start);
  if (at == std::string_view::npos) return {};
  tag.remove_prefix(at + start.size());
  return tag.substr(0, tag.find('"'));
}

double number(std::string_view digits) {
  double x = 0.0;
  std::from_chars(digits.data(), digits.data() + digits.size(), x);
  return x;
}

/// "&amp;" as what it stands for.
std::string plain(std::string_view xml) {
  std::string out;
  while (!xml.empty()) {
    const std::size_t end = xml[0] == '&' ? xml.find(';') : std::string_view::npos;
    if (end == std::string_view::npos) {
      out += xml[0];
      xml.remove_prefix(1);
      continue;
    }
    const std::string_view entity = xml.substr(1, end - 1);
    const bool hex = entity.starts_with("#x");
    if (entity.starts_with('#')) {
      unsigned code = 0;
      std::from_chars(entity.data() + (hex ? 2 : 1), entity.data() + entity.size(), code, hex ? 16 : 10);
      append_utf8(out, code);
    } else {
      out += entity == "lt" ? '<' : entity == "gt" ? '>' : entity == "quot" ? '"' : entity == "apos" ? '\'' : '&';
    }
    xml.remove_prefix(end + 1);
  }
  return out;
}

/// A text element of Graphviz.
struct Run {
  std::string_view tag, content;  // "<text …" without its bracket, and what is between the tags
  double x = 0.0, width = 0.0;
  std::string_view y, family;

  Run(std::string_view opening, std::string_view inside)
      : tag(opening),
        content(inside),
        x(number(attribute(tag, "x"))),
        y(attribute(tag, "y")),
        family(attribute(tag, "font-family")) {
    const bool bold = attribute(tag, "font-weight") == "bold";
    width = widest_text(plain(content), face_of(family, bold), number(attribute(tag, "font-size")));
  }
  [[nodiscard]] bool begins_at_x() const { return attribute(tag, "text-anchor") == "start"; }
  [[nodiscard]] double end() const { return x + width; }
  [[nodiscard]] std::string_view style() const { return tag.substr(std::min(tag.size(), tag.find(" font-family"))); }
};

class Lines {
 public:
  explicit Lines(std::string_view svg) : rest_(svg) { out_.reserve(svg.size()); }

  std::string joined() {
    while (true) {
      const std::size_t at = rest_.find(start);
      note_group(rest_.substr(0, at));
      out_ += rest_.substr(0, at);
      if (at == std::string_view::npos) return std::move(out_);
      rest_.remove_prefix(at);
      line();
    }
  }

 private:
  static constexpr std::string_view start = "<text ", end = "</text>\n";

  /// Titles of the whole and of boxes stand at the left.
  void note_group(std::string_view passed) {
    constexpr std::string_view group = " class=\"";
    if (const std::size_t at = passed.rfind(group); at != std::string_view::npos) {
      const std::string_view kind = passed.substr(at + group.size());
      titles_ = kind.starts_with("graph\"") || kind.starts_with("cluster\"");
    }
  }

  /// Takes a text off the front; false if there is none.
  bool take(std::vector<Run>& runs) {
    if (!rest_.starts_with(start)) return false;
    const std::size_t bracket = rest_.find('>');
    const std::size_t close = rest_.find(end);
    if (bracket == std::string_view::npos || close == std::string_view::npos) return false;
    const Run run(rest_.substr(0, bracket), rest_.substr(bracket + 1, close - bracket - 1));
    constexpr double rounding = 0.05;  // of coordinates in print
    if (!runs.empty()) {
      const Run& before = runs.back();
      if (!before.begins_at_x() || !run.begins_at_x() || run.y != before.y) return false;
      if (std::fabs(run.x - before.end()) > rounding) return false;
    }
    runs.push_back(run);
    rest_.remove_prefix(close + end.size());
    return true;
  }

  void line() {
    std::vector<Run> runs;
    while (take(runs)) {
    }
    if (runs.empty()) {  // no text as Graphviz writes it
      out_ += rest_.substr(0, start.size());
      rest_.remove_prefix(start.size());
      return;
    }
    const Run& first = runs.front();
    const bool at_left = titles_ || first.family == palette::label || face_of(first.family, false) == Face::mono;
    std::string_view anchor = attribute(first.tag, "text-anchor");
    double x = first.x;
    if (first.begins_at_x() && !at_left) {
      anchor = "middle";
      x = (first.x + runs.back().end()) / 2.0;
    }
    out_ += fmt::format(R"(<text xml:space="preserve" text-anchor="{}" x="{:.2f}" y="{}")", anchor, x, first.y);
    if (runs.size() == 1) {
      out_ += fmt::format("{}>{}", first.style(), first.content);
    } else {
      out_ += '>';
      for (const Run& run : runs) out_ += fmt::format("<tspan{}>{}</tspan>", run.style(), run.content);
    }
    out_ += end;
  }

  std::string_view rest_;
  std::string out_;
  bool titles_ = false;
};

}  // namespace

Face face_of(std::string_view family, bool bold) {
  return family == palette::mono ? Face::mono : bold ? Face::bold : Face::sans;
}

std::string with_joined_lines(std::string_view svg) { return Lines(svg).joined(); }

}  // namespace gradus::command
