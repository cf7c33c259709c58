#include "tools/gradus/commands/graph_source.h"

#include <fmt/format.h>

#include "autograd/base/file.h"
#include "autograd/base/text.h"
#include "autograd/differentiate/gradient.h"
#include "autograd/graph/unfold.h"
#include "autograd/save/graph_json.h"
#include "tools/gradus/commands/bindings.h"
#include "tools/gradus/commands/help.h"
#include "tools/gradus/output/messages.h"

namespace gradus::command {

namespace {

Graph own_graph_of(const GraphSource& source) {
  if (!source.bindings.empty()) {
    throw UsageError("--var, --param, --const and --wrt belong to an expression: a graph's file has its own values");
  }
  return graph_of_file(source.expression);
}

/// The result that --result names, by its name or its number; the only one without.
Tensor chosen_result(const GraphSource& source, const Problem& problem) {
  std::vector<std::string> names;
  for (std::size_t k = 0; k < problem.results.size(); ++k) {
    const std::string& name = problem.results[k].name();
    names.push_back(name.empty() ? fmt::to_string(k + 1) : name);
    if (source.result == names.back() || source.result == fmt::to_string(k + 1)) return problem.results[k];
  }
  if (source.result.empty() && names.size() == 1) return problem.results[0];
  if (source.result.empty()) {
    throw UsageError(fmt::format("one result is told at a time: choose it with --result: {}", alternatives(names)));
  }
  throw UsageError(fmt::format("--result: there is no {}; there is {}", in_quotes(source.result), alternatives(names)));
}

/// ∂f/∂x of a number f by the one variable that is differentiated by, to be told like any other value.
Tensor first_derivative(const GraphSource& source, const Problem& problem, const Tensor& f) {
  std::vector<Tensor> variables;
  std::vector<std::string> names;
  for (std::size_t k = 0; k < problem.variables.size(); ++k) {
    const std::string& name = problem.vocabulary.variables[k];
    if (!problem.variables[k].requires_grad()) continue;
    if (!source.first.empty() && name != source.first) continue;
    variables.push_back(problem.variables[k]);
    names.push_back(name);
  }
  if (variables.empty()) {
    throw UsageError(source.first.empty() ? "--order 2 needs a variable to differentiate by"
                                          : fmt::format("--first: {} is no variable that is differentiated by",
                                                        in_quotes(source.first)));
  }
  if (variables.size() > 1) {
    throw UsageError(
        fmt::format("--order 2 derives one first derivative: choose it with --first: {}", alternatives(names)));
  }
  if (f.size() != 1 || variables[0].size() != 1) {
    throw ValueError(fmt::format("--order 2 is told of one number by one number, not of shape {} by shape {}",
                                 to_string(f.shape()), to_string(variables[0].shape())));
  }
  Tensor derivative = detail::recorded_grad_or_zeros(f, std::span(variables).first(1))[0];
  if (!derivative.requires_grad()) {
    throw ValueError(fmt::format("the derivative by {} is the constant {}: its own is 0", in_quotes(names[0]),
                                 to_string(derivative.value())));
  }
  return derivative;
}

Graph graph_of_expression(const GraphSource& source, Context& context) {
  Problem problem;
  solve(source, problem, context);
  if (!source.one_result) return Graph(problem.results);
  const Tensor result = chosen_result(source, problem);
  return Graph(source.order == 1 ? result : first_derivative(source, problem, result));
}

}  // namespace

Graph graph_of_file(const std::string& file) { return from_json(read_file(file), file); }

void add_bindings(CLI::App& sub, Bindings& bindings) {
  const auto add = [&](const std::string& name, std::vector<std::string>& to, const std::string& what) {
    return sub.add_option(name, to, what)->allow_extra_args(false);
  };
  add("--var", bindings.variables,
      "NAME=VALUE: an input; a number, [[1,2],[3,4]], 1/3, sqrt(2), @file.csv or @file.npy (one row or column: a "
      "vector)")
      ->type_name("NAME=VALUE");
  add("--param", bindings.parameters, "NAME=VALUE: a parameter")->type_name("NAME=VALUE");
  add("--const", bindings.constants,
      "NAME=VALUE: a constant, which is not differentiated; or the NAME of what is bound already")
      ->type_name("NAME[=VALUE]");
  add("--wrt", bindings.wrt, "the names to differentiate by; all by default")->delimiter(',');
}

void add_expression(CLI::App& sub, GraphSource& source) {
  sub.footer(expression_help);
  sub.add_option(
         "expression", source.expression,
         "such as 'tanh(x*w + b)' or 'z = x*w + b; tanh(z)', or a .json file of a graph; - reads standard input")
      ->each([&source](const std::string&) { source.has_expression = true; });
  sub.add_option("-f,--file", source.file, "reads the expression from a file, a statement on each line");
  add_bindings(sub, source.bindings);
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
  if (source.warns) warn_of_unused(problem.unused);
}

void add_result(CLI::App& sub, GraphSource& source) {
  source.one_result = true;
  sub.add_option("--result", source.result,
                 "the result that is told, by its name or its number, where there are several");
}

void add_graph_source(CLI::App& sub, GraphSource& source) {
  add_expression(sub, source);
  sub.add_flag("--unfold", source.unfold, "composite ops as what they are made of: a sigmoid as 1/(1 + exp(-x))");
  sub.add_flag("--scalars", source.scalars, "small arrays as their single numbers: one card for each weight");
}

void check_order(const GraphSource& source) {
  if (source.order != 1 && source.order != 2) throw UsageError("--order must be 1 or 2");
  if (source.order == 1 && !source.first.empty()) throw UsageError("--first needs --order 2");
  if (!is_graph_file(source)) return;
  if (source.order == 2) throw UsageError("--order 2 needs an expression: a graph's file is differentiated once");
  if (!source.result.empty()) throw UsageError("--result chooses among the results of an expression");
}

bool is_graph_file(const GraphSource& source) { return source.expression.ends_with(".json"); }

Graph graph_from(const GraphSource& source, bool with_gradients, Context& context) {
  const RecordConstants constants;
  Graph graph = is_graph_file(source) ? own_graph_of(source) : graph_of_expression(source, context);
  graph = with_written_gradients(graph);
  if (source.scalars) graph = as_scalars(graph);
  if (source.unfold) graph = unfolded(graph);
  if (with_gradients) graph.compute_gradients();
  return graph;
}

}  // namespace gradus::command
