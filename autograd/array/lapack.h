// The routines of LAPACK that are used, in both precisions.  OpenBLAS brings them; Debian has no header for them that does
// not belong to another library.  Matrices are column-major.  Inside the library only.
#pragma once
#include <cblas.h>

#include <cstddef>

// Fortran passes everything by address, and the lengths of texts at the end.
extern "C" {
void spotrf_(const char* triangle, const blasint* n, float* a, const blasint* lead, blasint* info, std::size_t);
void dpotrf_(const char* triangle, const blasint* n, double* a, const blasint* lead, blasint* info, std::size_t);
void sgetrf_(const blasint* m, const blasint* n, float* a, const blasint* lead, blasint* pivots, blasint* info);
void dgetrf_(const blasint* m, const blasint* n, double* a, const blasint* lead, blasint* pivots, blasint* info);
void sgetrs_(const char* form, const blasint* n, const blasint* columns, const float* lu, const blasint* lead,
             const blasint* pivots, float* b, const blasint* lead_b, blasint* info, std::size_t);
void dgetrs_(const char* form, const blasint* n, const blasint* columns, const double* lu, const blasint* lead,
             const blasint* pivots, double* b, const blasint* lead_b, blasint* info, std::size_t);
void sgeqrf_(const blasint* m, const blasint* n, float* a, const blasint* lead, float* tau, float* work,
             const blasint* length, blasint* info);
void dgeqrf_(const blasint* m, const blasint* n, double* a, const blasint* lead, double* tau, double* work,
             const blasint* length, blasint* info);
void sorgqr_(const blasint* m, const blasint* n, const blasint* k, float* a, const blasint* lead, const float* tau,
             float* work, const blasint* length, blasint* info);
void dorgqr_(const blasint* m, const blasint* n, const blasint* k, double* a, const blasint* lead, const double* tau,
             double* work, const blasint* length, blasint* info);
void ssyevd_(const char* job, const char* triangle, const blasint* n, float* a, const blasint* lead, float* values,
             float* work, const blasint* length, blasint* whole_work, const blasint* whole_length, blasint* info,
             std::size_t, std::size_t);
void dsyevd_(const char* job, const char* triangle, const blasint* n, double* a, const blasint* lead, double* values,
             double* work, const blasint* length, blasint* whole_work, const blasint* whole_length, blasint* info,
             std::size_t, std::size_t);
void sgesdd_(const char* job, const blasint* m, const blasint* n, float* a, const blasint* lead, float* values,
             float* u, const blasint* lead_u, float* vt, const blasint* lead_vt, float* work, const blasint* length,
             blasint* whole_work, blasint* info, std::size_t);
void dgesdd_(const char* job, const blasint* m, const blasint* n, double* a, const blasint* lead, double* values,
             double* u, const blasint* lead_u, double* vt, const blasint* lead_vt, double* work, const blasint* length,
             blasint* whole_work, blasint* info, std::size_t);
void dgels_(const char* form, const blasint* m, const blasint* n, const blasint* columns, double* a,
            const blasint* lead, double* b, const blasint* lead_b, double* work, const blasint* length, blasint* info,
            std::size_t);
}

