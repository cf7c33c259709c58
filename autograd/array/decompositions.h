// Matrices taken apart by LAPACK: orthogonal and triangular factors, eigenvalues, singular values; and what is made of them.
// As in factorizations.h the matrices stand in the last two axes and are worked on one by one.
//
// What consists of several arrays is given as one, below each other: all parts have rows of one length, so each is a view of
// the whole, and an op has one result, which its derivatives read without decomposing anything again.
#pragma once
#include "array.h"

namespace gradus {

/// a = Q R for a [..., m, n] and k the smaller of m and n: Q [m, k], and below it Rᵀ [n, k].
[[nodiscard]] GRADUS_API Array stacked_qr(const Array& a);

/// The eigenvalues of (a + aᵀ)/2 in ascending order, a row, and below it the eigenvectors, as columns: [..., 1 + n, n].
/// Throws ValueError for numbers that are not finite.
[[nodiscard]] GRADUS_API Array stacked_eigh(const Array& a);

/// a = U diag(s) Vᵀ: U [m, k], below it s in descending order, a row, and below that V [n, k].  Throws ValueError for numbers
/// that are not finite.
[[nodiscard]] GRADUS_API Array stacked_svd(const Array& a);

/// The Moore–Penrose inverse.  Singular values of at most rcond times the largest count as 0.  Throws as stacked_svd does,
/// naming pinv.
[[nodiscard]] GRADUS_API Array pinv(const Array& a, double rcond);

}  // namespace gradus
