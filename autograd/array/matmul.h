// Matrix products, one or a batch of them, through CBLAS.
#pragma once
#include "array.h"

namespace gradus {

/// op(a) · op(b) for the matrices of the last two axes, where op transposes when its flag is set.  The axes before them
/// number a batch; both batches broadcast.  Throws ShapeError, naming both shapes, when an operand has fewer than two
/// axes, the inner sizes differ or the batches do not broadcast.  Views whose matrices are transposed or lie in wider
/// rows are multiplied as they are; others are packed first.
[[nodiscard]] GRADUS_API Array matmul(const Array& a, const Array& b, bool transpose_a = false,
                                      bool transpose_b = false);

/// The same products, brought to the batch axes `batch`: summed where those have size 1 or are missing, repeated where
/// only they have more than one matrix.  Throws ShapeError also when the three batches do not broadcast.
[[nodiscard]] GRADUS_API Array matmul(const Array& a, const Array& b, bool transpose_a, bool transpose_b,
                                      const Shape& batch);

/// The shape of that product.  Throws ShapeError as matmul does.
[[nodiscard]] GRADUS_API Shape matmul_shape(const Shape& a, const Shape& b, bool transpose_a, bool transpose_b,
                                            const Shape& batch);

/// The batch axes of a product: what those of a and b broadcast to.  Throws ShapeError, naming both shapes.
[[nodiscard]] GRADUS_API Shape matmul_batch(const Array& a, const Array& b);

}  // namespace gradus
