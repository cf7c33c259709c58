#include "tools/gradus/commands/bindings.h"

#include <fmt/format.h>

#include <cstdio>
#include <span>
#include <string_view>

#include "autograd/base/file.h"
#include "tools/gradus/functions/evaluate.h"
#include "tools/gradus/language/caret.h"
#include "tools/gradus/language/names.h"
#include "tools/gradus/output/messages.h"

namespace gradus::command {

namespace {

void bind_one(const std::string& binding, LeafKind kind, Problem& problem) {
  const std::size_t equals = binding.find('=');
  const std::string name = binding.substr(0, equals);
  try {
    check_binding_name(name, problem.vocabulary);
  } catch (const ValueError& error) {
    throw UsageError(error.what());
  }
  const std::string value = equals == std::string::npos ? "" : binding.substr(equals + 1);
  try {
    const Literal literal = parse_literal(value);
    Array array(Shape(std::span<const std::int64_t>(literal.shape)), literal.data);
    problem.vocabulary.variables.push_back(name);
    problem.variables.push_back(kind == LeafKind::parameter ? parameter(std::move(array), name)
                                                            : variable(std::move(array), name));
  } catch (const ParseError& error) {
    // Where there is no value, the place is behind "NAME=".
    const bool blank = value.find_first_not_of(" \t\r\n") == std::string::npos;
    const ParseError place = blank ? ParseError(error.what(), binding.size(), 0) : error;
    std::string shown = caret(blank ? binding : value, place);
    shown.pop_back();  // the message is a line already
    throw UsageError(fmt::format("the value of '{}': {}\n{}", name, error.what(), shown));
  }
}

}  // namespace

void solve(const std::string& expression, const std::vector<std::string>& inputs,
           const std::vector<std::string>& parameters, Problem& problem) {
  problem.vocabulary.functions = functions();
  for (const std::string& binding : inputs) bind_one(binding, LeafKind::input, problem);
  for (const std::string& binding : parameters) bind_one(binding, LeafKind::parameter, problem);
  const bool marked = !expression.empty() && expression[0] == expression_mark;
  problem.text = expression == "-" ? read_input("-") : expression.substr(marked ? 1 : 0);
  problem.expression = parse(problem.text, problem.vocabulary);
  problem.used.assign(problem.variables.size(), true);
  for (const std::size_t unused : unused_variables(problem.expression, problem.vocabulary)) {
    problem.used[unused] = false;
    write_message(fmt::format("gradus: warning: '{}' is not used\n", problem.vocabulary.variables[unused]));
  }
  problem.result = evaluate(problem.expression, problem.variables);
}

}  // namespace gradus::command
