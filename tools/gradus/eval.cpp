// gradus eval: the value of an expression and its gradients.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "autograd/tensor/gradient.h"
#include "autograd/tensor/transforms.h"
#include "tools/gradus/bindings.h"
#include "tools/gradus/commands.h"
#include "tools/gradus/evaluate.h"
#include "tools/gradus/help.h"
#include "tools/gradus/json.h"
#include "tools/gradus/unicode.h"

namespace gradus::command {

namespace {

struct EvalOptions {
  std::string expression;
  std::vector<std::string> variables;
  std::vector<std::string> parameters;
  std::vector<std::string> wrt;
  int order = 1;
  bool json = false;
};

struct Gradient {
  std::string name;
  Array value;
};

// What is printed: one gradient for each chosen variable, and with --order 2 one block for each two of them.
struct Answer {
  Array value;
  std::vector<Gradient> gradients;
  std::vector<std::vector<Array>> hessian;  // [row][column], of shape row + column; empty for --order 1
};

void print_json(const Answer& answer) {
  const auto member = [](std::string& list, const std::string& name, const std::string& value) {
    list += fmt::format("{}{}: {}", list.empty() ? "" : ", ", json_text(name), value);
  };
  std::string first;
  std::string second;
  for (const Gradient& g : answer.gradients) member(first, g.name, json_array(g.value));
  for (std::size_t row = 0; row < answer.hessian.size(); ++row) {
    std::string blocks;
    for (std::size_t k = 0; k < answer.gradients.size(); ++k) {
      member(blocks, answer.gradients[k].name, json_array(answer.hessian[row][k]));
    }
    member(second, answer.gradients[row].name, fmt::format("{{{}}}", blocks));
  }
  std::string all;
  member(all, "value", json_array(answer.value));
  member(all, "gradients", fmt::format("{{{}}}", first));
  if (!answer.hessian.empty()) member(all, "hessian", fmt::format("{{{}}}", second));
  fmt::print("{{{}}}\n", all);
}

void print_text(const Answer& answer) {
  std::vector<std::pair<std::string, std::string>> lines{{"value", to_string(answer.value)}};
  for (const Gradient& g : answer.gradients) lines.emplace_back("d/d" + g.name, to_string(g.value));
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

std::vector<std::size_t> chosen(const Problem& problem, const std::vector<std::string>& wrt) {
  const std::vector<std::string>& names = problem.vocabulary.variables;
  std::vector<std::size_t> out;
  for (const std::string& name : wrt) {
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) throw UsageError(fmt::format("--wrt: '{}' is not bound", name));
    out.push_back(static_cast<std::size_t>(found - names.begin()));
  }
  for (std::size_t k = 0; wrt.empty() && k < names.size(); ++k) out.push_back(k);
  return out;
}

// The second derivatives of a number by the variables with these indices.
std::vector<std::vector<Array>> hessian_of(const Problem& problem, const std::vector<std::size_t>& indices) {
  if (problem.result.size() != 1) {
    throw ValueError(fmt::format("--order 2 needs a result of one number, not of shape {}: take sum(...) or mean(...)",
                                 to_string(problem.result.shape())));
  }
  if (indices.empty()) return {};
  const auto f = [&](std::span<const Tensor> x) {
    std::vector<Tensor> variables = problem.variables;
    for (std::size_t k = 0; k < indices.size(); ++k) variables[indices[k]] = x[k];
    return evaluate(problem.expression, variables);
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

void run(const EvalOptions& options, Context& context) {
  if (options.order != 1 && options.order != 2) throw UsageError("--order must be 1 or 2");
  Problem problem;
  context.expression = options.expression;
  const auto keep_text = [&] { context.expression = problem.text; };
  try {
    solve(options.expression, options.variables, options.parameters, problem);
  } catch (...) {
    keep_text();
    throw;
  }
  std::vector<Tensor> leaves;
  const std::vector<std::size_t> indices = chosen(problem, options.wrt);
  for (const std::size_t k : indices) leaves.push_back(problem.variables[k]);
  const Array ones = Array::full(problem.result.shape(), 1.0);
  Answer answer{problem.result.value(), {}, {}};
  const std::vector<Tensor> found = grad(problem.result, leaves, ones);
  for (std::size_t k = 0; k < indices.size(); ++k) {
    answer.gradients.push_back({problem.vocabulary.variables[indices[k]], found[k].value()});
  }
  if (options.order == 2) answer.hessian = hessian_of(problem, indices);
  (options.json ? print_json : print_text)(answer);
}

}  // namespace

Subcommand add_eval(CLI::App& app) {
  auto options = std::make_shared<EvalOptions>();
  CLI::App* sub = app.add_subcommand(
      "eval", "Print the value of an expression and its gradients (of the sum, if the value is an array)");
  sub->footer(expression_help);
  sub->add_option("expression", options->expression, "such as 'tanh(x*w + b)'; - reads it from standard input")
      ->required();
  sub->add_option("--var", options->variables, "NAME=VALUE: an input; a number or [[1,2],[3,4]]")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false);
  sub->add_option("--param", options->parameters, "NAME=VALUE: a parameter")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false);
  sub->add_option("--wrt", options->wrt, "the names to differentiate by; all by default")
      ->delimiter(',')
      ->allow_extra_args(false);
  sub->add_option("--order", options->order, "2: also the second derivatives of a result of one number")
      ->capture_default_str();
  sub->add_flag("--json", options->json, "machine-readable output");
  return {sub, [options](Context& context) { run(*options, context); }};
}

}  // namespace gradus::command
