// The value of NAME=VALUE: a number, an array, a constant expression, or the numbers of a file.
#pragma once
#include <string>

#include "autograd/array/array.h"

namespace gradus::command {

/// `1.5`, `[[1, 2], [3, 4]]`, `1/3`, `sqrt(2)`, `[pi, -1]/2`; of a file `@x.csv` or `@x.npy`.  A table of one row or one
/// column is a vector.  Throws ParseError, whose place counts from the start of `text`, EvaluationError alike, and FileError.
[[nodiscard]] Array binding_value(const std::string& text);

}  // namespace gradus::command
