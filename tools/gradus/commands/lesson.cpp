// gradus lesson: an expression as an HTML page that steps through its derivation.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/base/utf8.h"
#include "autograd/derive/derivation.h"
#include "autograd/draw/dot.h"
#include "autograd/graph/graph.h"
#include "autograd/math/typeset.h"
#include "autograd/save/graph_program.h"
#include "tools/gradus/commands/bindings.h"
#include "tools/gradus/commands/commands.h"
#include "tools/gradus/commands/derivation_choices.h"
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
  DerivationChoices choices;
};

bool same_numbers(const std::vector<double>& a, const std::vector<double>& b) {
  return std::ranges::equal(a, b, [](double x, double y) {
    return x == y || (std::isnan(x) && std::isnan(y)) || std::fabs(x - y) <= 1e-9 * std::fabs(x);
  });
}

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

/// Why a page cannot follow its inputs although the graph could: the expression computes something from them that is not
/// recorded, as argmax(x) does.  It is asked again, at other inputs.  Empty: it follows.
std::string why_still(const GraphSource& source, Context& context) {
  if (is_graph_file(source)) return "";
  GraphSource plain = source;
  plain.scalars = plain.unfold = plain.warns = false;
  plain.file.clear();  // what was read is read: standard input gives it once
  plain.expression = expression_mark + context.expression;
  plain.has_expression = true;
  const Graph here = graph_from(plain, false, context);
  for (const double factor : {-0.7, 1.9, 0.3, 60.0, -60.0}) {  // far too: a draw may stay the same nearby
    GraphSource moved = plain;
    std::vector<double> inputs;
    for (const Slot& slot : here.slots()) {
      if (slot.step >= 0 || !slot.differentiated) continue;
      std::vector<double> values = slot.value.to_vector();
      for (std::size_t k = 0; k < values.size(); ++k) {  // in another order of size too
        values[k] = factor * values[k] + 0.01 * static_cast<double>((k * k + 3 * k) % 7) + 0.05;
      }
      inputs.insert(inputs.end(), values.begin(), values.end());
      const std::string bound = slot.name + "=" + to_string(Array(slot.shape, values));
      for (auto* list : {&moved.bindings.variables, &moved.bindings.parameters}) {
        for (std::string& binding : *list) {
          if (binding.starts_with(slot.name + "=")) binding = bound;
        }
      }
    }
    std::optional<Graph> asked_again;
    try {
      asked_again = graph_from(moved, false, context);
    } catch (const Error&) {
      continue;  // not there
    }
    const Graph recorded = recorded_at(here, inputs);
    const Array& a = asked_again->slots()[static_cast<std::size_t>(asked_again->outputs().front())].value;
    const Array& b = recorded.slots()[static_cast<std::size_t>(recorded.outputs().front())].value;
    if (!a.has_data() || !b.has_data() || !same_numbers(a.to_vector(), b.to_vector())) {
      return "something is computed from them that has no derivative, and would stay as it is";
    }
  }
  return "";
}

void run(const LessonOptions& options, Context& context) {
  check_page_name("-o", options.output);
  if (!have_graphviz) throw ValueError("[lesson] this build has no Graphviz, which lays the drawing out");
  check_order(options.source);
  check_output(options.output);
  const DerivationOptions how = derivation_options(options.choices);
  const std::optional<QuizLevel> level = quiz_level(options.choices);
  const Graph graph = graph_from(options.source, true, context);
  const Derivation derived = derivation(graph, how);
  DotStyle style;
  style.anchors = true;
  style.legend = false;  // the page has words enough
  style.direction = direction_of(options.direction);
  for (const std::string& symbol : derived.symbols) style.symbols.push_back(text::subscripted(symbol));
  const std::string svg = render(to_dot(graph, style), "svg");
  const std::string title = options.title.empty() ? title_of(graph, options.source) : options.title;
  write_output(lesson_page(graph, derived, svg, {title, how, level, level ? "" : why_still(options.source, context)}),
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
  add_derivation_choices(*sub, options->choices,
                         "blanks to fill in, and a button that checks them: the numbers, what the "
                         "local derivatives are too, or whole steps");
  return {sub, [options](Context& context) { run(*options, context); }};
}

}  // namespace gradus::command
