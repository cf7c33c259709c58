// gradus lesson: an expression as an HTML page that steps through its derivation.
#include <fmt/format.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/base/utf8.h"
#include "autograd/derive/derivation.h"
#include "autograd/draw/dot.h"
#include "autograd/graph/graph.h"
#include "autograd/math/typeset.h"
#include "tools/gradus/commands/bindings.h"
#include "tools/gradus/commands/commands.h"
#include "tools/gradus/commands/draw_options.h"
#include "tools/gradus/commands/graph_source.h"
#include "tools/gradus/output/formats.h"
#include "tools/gradus/output/output_file.h"
#include "tools/gradus/output/render.h"
#include "tools/gradus/page/lesson_page.h"

namespace gradus::command {

namespace {

#ifdef GRADUS_HAVE_GRAPHVIZ
constexpr bool have_graphviz = true;
#else
constexpr bool have_graphviz = false;
#endif

struct LessonOptions {
  GraphSource source;
  std::string output;
  std::string title;
  std::string direction = "LR";
};

/// "Backpropagation through tanh(x₁w₁ + b)".  Where that would be too long, or speak of reshapes that nobody asked for, what
/// the user has written.
std::string title_of(const Graph& graph, const GraphSource& source) {
  constexpr std::size_t longest = 80;
  std::string formula = text::typeset(graph.formula(graph.outputs().front(), longest).text());
  std::string written = source.expression;
  if (written.starts_with(expression_mark)) written.erase(0, 1);
  const auto only_there = [&](std::string_view part) {
    return formula.find(part) != std::string::npos && written.find(part) == std::string::npos;
  };
  const bool unfit = text::code_points(formula) > longest || only_there("(…)") || only_there("reshape(");
  const bool can_say =
      !is_graph_file(source) && !written.empty() && written != "-" && text::code_points(written) <= longest;
  return "Backpropagation through " + (unfit && can_say ? written : formula);
}

void run(const LessonOptions& options, Context& context) {
  check_page_name("-o", options.output);
  if (!have_graphviz) throw ValueError("[lesson] this build has no Graphviz, which lays the drawing out");
  check_order(options.source);
  check_output(options.output);
  const Graph graph = graph_from(options.source, true, context);
  const Derivation derived = derivation(graph);
  DotStyle style;
  style.anchors = true;
  style.legend = false;  // the page has words enough
  style.direction = direction_of(options.direction);
  for (const std::string& symbol : derived.symbols) style.symbols.push_back(text::subscripted(symbol));
  const std::string svg = render(to_dot(graph, style), "svg");
  write_output(
      lesson_page(graph, derived, svg, options.title.empty() ? title_of(graph, options.source) : options.title),
      options.output);
}

}  // namespace

Subcommand add_lesson(CLI::App& app) {
  auto options = std::make_shared<LessonOptions>();
  CLI::App* sub = app.add_subcommand("lesson", "Write an HTML page that steps through the derivation of an expression");
  add_graph_source(*sub, options->source);
  add_result(*sub, options->source);
  sub->add_option("-o,--output", options->output, "an .html file; - for standard output")->required();
  sub->add_option("--title", options->title, "of the page; without, what is differentiated");
  add_direction(*sub, options->direction);
  return {sub, [options](Context& context) { run(*options, context); }};
}

}  // namespace gradus::command
