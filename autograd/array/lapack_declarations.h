// The routines of LAPACK that are used.  OpenBLAS brings them; Debian has no header for them that does not belong to
// another library.  Inside the library only.
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
