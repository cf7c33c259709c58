// Expressions on tensors: how instructions run.
#pragma once
#include <vector>

#include "autograd/tensor/tensor.h"
#include "tools/gradus/functions/function_table.h"
#include "tools/gradus/language/expression.h"

namespace gradus::command {

/// Runs an expression, parsed with functions(), on its variables, in the order of the vocabulary.  Throws
/// EvaluationError: shapes that do not fit, an index out of range, labels that are no whole numbers.
[[nodiscard]] Tensor evaluate(const Expression& expression, const std::vector<Tensor>& variables);

}  // namespace gradus::command
