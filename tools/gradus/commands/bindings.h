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

/// An expression as the user gave it, ready to run.
struct Problem {
  std::string text;
  Vocabulary vocabulary;
  Expression expression;
  std::vector<Tensor> variables;
  Tensor result;

  /// Whether the expression mentions each variable.
  std::vector<bool> used;
};

/// Reads the bindings (`inputs` from --var, `parameters` from --param) and the expression ("-": standard input) and
/// runs it.  Warns on stderr of a variable that is not used.  Throws UsageError for a bad binding, ParseError for a bad
/// expression (with `problem.text` set, for the caret), EvaluationError when it cannot be computed.
void solve(const std::string& expression, const std::vector<std::string>& inputs,
           const std::vector<std::string>& parameters, Problem& problem);

}  // namespace gradus::command
