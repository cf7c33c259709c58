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
#include "tools/gradus/output/output_file.h"
#include "tools/gradus/output/render.h"

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

constexpr Choice<Direction> directions[] = {
    {"LR", Direction::right}, {"TB", Direction::down}, {"RL", Direction::left}, {"BT", Direction::up}};

constexpr const char* option_names[] = {"--title",  "--detail",      "--color",     "--before-after",  "--direction",
                                        "--digits", "--elements",    "--depth",     "--fold-repeated", "--max-nodes",
                                        "--copies", "--binary-sums", "--no-legend", "--dark",          "--outline"};

template <class T, std::size_t n>
T chosen(std::string_view option, std::string_view word, const Choice<T> (&choices)[n]) {
  std::vector<std::string> known;
  for (const Choice<T>& choice : choices) {
    if (choice.word == word) return choice.value;
    known.emplace_back(choice.word);
  }
  throw UsageError(fmt::format("{}: {} is not {}", option, in_quotes(word), alternatives(known)));
}

}  // namespace

void add_direction(CLI::App& sub, std::string& direction) {
  sub.add_option("--direction", direction, "where the arrows lead: left to right, top to bottom, or back")
      ->type_name("LR|TB|RL|BT")
      ->capture_default_str();
}

Direction direction_of(std::string_view word) { return chosen("--direction", word, directions); }

void add_drawing_options(CLI::App& sub, DrawingOptions& options) {
  sub.add_option("--detail", options.detail,
                 "value: numbers where there are few; shape: shapes and no numbers; name: names and ops alone")
      ->type_name("value|shape|name")
      ->capture_default_str();
  sub.add_option(
         "--color", options.color,
         "what the fill of a card tells: its role, or how large its gradient is beside that of the result; marks "
         "parameters whose gradient vanishes or explodes, and dead ReLUs")
      ->type_name("role|gradient")
      ->capture_default_str();
  sub.add_option(
         "--before-after", options.rate,
         "show what a step of gradient descent with this rate makes of the parameters (without any, of the inputs) "
         "and the result")
      ->type_name("RATE");
  add_direction(sub, options.direction);
  sub.add_option("--digits", options.style.digits, "significant digits of every number")
      ->type_name("UINT")
      ->check(CLI::Range(1, text::most_digits))
      ->capture_default_str();
  sub.add_option("--elements", options.style.elements, "arrays of at most so many numbers show them, as grids")
      ->type_name("UINT")
      ->check(CLI::Range(std::int64_t{0}, std::int64_t{10'000}))
      ->capture_default_str();
  sub.add_option("--depth", options.style.depth,
                 "draw modules that lie this deep in others as one card each: 0 those at the top; folds repeated ones")
      ->type_name("UINT")
      ->check(CLI::Range(0, 1'000'000));
  sub.add_flag("--fold-repeated", options.style.fold_repeats, "draw equal modules in a row once, with their number");
  sub.add_option("--max-nodes", options.style.max_nodes,
                 "draw no more than these: collapse modules, then leave out what is farthest from the result")
      ->type_name("UINT")
      ->check(CLI::Range(std::size_t{1}, std::size_t{1'000'000'000}));
  sub.add_flag("--copies", options.style.copies, "draw a leaf once for each of its uses");
  sub.add_flag("--binary-sums", options.binary_sums, "draw each + of a + b + c by itself");
  sub.add_flag("--no-legend", options.no_legend, "leave out what the colours of the roles mean");
  sub.add_flag("--dark", options.style.dark, "for a dark background");
  sub.add_flag("--outline", options.outline, "letters of an SVG as shapes: larger, and the same without any fonts");
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
  style.direction = direction_of(options.direction);
  style.legend = !options.no_legend;
  style.join_sums = !options.binary_sums;
  if (options.rate && style.detail != Detail::value) {
    throw UsageError(fmt::format("--before-after shows numbers, which --detail {} leaves out", options.detail));
  }
  if (style.depth >= 0) style.fold_repeats = true;
  return style;
}

void check_options_of_drawing(const CLI::App& sub, const FileFormat& format) {
  const CLI::Option* outline = sub.get_option_no_throw("--outline");
  if (outline != nullptr && outline->count() > 0 && format.name != "svg") {
    throw UsageError(fmt::format("--outline is for SVG: {} is asked for", format.name));
  }
  if (!format.is_graph()) return;
  for (const char* name : option_names) {
    const CLI::Option* option = sub.get_option_no_throw(name);
    if (option != nullptr && option->count() > 0) {
      throw UsageError(fmt::format("{} is for drawings: {} is the graph itself", name, format.name));
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

namespace {

/// Says what the drawing leaves out, and that Graphviz will be slow where it will be.
void warn_of_size(const Graph& graph, const DotStyle& style, bool by_graphviz) {
  const DrawnSize size = drawn_size(graph, style);
  if (!size.left_out.empty()) write_message(fmt::format("gradus: {}\n", size.left_out));
  if (!by_graphviz || size.nodes <= slow) return;
  const std::string_view advice = graph.modules().empty() ? "--max-nodes 500 draws a part"
                                                          : "--depth 0 draws modules as one card each, --max-nodes "
                                                            "500 as much as fits";
  if (size.nodes >= too_many && style.max_nodes == 0) {
    throw ValueError(fmt::format("[draw] {} nodes are too many for a picture: {}, -T dot writes the text for Graphviz",
                                 size.nodes, advice));
  }
  write_message(
      fmt::format("gradus: {} nodes will take Graphviz long, and few people can read them: {}\n", size.nodes, advice));
}

std::string mermaid_of(const Graph& graph, const DotStyle& style) {
  std::string text = to_mermaid(graph, style);
  constexpr std::size_t most_arrows = 500;
  std::size_t arrows = 0;
  for (std::size_t i = text.find(" -->"); i != std::string::npos; i = text.find(" -->", i + 1)) ++arrows;
  if (arrows > most_arrows) {
    write_message(
        fmt::format("gradus: {} arrows: Mermaid draws at most {} unless maxEdges allows more: --max-nodes {} "
                    "draws a part\n",
                    arrows, most_arrows, most_arrows / 2));
  }
  return text;
}

std::string content_of(const Graph& graph, const DotStyle& style, const FileFormat& format, bool outline) {
  switch (format.drawn) {
    case Drawn::graph_json:
      return to_json(graph);
    case Drawn::graph_onnx:
      return to_onnx(graph);
    case Drawn::mermaid:
      return mermaid_of(graph, style);
    case Drawn::dot:
      return to_dot(graph, style);
    case Drawn::by_graphviz:
      return outline ? render_outlined(to_dot(graph, style)) : render(to_dot(graph, style), std::string(format.name));
  }
  return {};
}

}  // namespace

void write_drawing(const Graph& graph, const DotStyle& style, const std::string& file, const FileFormat& format,
                   bool outline) {
  if (!format.is_graph()) warn_of_size(graph, style, format.drawn == Drawn::by_graphviz);
  write_output(content_of(graph, style, format, outline), file);
}

}  // namespace gradus::command
