// gradus eval: the value of an expression, or of a graph in a file, and its gradients.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "autograd/differentiate/gradient.h"
#include "autograd/differentiate/transforms.h"
#include "autograd/graph/graph.h"
#include "tools/gradus/commands/bindings.h"
#include "tools/gradus/commands/commands.h"
#include "tools/gradus/commands/graph_source.h"
#include "tools/gradus/functions/evaluate.h"
#include "tools/gradus/language/unicode.h"
#include "tools/gradus/output/result_json.h"

namespace gradus::command {

namespace {

struct EvalOptions {
  GraphSource source;
  int order = 1;
  bool json = false;
};

struct Named {
  std::string name;
  Array value;
};

// What is printed: the value, or those of a graph with several outputs, one gradient for each chosen variable, and with
// --order 2 one block for each two of them.
struct Answer {
  std::vector<Named> values;
  std::vector<Named> gradients;
  std::vector<std::vector<Array>> hessian;  // [row][column], of shape row + column; empty for --order 1
};

void print_answer_json(const Answer& answer) {
  const auto member = [](std::string& list, const std::string& name, const std::string& value) {
    list += fmt::format("{}{}: {}", list.empty() ? "" : ", ", json_text(name), value);
  };
  std::string several;
  std::string first;
  std::string second;
  for (const Named& v : answer.values) member(several, v.name, json_array(v.value));
  for (const Named& g : answer.gradients) member(first, g.name, json_array(g.value));
  for (std::size_t row = 0; row < answer.hessian.size(); ++row) {
    std::string blocks;
    for (std::size_t k = 0; k < answer.gradients.size(); ++k) {
      member(blocks, answer.gradients[k].name, json_array(answer.hessian[row][k]));
    }
    member(second, answer.gradients[row].name, fmt::format("{{{}}}", blocks));
  }
  std::string all;
  const bool one = answer.values.size() == 1;
  member(all, one ? "value" : "values", one ? json_array(answer.values[0].value) : fmt::format("{{{}}}", several));
  member(all, "gradients", fmt::format("{{{}}}", first));
  if (!answer.hessian.empty()) member(all, "hessian", fmt::format("{{{}}}", second));
  fmt::print("{{{}}}\n", all);
}

void print_answer_text(const Answer& answer) {
  std::vector<std::pair<std::string, std::string>> lines;
  const bool one = answer.values.size() == 1;
  for (const Named& v : answer.values) lines.emplace_back(one ? "value" : "value " + v.name, to_string(v.value));
  for (const Named& g : answer.gradients) lines.emplace_back("d/d" + g.name, to_string(g.value));
  for (std::size_t row = 0; row < answer.hessian.size(); ++row) {
    for (std::size_t k = 0; k < answer.gradients.size(); ++k) {
      const std::string& x = answer.gradients[row].name;
      const std::string& y = answer.gradients[k].name;
      const std::string below = row == k ? fmt::format("d{}²", x) : fmt::format("d{}d{}", x, y);
      lines.emplace_back("d²/" + below, to_string(answer.hessian[row][k]));
    }
  }
  std::size_t width = 0;
  for (const auto& [name, text] : lines) width = std::max(width, count_code_points(name));
  for (const auto& [name, text] : lines) {
    fmt::print("{}{}  {}\n", name, std::string(width - count_code_points(name), ' '), text);
  }
}

/// The places of the names, all or those that --wrt chooses, in its order.
std::vector<std::size_t> in_order(const std::vector<std::string>& names, const std::vector<std::string>& wrt) {
  std::vector<std::size_t> out;
  for (const std::string& name : wrt.empty() ? names : wrt) {
    out.push_back(static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin()));
  }
  return out;
}

// The second derivatives of a number by the variables with these indices.
std::vector<std::vector<Array>> hessian_of(const Problem& problem, const std::vector<std::size_t>& indices) {
  if (problem.results.size() != 1) {
    throw ValueError(fmt::format("--order 2 needs one result, and there are {}", problem.results.size()));
  }
  if (problem.results[0].size() != 1) {
    throw ValueError(fmt::format("--order 2 needs a result of one number, not of shape {}: take sum(...) or mean(...)",
                                 to_string(problem.results[0].shape())));
  }
  if (indices.empty()) return {};
  const auto f = [&](std::span<const Tensor> x) {
    std::vector<Tensor> variables = problem.variables;
    for (std::size_t k = 0; k < indices.size(); ++k) variables[indices[k]] = x[k];
    return evaluate(problem.expression, variables)[0];
  };
  std::vector<Tensor> x;
  for (const std::size_t k : indices) x.push_back(problem.variables[k]);
  std::vector<std::vector<Array>> rows;
  for (const std::vector<Tensor>& row : hessian(f, x)) {
    rows.emplace_back();
    for (const Tensor& block : row) rows.back().push_back(block.value());
  }
  return rows;
}

/// Numbers of some slots, each with its name if no other of them has it as name or id, else its id.
std::vector<Named> named(const Graph& graph, const std::vector<int>& slots, Array Slot::*number) {
  std::vector<Named> out;
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
  GraphSource source = options.source;
  const std::vector<std::string> wrt = std::exchange(source.bindings.wrt, {});
  const Graph graph = graph_from(source, true, context);
  std::vector<int> leaves;
  for (std::size_t i = 0; i < graph.slots().size(); ++i) {
    if (graph.slots()[i].step < 0 && graph.slots()[i].differentiated) leaves.push_back(static_cast<int>(i));
  }
  const std::vector<Named> gradients = named(graph, leaves, &Slot::gradient);
  std::vector<std::string> names;
  for (const Named& g : gradients) names.push_back(g.name);
  check_names("--wrt", wrt, names);
  Answer answer{named(graph, graph.outputs(), &Slot::value), {}, {}};
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
  const std::vector<Tensor> found = grad(problem.results, leaves, ones);
  for (std::size_t k = 0; k < indices.size(); ++k) {
    answer.gradients.push_back({problem.vocabulary.variables[indices[k]], found[k].value()});
  }
  if (options.order == 2) answer.hessian = hessian_of(problem, indices);
  return answer;
}

void run(const EvalOptions& options, Context& context) {
  if (options.order != 1 && options.order != 2) throw UsageError("--order must be 1 or 2");
  const Answer answer =
      is_graph_file(options.source) ? answer_of_file(options, context) : answer_of_expression(options, context);
  (options.json ? print_answer_json : print_answer_text)(answer);
}

}  // namespace

Subcommand add_eval(CLI::App& app) {
  auto options = std::make_shared<EvalOptions>();
  CLI::App* sub = app.add_subcommand(
      "eval", "Print the value of an expression and its gradients (of the sum, if it is of several numbers)");
  add_expression(*sub, options->source);
  sub->add_option("--order", options->order, "2: also the second derivatives of a result of one number")
      ->capture_default_str();
  sub->add_flag("--json", options->json, "machine-readable output");
  return {sub, [options](Context& context) { run(*options, context); }};
}

}  // namespace gradus::command
