// Tensors, arrays, shapes and types as people read them: on streams here, in fmt by autograd/formatting.h.  to_string() is
// for machines: all numbers, with all digits.
#pragma once
#include <cstdint>
#include <iosfwd>
#include <string>

#include "../array/array.h"
#include "../base/dtype.h"
#include "../base/export.h"
#include "../base/shape.h"
#include "tensor.h"

namespace gradus {

struct PrintOptions {
  int digits = 6;                 ///< significant digits of a number
  std::int64_t threshold = 1000;  ///< longer arrays are shortened to the ends of their axes
  std::int64_t edge_items = 3;    ///< how many of each end are shown then
  int line_width = 100;           ///< longer rows go on in the next line
};

/// The numbers in brackets as they are nested, in columns; "..." stands for what was left out, and the shape behind it.
/// "(empty)" for an array that was never given numbers.
[[nodiscard]] GRADUS_API std::string printed(const Array& array, const PrintOptions& options = {});
/// The same of its numbers.
[[nodiscard]] GRADUS_API std::string printed(const Tensor& tensor, const PrintOptions& options = {});

/// "float32"
[[nodiscard]] GRADUS_API std::string to_string(DType dtype);

GRADUS_API std::ostream& operator<<(std::ostream& out, const Array& array);
GRADUS_API std::ostream& operator<<(std::ostream& out, const Tensor& tensor);
GRADUS_API std::ostream& operator<<(std::ostream& out, const Shape& shape);
GRADUS_API std::ostream& operator<<(std::ostream& out, DType dtype);

}  // namespace gradus
