#include "tools/gradus/commands/bindings.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "autograd/base/text.h"
#include "tools/gradus/commands/binding_value.h"
#include "tools/gradus/functions/evaluate.h"
#include "tools/gradus/language/caret.h"
#include "tools/gradus/language/names.h"
#include "tools/gradus/output/messages.h"

namespace gradus::command {

namespace {

/// Whether the gradient by this name is wanted.
bool is_wanted(const std::string& name, const Bindings& bindings) {
  const auto holds = [&](const std::vector<std::string>& names) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  return !holds(bindings.constants) && (bindings.wrt.empty() || holds(bindings.wrt));
}

Tensor leaf(Array array, const std::string& name, LeafKind kind) {
  if (kind == LeafKind::parameter) return parameter(std::move(array), name);
  return kind == LeafKind::input ? variable(std::move(array), name) : Tensor(std::move(array), name);
}

[[noreturn]] void refuse_value(const std::string& name, const std::string& binding, const std::string& value,
                               const ParseError& error) {
  // Where there is no value, the place is behind "NAME=".
  const bool blank = value.find_first_not_of(" \t\r\n") == std::string::npos;
  const ParseError place = blank ? ParseError(error.what(), binding.size(), 0) : error;
  std::string shown = caret(blank ? binding : value, place);
  shown.pop_back();  // the message is a line already
  throw UsageError(fmt::format("the value of '{}': {}\n{}", name, error.what(), shown));
}

void bind_one(const std::string& binding, LeafKind kind, const Bindings& bindings, Problem& problem) {
  const std::size_t equals = binding.find('=');
  const std::string name = binding.substr(0, equals);
  try {
    check_binding_name(name, problem.vocabulary);
  } catch (const ValueError& error) {
    throw UsageError(error.what());
  }
  const std::string value = equals == std::string::npos ? "" : binding.substr(equals + 1);
  try {
    Array array = binding_value(value);
    problem.vocabulary.variables.push_back(name);
    if (kind != LeafKind::constant && !is_wanted(name, bindings)) kind = LeafKind::constant;
    problem.variables.push_back(leaf(std::move(array), name, kind));
  } catch (const ParseError& error) {
    refuse_value(name, binding, value, error);
  } catch (const EvaluationError& error) {
    refuse_value(name, binding, value, ParseError(error.what(), error.offset, 0));
  }
}

}  // namespace

void check_names(std::string_view option, const std::vector<std::string>& names,
                 const std::vector<std::string>& bound) {
  for (const std::string& name : names) {
    const bool binds = name.find('=') != std::string::npos;
    if (binds || std::find(bound.begin(), bound.end(), name) != bound.end()) continue;
    throw UsageError(fmt::format("{}: {} is not bound", option, in_quotes(name)));
  }
}

void warn_of_unused(const std::vector<std::string>& names) {
  for (const std::string& name : names) write_message(fmt::format("gradus: warning: '{}' is not used\n", name));
}

void solve(const std::string& text, const Bindings& bindings, Problem& problem) {
  problem.vocabulary.functions = functions();
  for (const std::string& binding : bindings.variables) bind_one(binding, LeafKind::input, bindings, problem);
  for (const std::string& binding : bindings.parameters) bind_one(binding, LeafKind::parameter, bindings, problem);
  for (const std::string& binding : bindings.constants) {
    if (binding.find('=') != std::string::npos) bind_one(binding, LeafKind::constant, bindings, problem);
  }
  check_names("--const", bindings.constants, problem.vocabulary.variables);
  check_names("--wrt", bindings.wrt, problem.vocabulary.variables);
  problem.expression = parse(text, problem.vocabulary);
  problem.unused = unused_names(problem.expression, problem.vocabulary);
  problem.results = evaluate(problem.expression, problem.variables);
}

}  // namespace gradus::command
