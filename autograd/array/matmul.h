// Matrix products, through CBLAS.
#pragma once
#include "autograd/array/array.h"

namespace gradus {

/// op(a) · op(b), where op transposes when its flag is set.  Throws ShapeError unless both are matrices whose inner
/// sizes agree.  Views that are transposed or lie in wider rows are multiplied as they are; others are packed first.
[[nodiscard]] GRADUS_API Array matmul(const Array& a, const Array& b, bool transpose_a = false,
                                      bool transpose_b = false);

}  // namespace gradus
