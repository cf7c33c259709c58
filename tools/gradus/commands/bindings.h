// NAME=VALUE from the command line, and the expression they belong to.
#pragma once
#include <string>
#include <vector>

#include "autograd/tensor/tensor.h"
#include "tools/gradus/language/expression.h"
#include "tools/gradus/output/usage_error.h"

namespace gradus::command {

/// Stands before an expression that the command line parser must not take for an option.
inline constexpr char expression_mark = '\x01';

/// What the command line says of names.
struct Bindings {
  std::vector<std::string> variables;   // NAME=VALUE, from --var
  std::vector<std::string> parameters;  // NAME=VALUE, from --param
  std::vector<std::string> constants;   // NAME=VALUE or NAME, from --const
  std::vector<std::string> wrt;         // the names to differentiate by; empty: all that are not constants

  [[nodiscard]] bool empty() const noexcept {
    return variables.empty() && parameters.empty() && constants.empty() && wrt.empty();
  }
};

/// An expression as the user gave it, ready to run.
struct Problem {
  Vocabulary vocabulary;
  Expression expression;
  std::vector<Tensor> variables;
  std::vector<Tensor> results;
  std::vector<std::string> unused;  // names that the expression does not use
};

/// Throws UsageError for the first of the names that is not bound; NAME=VALUE binds itself.
void check_names(std::string_view option, const std::vector<std::string>& names, const std::vector<std::string>& bound);

/// Says on stderr that these names are not used.
void warn_of_unused(const std::vector<std::string>& names);

/// Reads the bindings and the expression and computes its value.
/// Throws UsageError for a bad binding and a name that nothing binds, ParseError for the expression, EvaluationError.
void solve(const std::string& text, const Bindings& bindings, Problem& problem);

}  // namespace gradus::command
