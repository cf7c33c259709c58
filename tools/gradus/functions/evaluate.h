// Expressions on tensors: how instructions run.
#pragma once
#include <vector>

#include "autograd/tensor/tensor.h"
#include "tools/gradus/functions/function_table.h"
#include "tools/gradus/language/expression.h"

namespace gradus::command {

/// Runs an expression, parsed with functions(), on its variables, in the order of the vocabulary: its results, and those
/// of statements with a name have it.  Throws EvaluationError: shapes that do not fit, an index out of range, labels that
/// are no whole numbers.
[[nodiscard]] std::vector<Tensor> evaluate(const Expression& expression, const std::vector<Tensor>& variables);

}  // namespace gradus::command
