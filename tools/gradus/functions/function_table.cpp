#include "tools/gradus/functions/function_table.h"

#include <algorithm>
#include <cstddef>

namespace gradus::command {

namespace {

/// The arguments of "a, b?, c...": at least, at most.
std::pair<std::size_t, std::size_t> count_arguments(std::string_view arguments) {
  if (arguments.empty()) return {0, 0};
  const auto commas = static_cast<std::size_t>(std::count(arguments.begin(), arguments.end(), ','));
  const auto optional = static_cast<std::size_t>(std::count(arguments.begin(), arguments.end(), '?'));
  const std::size_t most = arguments.ends_with("...") ? Function::any_number : commas + 1;
  return {commas + 1 - optional, most};
}

Definitions make_definitions() {
  Definitions list;
  add_elementwise(list);
  add_reductions(list);
  add_ordering(list);
  add_linear_algebra(list);
  add_convolutions(list);
  add_shapes(list);
  add_losses(list);
  add_derivatives(list);
  add_random(list);
  std::stable_sort(list.begin(), list.end(),
                   [](const Definition& a, const Definition& b) { return a.theme < b.theme; });
  return list;
}

}  // namespace

std::string_view title_of(Theme theme) noexcept {
  switch (theme) {
    case Theme::elementary:
      return "Elementary functions";
    case Theme::several:
      return "Functions of several arguments";
    case Theme::activations:
      return "Activations";
    case Theme::reductions:
      return "Reductions";
    case Theme::linear_algebra:
      return "Linear algebra";
    case Theme::convolutions:
      return "Convolutions and pooling";
    case Theme::shapes:
      return "Shapes";
    case Theme::losses:
      return "Losses";
    case Theme::derivatives:
      return "Derivatives";
    case Theme::random:
      break;
  }
  return "Random numbers";
}

Definition::Definition(Theme group, std::string name, std::string_view args, std::vector<OptionDeclaration> options,
                       std::string line, std::function<Value(const Invocation&)> action)
    : arguments(args), theme(group), description(std::move(line)), apply(std::move(action)) {
  const auto [least, most] = count_arguments(args);
  function.name = std::move(name);
  function.min_arguments = least;
  function.max_arguments = most;
  function.options = std::move(options);
}

std::string signature(const Definition& definition) {
  const Function& function = definition.function;
  std::string inside;
  const auto add = [&](const std::string& part) { inside += (inside.empty() ? "" : ", ") + part; };
  const auto written = [](const OptionDeclaration& o) {
    return o.preset ? o.name + "=" + to_string(*o.preset) : o.name;
  };
  for (std::size_t k = 0; k < function.leading_options; ++k) add(function.options[k].name);
  if (!definition.arguments.empty()) add(definition.arguments);
  for (std::size_t k = function.leading_options; k < function.options.size(); ++k) add(written(function.options[k]));
  return function.name + "(" + inside + ")";
}

const std::vector<Definition>& definitions() {
  static const Definitions list = make_definitions();
  return list;
}

const Definition* find_definition(std::string_view name) noexcept {
  const auto& list = definitions();
  const auto found =
      std::find_if(list.begin(), list.end(), [&](const Definition& d) { return d.function.name == name; });
  return found == list.end() ? nullptr : &*found;
}

const std::vector<Function>& functions() {
  static const std::vector<Function> list = [] {
    std::vector<Function> names;
    for (const Definition& d : definitions()) names.push_back(d.function);
    return names;
  }();
  return list;
}

}  // namespace gradus::command
