// The routines of LAPACK that are used, in both precisions.  Matrices are column-major.  Inside the library only.
#pragma once
#include "blas.h"

namespace gradus::detail::lapack {

// Each returns LAPACK's info: 0, or the number from 1 of the pivot or minor that failed, or how many values did not
// converge.

/// A = L Lᵀ ('L') or Uᵀ U ('U'), of the triangle that is named, over which the result is written.
inline blasint potrf(char triangle, blasint n, float* a) {
  blasint info = 0;
  blas().spotrf(&triangle, &n, a, &n, &info, 1);
  return info;
}
inline blasint potrf(char triangle, blasint n, double* a) {
  blasint info = 0;
  blas().dpotrf(&triangle, &n, a, &n, &info, 1);
  return info;
}

/// P A = L U with row exchanges.
inline blasint getrf(blasint n, float* a, blasint* pivots) {
  blasint info = 0;
  blas().sgetrf(&n, &n, a, &n, pivots, &info);
  return info;
}
inline blasint getrf(blasint n, double* a, blasint* pivots) {
  blasint info = 0;
  blas().dgetrf(&n, &n, a, &n, pivots, &info);
  return info;
}

/// b ← A⁻¹ b, from what getrf made of A.
inline void getrs(blasint n, blasint columns, const float* lu, const blasint* pivots, float* b) {
  blasint info = 0;
  blas().sgetrs("N", &n, &columns, lu, &n, pivots, b, &n, &info, 1);
}
inline void getrs(blasint n, blasint columns, const double* lu, const blasint* pivots, double* b) {
  blasint info = 0;
  blas().dgetrs("N", &n, &columns, lu, &n, pivots, b, &n, &info, 1);
}

/// b ← T⁻¹ b for a triangular T whose diagonal has no zero.
inline void trsm(bool lower, bool unit, blasint n, blasint columns, const float* t, float* b) {
  blas().strsm(CblasColMajor, CblasLeft, lower ? CblasLower : CblasUpper, CblasNoTrans, unit ? CblasUnit : CblasNonUnit,
               n, columns, 1.0F, t, n, b, n);
}
inline void trsm(bool lower, bool unit, blasint n, blasint columns, const double* t, double* b) {
  blas().dtrsm(CblasColMajor, CblasLeft, lower ? CblasLower : CblasUpper, CblasNoTrans, unit ? CblasUnit : CblasNonUnit,
               n, columns, 1.0, t, n, b, n);
}

// The ones below take their work space from the caller.  Called with length −1 they say in work[0] how much they want.

/// A = Q R: R in the upper triangle, Q as reflections below it and in tau.
inline blasint geqrf(blasint m, blasint n, float* a, float* tau, float* work, blasint length) {
  blasint info = 0;
  blas().sgeqrf(&m, &n, a, &m, tau, work, &length, &info);
  return info;
}
inline blasint geqrf(blasint m, blasint n, double* a, double* tau, double* work, blasint length) {
  blasint info = 0;
  blas().dgeqrf(&m, &n, a, &m, tau, work, &length, &info);
  return info;
}

/// The first k columns of Q, [m, k], from what geqrf left.
inline blasint orgqr(blasint m, blasint k, float* a, const float* tau, float* work, blasint length) {
  blasint info = 0;
  blas().sorgqr(&m, &k, &k, a, &m, tau, work, &length, &info);
  return info;
}
inline blasint orgqr(blasint m, blasint k, double* a, const double* tau, double* work, blasint length) {
  blasint info = 0;
  blas().dorgqr(&m, &k, &k, a, &m, tau, work, &length, &info);
  return info;
}

/// Eigenvalues in ascending order, and the eigenvectors over the symmetric matrix.
inline blasint syevd(blasint n, float* a, float* values, float* work, blasint length, blasint* whole_work,
                     blasint whole_length) {
  blasint info = 0;
  blas().ssyevd("V", "L", &n, a, &n, values, work, &length, whole_work, &whole_length, &info, 1, 1);
  return info;
}
inline blasint syevd(blasint n, double* a, double* values, double* work, blasint length, blasint* whole_work,
                     blasint whole_length) {
  blasint info = 0;
  blas().dsyevd("V", "L", &n, a, &n, values, work, &length, whole_work, &whole_length, &info, 1, 1);
  return info;
}

/// A = U diag(values) Vᵀ with U [m, k] and Vᵀ [k, n], k the smaller of m and n.
inline blasint gesdd(blasint m, blasint n, float* a, float* values, float* u, float* vt, float* work, blasint length,
                     blasint* whole_work) {
  blasint info = 0;
  const blasint k = m < n ? m : n;
  blas().sgesdd("S", &m, &n, a, &m, values, u, &m, vt, &k, work, &length, whole_work, &info, 1);
  return info;
}
inline blasint gesdd(blasint m, blasint n, double* a, double* values, double* u, double* vt, double* work,
                     blasint length, blasint* whole_work) {
  blasint info = 0;
  const blasint k = m < n ? m : n;
  blas().dgesdd("S", &m, &n, a, &m, values, u, &m, vt, &k, work, &length, whole_work, &info, 1);
  return info;
}
/// The x that minimizes |A·x − b| for A [m, n] in columns, m ≥ n, of full rank: written over the first n numbers of b.
inline blasint gels(blasint m, blasint n, double* a, double* b, double* work, blasint length) {
  const blasint one = 1;
  blasint info = 0;
  blas().dgels("N", &m, &n, &one, a, &m, b, &m, work, &length, &info, 1);
  return info;
}

}  // namespace gradus::detail::lapack
