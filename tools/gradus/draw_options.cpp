#include "tools/gradus/draw_options.h"

#include <fmt/format.h>

#include <span>
#include <string_view>

#include "autograd/base/text.h"
#include "tools/gradus/bindings.h"
#include "tools/gradus/picture.h"

namespace gradus::command {

namespace {

template <class T>
struct Choice {
  std::string_view word;
  T value;
};

constexpr Choice<Detail> details[] = {{"value", Detail::value}, {"shape", Detail::shape}, {"name", Detail::name}};

template <class T, std::size_t n>
T chosen(std::string_view option, std::string_view word, const Choice<T> (&choices)[n]) {
  std::string known;
  for (std::size_t k = 0; k < n; ++k) {
    if (choices[k].word == word) return choices[k].value;
    known += fmt::format("{}{}", k == 0 ? "" : k + 1 < n ? ", " : " or ", choices[k].word);
  }
  throw UsageError(fmt::format("{}: {} is not {}", option, in_quotes(word), known));
}

}  // namespace

void add_drawing_options(CLI::App& sub, DrawingOptions& options) {
  sub.add_option("--detail", options.detail,
                 "value: numbers where there are few; shape: shapes and no numbers; name: names and ops alone")
      ->type_name("value|shape|name")
      ->capture_default_str();
  sub.add_flag("--dark", options.style.dark, "for a dark background");
}

DotStyle drawing_style(const DrawingOptions& options) {
  DotStyle style = options.style;
  style.detail = chosen("--detail", options.detail, details);
  return style;
}

void write_drawing(const Graph& graph, const DotStyle& style, const std::string& file, const std::string& format) {
  write_picture(to_dot(graph, style), file, format);
}

}  // namespace gradus::command
