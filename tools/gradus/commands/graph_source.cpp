#include "tools/gradus/commands/graph_source.h"

#include "autograd/base/file.h"
#include "autograd/graph/unfold.h"
#include "autograd/save/graph_json.h"
#include "tools/gradus/commands/bindings.h"
#include "tools/gradus/commands/help.h"

namespace gradus::command {

namespace {

Graph graph_of_file(const GraphSource& source) {
  if (!source.variables.empty() || !source.parameters.empty()) {
    throw UsageError("--var and --param belong to an expression: a graph's file has its own values");
  }
  return from_json(read_file(source.expression), source.expression);
}

Graph graph_of_expression(const GraphSource& source, Context& context) {
  Problem problem;
  context.expression = source.expression;
  try {
    solve(source.expression, source.variables, source.parameters, problem);
  } catch (...) {
    context.expression = problem.text;
    throw;
  }
  return Graph(problem.result);
}

}  // namespace

void add_expression(CLI::App& sub, GraphSource& source) {
  sub.footer(expression_help);
  sub.add_option("expression", source.expression,
                 "such as 'tanh(x*w + b)', or a .json file of a graph; - reads an expression from standard input")
      ->required();
  sub.add_option("--var", source.variables, "NAME=VALUE: an input; a number or [[1,2],[3,4]]")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false);
  sub.add_option("--param", source.parameters, "NAME=VALUE: a parameter")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false);
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
