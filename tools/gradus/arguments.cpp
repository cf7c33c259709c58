#include "tools/gradus/arguments.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>

#include "autograd/base/suggest.h"
#include "autograd/base/text.h"
#include "tools/gradus/commands/bindings.h"
#include "tools/gradus/output/file_name.h"
#include "tools/gradus/output/formats.h"

namespace gradus::command {

namespace {

const CLI::Option* option_named(const CLI::App& app, const std::string& name) { return app.get_option_no_throw(name); }

/// Whether `-Tsvg` or `-oneuron.svg` is a short option with its value behind it, and not an expression.
bool is_attached_option(const CLI::App& sub, std::string_view argument) {
  const CLI::Option* option = option_named(sub, std::string(argument.substr(0, 2)));
  if (option == nullptr || option->get_items_expected_max() == 0) return false;
  const std::string_view value = argument.substr(2);
  return argument[1] == 'T' ? is_format_name(value) : is_clearly_a_file(value);
}

/// An expression that begins with a sign, among the arguments of `sub`.
bool is_signed_expression(const CLI::App& sub, const std::string& argument) {
  const std::size_t first = argument.find_first_not_of('-');
  if (first == 0 || first == std::string::npos) return false;
  const std::string_view rest = std::string_view(argument).substr(first);
  if (first > 2 || std::string_view("0123456789.([+").find(rest[0]) != std::string_view::npos) return true;
  if (first == 2) return rest.find_first_of("+*/^@()[]<>! ") != std::string_view::npos && rest.find('=') == rest.npos;
  return option_named(sub, argument) == nullptr && !is_attached_option(sub, argument);
}

}  // namespace

void mark_expression(std::vector<std::string>& arguments, const CLI::App* sub) {
  if (sub == nullptr || sub->get_option_no_throw("expression") == nullptr) return;
  const int places = sub->get_option_no_throw("expression")->get_items_expected_max();
  int due = sub->get_option_no_throw("other") == nullptr ? places : 2;  // expressions
  for (std::size_t k = 1; k < arguments.size(); ++k) {
    std::string& argument = arguments[k];
    if (argument == "--") return;
    const bool is_signed = is_signed_expression(*sub, argument);
    // Where several may stand, CLI11 would take [x, 1] apart.
    const bool is_list = places > 1 && argument.starts_with('[');
    if (is_signed || is_list) argument.insert(0, 1, expression_mark);
    if (is_signed || argument == "-" || argument.empty() || argument[0] != '-') {
      if (--due == 0) return;
      continue;
    }
    const CLI::Option* option = option_named(*sub, argument);
    if (option != nullptr && option->get_items_expected_max() > 0) ++k;  // its value is the next argument
  }
}

std::string unknown_subcommand(const CLI::App& app, const std::vector<std::string>& arguments) {
  if (arguments.empty() || arguments[0].empty() || arguments[0][0] == '-') return {};
  std::vector<std::string> names;
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(sub->get_name());
  }
  if (std::find(names.begin(), names.end(), arguments[0]) != names.end()) return {};
  std::string advice = did_you_mean(arguments[0], {names.begin(), names.end()});
  if (advice.empty()) advice = fmt::format("; there are {}", fmt::join(names, ", "));
  return fmt::format("unknown command {}{}", in_quotes(arguments[0]), advice);
}

std::string unexpected_arguments(const CLI::App& app) {
  const std::vector<std::string> rest = app.remaining(true);
  if (rest.empty()) return {};
  std::vector<std::string> names;
  const auto collect = [&](const CLI::App& from) {
    for (const CLI::Option* option : from.get_options()) {
      for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    }
  };
  collect(app);
  for (const CLI::App* sub : app.get_subcommands()) collect(*sub);
  const std::string name = rest[0].substr(0, rest[0].find('='));
  const bool is_option = name.size() > 1 && name[0] == '-';
  const std::string advice = is_option ? did_you_mean(name, {names.begin(), names.end()}) : "";
  return fmt::format("{} {}{}", is_option ? "unknown option" : "unexpected argument", in_quotes(name), advice);
}

}  // namespace gradus::command
