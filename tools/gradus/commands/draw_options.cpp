#include "tools/gradus/commands/draw_options.h"

#include <fmt/format.h>

#include <cmath>
#include <string_view>

#include "autograd/array/print.h"
#include "autograd/base/error.h"
#include "autograd/base/text.h"
#include "autograd/draw/dot.h"
#include "autograd/draw/mermaid.h"
#include "autograd/graph/descent.h"
#include "autograd/save/graph_json.h"
#include "autograd/save/onnx.h"
#include "tools/gradus/commands/bindings.h"
#include "tools/gradus/output/messages.h"
#include "tools/gradus/output/picture.h"

namespace gradus::command {

namespace {

template <class T>
struct Choice {
  std::string_view word;
  T value;
};

constexpr std::size_t slow = 2000;  // more nodes than this keep Graphviz busy for long
constexpr std::size_t too_many = 1'000'000;

constexpr Choice<Detail> details[] = {{"value", Detail::value}, {"shape", Detail::shape}, {"name", Detail::name}};

constexpr Choice<Coloring> colorings[] = {{"role", Coloring::role}, {"gradient", Coloring::gradient}};

constexpr const char* option_names[] = {"--title", "--detail",        "--color",     "--before-after",
                                        "--depth", "--fold-repeated", "--max-nodes", "--dark"};

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
  sub.add_option("--color", options.color,
                 "what the fill of a card tells: its role, or how large its gradient is; marks dead ReLUs")
      ->type_name("role|gradient")
      ->capture_default_str();
  sub.add_option(
         "--before-after", options.rate,
         "show what a step of gradient descent with this rate makes of the parameters (without any, of the inputs) "
         "and the result")
      ->type_name("RATE");
  sub.add_option("--depth", options.style.depth,
                 "draw modules that lie this deep in others as one card each: 0 those at the top; folds repeated ones")
      ->type_name("UINT")
      ->check(CLI::Range(0, 1'000'000));
  sub.add_flag("--fold-repeated", options.style.fold_repeats, "draw equal modules in a row once, with their number");
  sub.add_option("--max-nodes", options.style.max_nodes,
                 "draw no more than these: collapse modules, then leave out what is farthest from the result")
      ->type_name("UINT")
      ->check(CLI::Range(std::size_t{1}, std::size_t{1'000'000'000}));
  sub.add_flag("--dark", options.style.dark, "for a dark background");
}

std::vector<CLI::Option*> drawing_options(CLI::App& sub) {
  std::vector<CLI::Option*> out;
  for (const char* name : option_names) {
    if (CLI::Option* option = sub.get_option_no_throw(name)) out.push_back(option);
  }
  return out;
}

DotStyle drawing_style(const DrawingOptions& options) {
  DotStyle style = options.style;
  if (options.rate && !std::isfinite(*options.rate)) throw UsageError("--before-after: the rate is no number");
  style.detail = chosen("--detail", options.detail, details);
  style.coloring = chosen("--color", options.color, colorings);
  if (options.rate && style.detail != Detail::value) {
    throw UsageError(fmt::format("--before-after shows numbers, which --detail {} leaves out", options.detail));
  }
  if (style.depth >= 0) style.fold_repeats = true;
  return style;
}

void check_options_of_picture(const CLI::App& sub, const std::string& format) {
  if (format != "json" && format != "onnx") return;
  for (const char* name : option_names) {
    const CLI::Option* option = sub.get_option_no_throw(name);
    if (option != nullptr && option->count() > 0) {
      throw UsageError(fmt::format("{} is for drawings: {} is the graph itself", name, format));
    }
  }
}

void add_descent(const DrawingOptions& options, const Graph& graph, DotStyle& style) {
  if (!options.rate) return;
  style.after = after_descent(graph, *options.rate);
  const bool parameters = moved_by_descent(graph) == Moved::parameters;
  style.subtitle +=
      fmt::format("{}after a step of gradient descent, each {} less {} × its gradient",
                  style.subtitle.empty() ? "" : "; ", parameters ? "parameter" : "input", text::brief(*options.rate));
}

void write_drawing(const Graph& graph, const DotStyle& style, const std::string& file, const std::string& format) {
  if (format == "json") {
    write_content(to_json(graph), file);
    return;
  }
  if (format == "onnx") {
    write_content(to_onnx(graph), file);
    return;
  }
  const DrawnSize size = drawn_size(graph, style);
  if (!size.left_out.empty()) write_message(fmt::format("gradus: {}\n", size.left_out));
  if (!is_text(format) && size.nodes > slow) {
    const std::string_view advice = graph.modules().empty() ? "--max-nodes 500 draws a part"
                                                            : "--depth 0 draws modules as one card each, --max-nodes "
                                                              "500 as much as fits";
    if (size.nodes >= too_many && style.max_nodes == 0) {
      throw ValueError(fmt::format(
          "[draw] {} nodes are too many for a picture: {}, -T dot writes the text for Graphviz", size.nodes, advice));
    }
    write_message(fmt::format("gradus: {} nodes will take Graphviz long, and few people can read them: {}\n",
                              size.nodes, advice));
  }
  if (format != "mermaid") {
    write_picture(to_dot(graph, style), file, format);
    return;
  }
  const std::string text = to_mermaid(graph, style);
  constexpr std::size_t most_arrows = 500;
  std::size_t arrows = 0;
  for (std::size_t i = text.find(" -->"); i != std::string::npos; i = text.find(" -->", i + 1)) ++arrows;
  if (arrows > most_arrows) {
    write_message(
        fmt::format("gradus: {} arrows: Mermaid draws at most {} unless maxEdges allows more: --max-nodes {} "
                    "draws a part\n",
                    arrows, most_arrows, most_arrows / 2));
  }
  write_picture(text, file, format);
}

}  // namespace gradus::command
