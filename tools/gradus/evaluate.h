// Expressions on tensors: what the functions of the expression language are, and how instructions run.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/tensor/tensor.h"
#include "tools/gradus/expression.h"

namespace gradus::command {

/// The functions an expression may call: every elementwise op of one argument, and the structural ops.
[[nodiscard]] const std::vector<Function>& functions();

/// What may stand in an expression, for --help.
[[nodiscard]] std::string expression_help();

/// A failure while an expression runs, and the byte of the expression that failed.
struct EvaluationError : Error {
  EvaluationError(const std::string& message, std::size_t place) : Error(message), offset(place) {}
  std::size_t offset;
};

/// Runs an expression on its variables, in the order of the vocabulary.  Throws EvaluationError: shapes that do not
/// fit, an exponent that is no number, an option of the wrong kind.
[[nodiscard]] Tensor evaluate(const Expression& expression, const std::vector<Tensor>& variables);

}  // namespace gradus::command
