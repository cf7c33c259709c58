// Named columns of numbers, as they come from a file.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "../../autograd/base/export.h"

namespace gradus::nn {

/// Named columns of numbers.
struct GRADUS_API Table {
  std::vector<std::string> columns;  ///< Their names; "c0", "c1", … when the file has none.
  std::int64_t rows = 0;
  std::vector<double> values;  ///< Row by row: rows × columns.size().

  /// One number, both indices from 0.  Throws ShapeError when out of range.
  [[nodiscard]] double at(std::int64_t row, int column) const;
  /// Index of a column.  Throws ValueError, suggesting a similar name, when there is none or more than one.
  [[nodiscard]] int column(std::string_view name) const;
};

/// What standardise subtracted and then divided by.
struct Scaling {
  double mean;
  double deviation;
};

/// Shifts and scales one column to mean 0 and standard deviation 1 (that of the population: the sum of squares over n).
/// Throws ValueError when the column is constant, empty or holds a non-finite number; ShapeError when out of range.
GRADUS_API Scaling standardise(Table& table, int column);

}  // namespace gradus::nn
