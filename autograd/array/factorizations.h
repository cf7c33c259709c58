// Systems of linear equations, and inverses, through LAPACK.  The matrices stand in the last two axes; the axes
// before them number a batch, whose matrices are worked on one by one: each gives the bits it would give alone.  The
// shapes were checked by result_shape of the op (tensor/ops/solving.h).
#pragma once
#include <string_view>

#include "array.h"

namespace gradus {

/// The lower triangular L with L Lᵀ = (a + aᵀ)/2.  Throws ValueError, saying which leading minor, where that is not
/// positive definite.
[[nodiscard]] GRADUS_API Array cholesky(const Array& a);

/// a⁻¹ b for a [..., n, n] and b [..., n, k] of one batch.  Throws ValueError, saying which pivot, where a is singular.
[[nodiscard]] GRADUS_API Array solve(const Array& a, const Array& b);

/// The same for a triangular a, of which nothing else is read; with `unit_diagonal` neither is the diagonal, which is then 1.
/// Throws ValueError, saying which number, for a 0 on the diagonal.
[[nodiscard]] GRADUS_API Array solve_triangular(const Array& a, const Array& b, bool lower, bool unit_diagonal);

/// a⁻¹.  Throws as solve does.
[[nodiscard]] GRADUS_API Array inv(const Array& a);

}  // namespace gradus