namespace gradus::detail::lapack {

// Each returns LAPACK's info: 0, or the number from 1 of the pivot or minor that failed, or how many values did not
// converge.

/// A = L Lᵀ ('L') or Uᵀ U ('U'), of the triangle that is named, over which the result is written.
inline blasint potrf(char triangle, blasint n, float* a) {
  blasint info = 0;
  spotrf_(&triangle, &n, a, &n, &info, 1);
  return info;
}
inline blasint potrf(char triangle, blasint n, double* a) {
  blasint info = 0;
  dpotrf_(&triangle, &n, a, &n, &info, 1);
  return info;
}

/// P A = L U with row exchanges.
inline blasint getrf(blasint n, float* a, blasint* pivots) {
  blasint info = 0;
  sgetrf_(&n, &n, a, &n, pivots, &info);
  return info;
}
inline blasint getrf(blasint n, double* a, blasint* pivots) {
  blasint info = 0;
  dgetrf_(&n, &n, a, &n, pivots, &info);
  return info;
}

/// b ← A⁻¹ b, from what getrf made of A.
inline void getrs(blasint n, blasint columns, const float* lu, const blasint* pivots, float* b) {
  blasint info = 0;
  sgetrs_("N", &n, &columns, lu, &n, pivots, b, &n, &info, 1);
}
inline void getrs(blasint n, blasint columns, const double* lu, const blasint* pivots, double* b) {
  blasint info = 0;
  dgetrs_("N", &n, &columns, lu, &n, pivots, b, &n, &info, 1);
}

/// b ← T⁻¹ b for a triangular T whose diagonal has no zero.
inline void trsm(bool lower, bool unit, blasint n, blasint columns, const float* t, float* b) {
  cblas_strsm(CblasColMajor, CblasLeft, lower ? CblasLower : CblasUpper, CblasNoTrans, unit ? CblasUnit : CblasNonUnit,
              n, columns, 1.0F, t, n, b, n);
}
inline void trsm(bool lower, bool unit, blasint n, blasint columns, const double* t, double* b) {
  cblas_dtrsm(CblasColMajor, CblasLeft, lower ? CblasLower : CblasUpper, CblasNoTrans, unit ? CblasUnit : CblasNonUnit,
              n, columns, 1.0, t, n, b, n);
}

// The ones below take their work space from the caller.  Called with length −1 they say in work[0] how much they want.

/// A = Q R: R in the upper triangle, Q as reflections below it and in tau.
inline blasint geqrf(blasint m, blasint n, float* a, float* tau, float* work, blasint length) {
  blasint info = 0;
  sgeqrf_(&m, &n, a, &m, tau, work, &length, &info);
  return info;
}
inline blasint geqrf(blasint m, blasint n, double* a, double* tau, double* work, blasint length) {
  blasint info = 0;
  dgeqrf_(&m, &n, a, &m, tau, work, &length, &info);
  return info;
}

/// The first k columns of Q, [m, k], from what geqrf left.
inline blasint orgqr(blasint m, blasint k, float* a, const float* tau, float* work, blasint length) {
  blasint info = 0;
  sorgqr_(&m, &k, &k, a, &m, tau, work, &length, &info);
  return info;
}
inline blasint orgqr(blasint m, blasint k, double* a, const double* tau, double* work, blasint length) {
  blasint info = 0;
  dorgqr_(&m, &k, &k, a, &m, tau, work, &length, &info);
  return info;
}

/// Eigenvalues in ascending order, and the eigenvectors over the symmetric matrix.
inline blasint syevd(blasint n, float* a, float* values, float* work, blasint length, blasint* whole_work,
                     blasint whole_length) {
  blasint info = 0;
  ssyevd_("V", "L", &n, a, &n, values, work, &length, whole_work, &whole_length, &info, 1, 1);
  return info;
}
inline blasint syevd(blasint n, double* a, double* values, double* work, blasint length, blasint* whole_work,
                     blasint whole_length) {
  blasint info = 0;
  dsyevd_("V", "L", &n, a, &n, values, work, &length, whole_work, &whole_length, &info, 1, 1);
  return info;
}

/// A = U diag(values) Vᵀ with U [m, k] and Vᵀ [k, n], k the smaller of m and n.
inline blasint gesdd(blasint m, blasint n, float* a, float* values, float* u, float* vt, float* work, blasint length,
                     blasint* whole_work) {
  blasint info = 0;
  const blasint k = m < n ? m : n;
  sgesdd_("S", &m, &n, a, &m, values, u, &m, vt, &k, work, &length, whole_work, &info, 1);
  return info;
}
inline blasint gesdd(blasint m, blasint n, double* a, double* values, double* u, double* vt, double* work,
                     blasint length, blasint* whole_work) {
  blasint info = 0;
  const blasint k = m < n ? m : n;
  dgesdd_("S", &m, &n, a, &m, values, u, &m, vt, &k, work, &length, whole_work, &info, 1);
  return info;
}
/// The x that minimizes |A·x − b| for A [m, n] in columns, m ≥ n, of full rank: written over the first n numbers of b.
inline blasint gels(blasint m, blasint n, double* a, double* b, double* work, blasint length) {
  const blasint one = 1;
  blasint info = 0;
  dgels_("N", &m, &n, &one, a, &m, b, &m, work, &length, &info, 1);
  return info;
}

}  // namespace gradus::detail::lapack
