// gradus eval: the value of an expression, or of a graph in a file, and its gradients.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "autograd/differentiate/conventions.h"
#include "autograd/differentiate/gradient.h"
#include "autograd/differentiate/transforms.h"
#include "autograd/graph/graph.h"
#include "tools/gradus/commands/answer.h"
#include "tools/gradus/commands/bindings.h"
#include "tools/gradus/commands/commands.h"
#include "tools/gradus/commands/graph_source.h"
#include "tools/gradus/functions/evaluate.h"

namespace gradus::command {

namespace {

struct EvalOptions {
  GraphSource source;
  int order = 1;
  bool json = false;
  bool jacobian = false;
  NumberStyle style;
};

/// The places of the names, all or those that --wrt chooses, in its order.
std::vector<std::size_t> in_order(const std::vector<std::string>& names, const std::vector<std::string>& wrt) {
  std::vector<std::size_t> out;
  for (const std::string& name : wrt.empty() ? names : wrt) {
    out.push_back(static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin()));
  }
  return out;
}

/// The result as a function of the variables with these indices.
auto function_of(const Problem& problem, const std::vector<std::size_t>& indices) {
  return [&problem, &indices](std::span<const Tensor> x) {
    std::vector<Tensor> variables = problem.variables;
    for (std::size_t k = 0; k < indices.size(); ++k) variables[indices[k]] = x[k];
    return evaluate(problem.expression, variables)[0];
  };
}

std::vector<Tensor> chosen_variables(const Problem& problem, const std::vector<std::size_t>& indices) {
  std::vector<Tensor> x;
  for (const std::size_t k : indices) x.push_back(problem.variables[k]);
  return x;
}

/// The Jacobian of the one result by each of these variables.
std::vector<NamedArray> jacobian_of(const Problem& problem, const std::vector<std::size_t>& indices) {
  if (problem.results.size() != 1) {
    throw ValueError(fmt::format("--jacobian needs one result, and there are {}", problem.results.size()));
  }
  std::vector<NamedArray> out;
  if (indices.empty()) return out;
  const std::vector<Tensor> found = jacobian(function_of(problem, indices), chosen_variables(problem, indices));
  for (std::size_t k = 0; k < indices.size(); ++k) {
    out.push_back({problem.vocabulary.variables[indices[k]], found[k].value()});
  }
  return out;
}

/// The second derivatives of a number by the variables with these indices.
std::vector<std::vector<Array>> hessian_of(const Problem& problem, const std::vector<std::size_t>& indices) {
  if (problem.results.size() != 1) {
    throw ValueError(fmt::format("--order 2 needs one result, and there are {}", problem.results.size()));
  }
  if (problem.results[0].size() != 1) {
    throw ValueError(fmt::format("--order 2 needs a result of one number, not of shape {}: take sum(...) or mean(...)",
                                 to_string(problem.results[0].shape())));
  }
  if (indices.empty()) return {};
  std::vector<std::vector<Array>> rows;
  for (const std::vector<Tensor>& row : hessian(function_of(problem, indices), chosen_variables(problem, indices))) {
    rows.emplace_back();
    for (const Tensor& block : row) rows.back().push_back(block.value());
  }
  return rows;
}

/// Numbers of some slots, each with its name if no other of them has it as name or id, else its id.
std::vector<NamedArray> named(const Graph& graph, const std::vector<int>& slots, Array Slot::*number) {
  std::vector<NamedArray> out;
  std::map<std::string, int> count;
  const auto slot_at = [&](int i) -> const Slot& { return graph.slots()[static_cast<std::size_t>(i)]; };
  for (const int i : slots) {
    ++count[slot_at(i).name];
    if (slot_at(i).name != slot_at(i).id) ++count[slot_at(i).id];
  }
  for (const int i : slots) {
    const Slot& slot = slot_at(i);
    out.push_back({slot.name.empty() || count[slot.name] > 1 ? slot.id : slot.name, slot.*number});
  }
  return out;
}

/// A graph's file has its own values.
Answer answer_of_file(const EvalOptions& options, Context& context) {
  if (options.order == 2) throw UsageError("--order 2 needs an expression: a graph's file is differentiated once");
  if (options.jacobian) throw UsageError("--jacobian needs an expression: a graph's file is differentiated once");
  GraphSource source = options.source;
  const std::vector<std::string> wrt = std::exchange(source.bindings.wrt, {});
  const Graph graph = graph_from(source, true, context);
  std::vector<int> leaves;
  for (std::size_t i = 0; i < graph.slots().size(); ++i) {
    if (graph.slots()[i].step < 0 && graph.slots()[i].differentiated) leaves.push_back(static_cast<int>(i));
  }
  const std::vector<NamedArray> gradients = named(graph, leaves, &Slot::gradient);
  std::vector<std::string> names;
  for (const NamedArray& g : gradients) names.push_back(g.name);
  check_names("--wrt", wrt, names);
  Answer answer;
  answer.values = named(graph, graph.outputs(), &Slot::value);
  for (const std::size_t k : in_order(names, wrt)) answer.gradients.push_back(gradients[k]);
  return answer;
}

Answer answer_of_expression(const EvalOptions& options, Context& context) {
  Problem problem;
  solve(options.source, problem, context);
  std::vector<Tensor> leaves;
  std::vector<std::size_t> indices;
  for (const std::size_t k : in_order(problem.vocabulary.variables, options.source.bindings.wrt)) {
    if (!problem.variables[k].requires_grad()) continue;
    indices.push_back(k);
    leaves.push_back(problem.variables[k]);
  }
  Answer answer;
  std::vector<Array> ones;
  for (std::size_t k = 0; k < problem.results.size(); ++k) {
    const Tensor& result = problem.results[k];
    answer.values.push_back({result.name().empty() ? fmt::to_string(k + 1) : result.name(), result.value()});
    ones.push_back(Array::full(result.shape(), 1.0));
  }
  if (options.jacobian) {
    answer.jacobian = true;
    answer.gradients = jacobian_of(problem, indices);
    return answer;
  }
  // What is made of constants alone was not recorded: every derivative of it is 0.
  const bool recorded = std::ranges::any_of(problem.results, [](const Tensor& y) { return y.requires_grad(); });
  std::vector<Tensor> found;
  if (recorded) found = grad(problem.results, leaves, ones);
  for (std::size_t k = 0; k < indices.size(); ++k) {
    const Array& x = leaves[k].value();
    answer.gradients.push_back(
        {problem.vocabulary.variables[indices[k]], recorded ? found[k].value() : Array::zeros(x.shape(), x.dtype())});
  }
  if (options.order == 2) {
    answer.hessian = hessian_of(problem, indices);
    for (const std::string_view text : conventions(problem.results, 2)) answer.conventions.emplace_back(text);
  }
  return answer;
}

void run(const EvalOptions& options, Context& context) {
  if (options.order != 1 && options.order != 2) throw UsageError("--order must be 1 or 2");
  if (options.jacobian && options.order == 2) throw UsageError("--jacobian and --order 2 do not go together");
  const auto& [digits, elements] = options.style;
  if (options.json && (digits || elements)) {
    throw UsageError("--digits and --elements are for text: --json has every digit of every number");
  }
  if (digits && (*digits < 1 || *digits > 17)) throw UsageError("--digits must be between 1 and 17");
  if (elements && *elements < 0) throw UsageError("--elements must not be negative");
  const Answer answer =
      is_graph_file(options.source) ? answer_of_file(options, context) : answer_of_expression(options, context);
  if (options.json) return print_answer_json(answer);
  print_answer_text(answer, options.style);
}

}  // namespace

Subcommand add_eval(CLI::App& app) {
  auto options = std::make_shared<EvalOptions>();
  CLI::App* sub = app.add_subcommand(
      "eval", "Print the value of an expression and its gradients (of the sum, if it is of several numbers)");
  add_expression(*sub, options->source);
  sub->add_option("--order", options->order, "2: also the second derivatives of a result of one number")
      ->capture_default_str();
  sub->add_flag(
      "--jacobian", options->jacobian,
      "the derivatives of every number of the result, not of their sum: of the result's shape and the variable's");
  sub->add_option("--digits", options->style.digits, "significant digits of the numbers; without, all of them");
  sub->add_option("--elements", options->style.elements,
                  "prints arrays of up to N numbers as grids, and of larger ones the shape and the range")
      ->type_name("N");
  sub->add_flag("--json", options->json, "machine-readable output");
  return {sub, [options](Context& context) { run(*options, context); }};
}

}  // namespace gradus::command
