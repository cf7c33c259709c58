#include "tools/gradus/commands/graph_source.h"

#include "autograd/base/file.h"
#include "autograd/graph/unfold.h"
#include "autograd/save/graph_json.h"
#include "tools/gradus/commands/bindings.h"
#include "tools/gradus/commands/help.h"

namespace gradus::command {

namespace {

Graph graph_of_file(const GraphSource& source) {
  if (!source.bindings.empty()) {
    throw UsageError("--var, --param, --const and --wrt belong to an expression: a graph's file has its own values");
  }
  return from_json(read_file(source.expression), source.expression);
}

Graph graph_of_expression(const GraphSource& source, Context& context) {
  Problem problem;
  solve(source, problem, context);
  return Graph(problem.results);
}

}  // namespace

void add_expression(CLI::App& sub, GraphSource& source) {
  sub.footer(expression_help);
  sub.add_option(
         "expression", source.expression,
         "such as 'tanh(x*w + b)' or 'z = x*w + b; tanh(z)', or a .json file of a graph; - reads standard input")
      ->each([&source](const std::string&) { source.has_expression = true; });
  sub.add_option("-f,--file", source.file, "reads the expression from a file, a statement on each line");
  const auto add = [&](const std::string& name, std::vector<std::string>& to, const std::string& what) {
    return sub.add_option(name, to, what)->allow_extra_args(false);
  };
  add("--var", source.bindings.variables, "NAME=VALUE: an input; a number or [[1,2],[3,4]]")->type_name("NAME=VALUE");
  add("--param", source.bindings.parameters, "NAME=VALUE: a parameter")->type_name("NAME=VALUE");
  add("--const", source.bindings.constants,
      "NAME=VALUE: a constant, which is not differentiated; or the NAME of what is bound already")
      ->type_name("NAME[=VALUE]");
  add("--wrt", source.bindings.wrt, "the names to differentiate by; all by default")->delimiter(',');
}

void solve(const GraphSource& source, Problem& problem, Context& context) {
  if (source.file.empty() != source.has_expression) {
    throw UsageError(source.file.empty() ? "expression is required" : "there is an expression beside --file");
  }
  const bool marked = source.expression.starts_with(expression_mark);
  const std::string text = !source.file.empty()       ? read_file(source.file)
                           : source.expression == "-" ? read_input("-")
                                                      : source.expression.substr(marked ? 1 : 0);
  context.expression = text;
  solve(text, source.bindings, problem);
}

void add_graph_source(CLI::App& sub, GraphSource& source) {
  add_expression(sub, source);
  sub.add_flag("--unfold", source.unfold, "composite ops as what they are made of: a sigmoid as 1/(1 + exp(-x))");
  sub.add_flag("--scalars", source.scalars, "small arrays as their single numbers: one card for each weight");
}

bool is_graph_file(const GraphSource& source) { return source.expression.ends_with(".json"); }

Graph graph_from(const GraphSource& source, bool with_gradients, Context& context) {
  Graph graph = is_graph_file(source) ? graph_of_file(source) : graph_of_expression(source, context);
  if (source.scalars) graph = as_scalars(graph);
  if (source.unfold) graph = unfolded(graph);
  if (with_gradients) graph.compute_gradients();
  return graph;
}

}  // namespace gradus::command
