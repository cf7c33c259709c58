// gradus draw: the graph of an expression, as DOT or as a picture.
#include <fmt/format.h>

#include <memory>
#include <string>
#include <vector>

#include "autograd/derive/derivation.h"
#include "autograd/graph/graph.h"
#include "autograd/math/typeset.h"
#include "tools/gradus/commands/bindings.h"
#include "tools/gradus/commands/commands.h"
#include "tools/gradus/commands/draw_options.h"
#include "tools/gradus/commands/graph_source.h"
#include "tools/gradus/output/formats.h"

namespace gradus::command {

namespace {

struct DrawOptions {
  GraphSource source;
  std::string output;
  std::string format;
  DrawingOptions drawing;
  bool no_gradients = false;
};

/// What the derivation of a graph calls its values: v₁, v₂, …  Nothing for graphs that nobody derives on paper.
std::vector<std::string> names_in_derivation(const Graph& graph) {
  constexpr std::size_t on_paper = 100;
  std::vector<std::string> names;
  if (graph.steps().size() > on_paper || graph.outputs().size() != 1) return names;
  for (const std::string& symbol : derivation(graph).symbols) names.push_back(text::subscripted(symbol));
  return names;
}

void run(const DrawOptions& options, const CLI::App& sub, Context& context) {
  const FileFormat& format = chosen_format(Product::drawing, options.output, options.format);
  check_options_of_drawing(sub, format);
  DotStyle style = drawing_style(options.drawing);
  if (options.no_gradients && (style.coloring == Coloring::gradient || options.drawing.rate)) {
    throw UsageError("--color gradient and --before-after need the gradients that --no-gradients leaves out");
  }
  const Graph graph = graph_from(options.source, !options.no_gradients, context);
  add_descent(options.drawing, graph, style);
  if (!options.no_gradients && style.detail == Detail::value) style.symbols = names_in_derivation(graph);
  write_drawing(graph, style, options.output, format, options.drawing.outline);
}

}  // namespace

Subcommand add_draw(CLI::App& app) {
  auto options = std::make_shared<DrawOptions>();
  CLI::App* sub = app.add_subcommand("draw", "Draw the graph of an expression, with values and gradients");
  add_graph_source(*sub, options->source);
  sub->add_option("-o,--output", options->output,
                  fmt::format("a {} file; DOT on standard output without", format_endings(Product::drawing)));
  sub->add_option("-T,--format", options->format,
                  fmt::format("{}, whatever the file is called; json and onnx hold the graph itself",
                              format_names(Product::drawing)));
  sub->add_option("--title", options->drawing.style.title, "above the drawing");
  add_drawing_options(*sub, options->drawing);
  sub->add_flag("--no-gradients", options->no_gradients, "draw the forward pass alone");
  return {sub, [options, sub](Context& context) { run(*options, *sub, context); }};
}

}  // namespace gradus::command
