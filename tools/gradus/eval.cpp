// gradus eval: the value of an expression and its gradients.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "autograd/tensor/gradient.h"
#include "tools/gradus/bindings.h"
#include "tools/gradus/commands.h"
#include "tools/gradus/evaluate.h"

namespace gradus::command {

namespace {

struct EvalOptions {
  std::string expression;
  std::vector<std::string> variables;
  std::vector<std::string> parameters;
  std::vector<std::string> wrt;
  bool json = false;
};

struct Gradient {
  std::string name;
  Array value;
};

// The shortest digits that read back as the same number; JSON has no word for what is not finite.
std::string json_number(double v) {
  if (!std::isfinite(v)) return std::isnan(v) ? "\"nan\"" : v > 0 ? "\"inf\"" : "\"-inf\"";
  std::string text = fmt::format("{}", v);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

std::string json_array(const Array& array) {
  std::string shape;
  for (const std::int64_t size : array.sizes()) shape += fmt::format("{}{}", shape.empty() ? "" : ", ", size);
  std::string data;
  for (const double v : array.to_vector()) data += (data.empty() ? "" : ", ") + json_number(v);
  return fmt::format("{{\"shape\": [{}], \"data\": [{}]}}", shape, data);
}

void print_json(const Array& value, const std::vector<Gradient>& gradients) {
  std::string list;
  for (const Gradient& g : gradients) {
    list += fmt::format("{}\"{}\": {}", list.empty() ? "" : ", ", g.name, json_array(g.value));
  }
  fmt::print("{{\"value\": {}, \"gradients\": {{{}}}}}\n", json_array(value), list);
}

void print_text(const Array& value, const std::vector<Gradient>& gradients) {
  std::size_t width = 5;
  for (const Gradient& g : gradients) width = std::max(width, g.name.size() + 2);
  fmt::print("{:<{}}  {}\n", "value", width, to_string(value));
  for (const Gradient& g : gradients) fmt::print("{:<{}}  {}\n", "d/d" + g.name, width, to_string(g.value));
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

void run(const EvalOptions& options, Context& context) {
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
  const std::vector<Tensor> found = grad(problem.result, leaves, ones);
  std::vector<Gradient> gradients;
  for (std::size_t k = 0; k < indices.size(); ++k) {
    gradients.push_back({problem.vocabulary.variables[indices[k]], found[k].value()});
  }
  (options.json ? print_json : print_text)(problem.result.value(), gradients);
}

}  // namespace

Subcommand add_eval(CLI::App& app) {
  auto options = std::make_shared<EvalOptions>();
  CLI::App* sub = app.add_subcommand(
      "eval", "Print the value of an expression and its gradients (of the sum, if the value is an array)");
  sub->footer(expression_help());
  sub->add_option("expression", options->expression, "such as 'tanh(x*w + b)'; - reads it from standard input")
      ->required();
  sub->add_option("--var", options->variables, "NAME=VALUE: an input; a number or [[1,2],[3,4]]")
      ->type_name("NAME=VALUE");
  sub->add_option("--param", options->parameters, "NAME=VALUE: a parameter")->type_name("NAME=VALUE");
  sub->add_option("--wrt", options->wrt, "the names to differentiate by; all by default")->delimiter(',');
  sub->add_flag("--json", options->json, "machine-readable output");
  return {sub, [options](Context& context) { run(*options, context); }};
}

}  // namespace gradus::command
