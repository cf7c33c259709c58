// gradus draw: the graph of an expression, as DOT or as a picture.
#include <fmt/format.h>

#include <memory>
#include <string>
#include <vector>

#include "autograd/base/file.h"
#include "autograd/graph/graph.h"
#include "tools/gradus/bindings.h"
#include "tools/gradus/commands.h"
#include "tools/gradus/draw_options.h"
#include "tools/gradus/help.h"
#include "tools/gradus/picture.h"

namespace gradus::command {

namespace {

struct DrawOptions {
  std::string expression;
  std::vector<std::string> variables;
  std::vector<std::string> parameters;
  std::string output;
  std::string format;
  DrawingOptions drawing;
  bool no_gradients = false;
};

void run(const DrawOptions& options, Context& context) {
  const std::string format = picture_format(options.output, options.format);
  DotStyle style = drawing_style(options.drawing);
  if (options.no_gradients && (style.coloring == Coloring::gradient || options.drawing.rate)) {
    throw UsageError("--color gradient and --before-after need the gradients that --no-gradients leaves out");
  }
  Problem problem;
  context.expression = options.expression;
  try {
    solve(options.expression, options.variables, options.parameters, problem);
  } catch (...) {
    context.expression = problem.text;
    throw;
  }
  Graph graph(problem.result);
  if (!options.no_gradients) graph.compute_gradients();
  add_descent(options.drawing, graph, style);
  write_drawing(graph, style, options.output, format);
}

}  // namespace

Subcommand add_draw(CLI::App& app) {
  auto options = std::make_shared<DrawOptions>();
  CLI::App* sub = app.add_subcommand("draw", "Draw the graph of an expression, with values and gradients");
  sub->footer(expression_help);
  sub->add_option("expression", options->expression, "such as 'tanh(x*w + b)'; - reads it from standard input")
      ->required();
  sub->add_option("--var", options->variables, "NAME=VALUE: an input; a number or [[1,2],[3,4]]")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false);
  sub->add_option("--param", options->parameters, "NAME=VALUE: a parameter")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false);
  sub->add_option("-o,--output", options->output,
                  "a .dot, .svg, .png, .pdf or .mmd (Mermaid) file; DOT on standard output without");
  sub->add_option("-T,--format", options->format, "dot, svg, png, pdf or mermaid, whatever the file is called");
  sub->add_option("--title", options->drawing.style.title, "above the drawing");
  add_drawing_options(*sub, options->drawing);
  sub->add_flag("--no-gradients", options->no_gradients, "draw the forward pass alone");
  return {sub, [options](Context& context) { run(*options, context); }};
}

}  // namespace gradus::command
