// OpenBLAS, opened at the first product: until then no process waits for it, and it can still be told which kernels this
// processor has.  Inside the library only.
#pragma once
#include <cblas.h>

#include "lapack_declarations.h"

namespace gradus::detail {

/// Looks a routine up; throws Error where the library does not have it.
[[nodiscard]] void* blas_symbol(void* library, const char* name);

/// A routine of the library.
template <class F>
class BlasRoutine;
template <class R, class... X>
class BlasRoutine<R(X...)> {
 public:
  BlasRoutine(void* library, const char* name) : call_(reinterpret_cast<R (*)(X...)>(blas_symbol(library, name))) {}
  R operator()(X... x) const { return call_(x...); }

 private:
  R (*call_)(X...);
};

/// What is used of BLAS and LAPACK.
struct Blas {
  void* library;
  BlasRoutine<decltype(openblas_get_parallel)> get_parallel{library, "openblas_get_parallel"};
  BlasRoutine<decltype(openblas_set_num_threads)> set_num_threads{library, "openblas_set_num_threads"};
  BlasRoutine<decltype(openblas_get_corename)> get_corename{library, "openblas_get_corename"};
  BlasRoutine<decltype(cblas_sgemm)> sgemm{library, "cblas_sgemm"};
  BlasRoutine<decltype(cblas_dgemm)> dgemm{library, "cblas_dgemm"};
  BlasRoutine<decltype(cblas_sdot)> sdot{library, "cblas_sdot"};
  BlasRoutine<decltype(cblas_ddot)> ddot{library, "cblas_ddot"};
  BlasRoutine<decltype(cblas_strsm)> strsm{library, "cblas_strsm"};
  BlasRoutine<decltype(cblas_dtrsm)> dtrsm{library, "cblas_dtrsm"};
  BlasRoutine<decltype(spotrf_)> spotrf{library, "spotrf_"};
  BlasRoutine<decltype(dpotrf_)> dpotrf{library, "dpotrf_"};
  BlasRoutine<decltype(sgetrf_)> sgetrf{library, "sgetrf_"};
  BlasRoutine<decltype(dgetrf_)> dgetrf{library, "dgetrf_"};
  BlasRoutine<decltype(sgetrs_)> sgetrs{library, "sgetrs_"};
  BlasRoutine<decltype(dgetrs_)> dgetrs{library, "dgetrs_"};
  BlasRoutine<decltype(sgeqrf_)> sgeqrf{library, "sgeqrf_"};
  BlasRoutine<decltype(dgeqrf_)> dgeqrf{library, "dgeqrf_"};
  BlasRoutine<decltype(sorgqr_)> sorgqr{library, "sorgqr_"};
  BlasRoutine<decltype(dorgqr_)> dorgqr{library, "dorgqr_"};
  BlasRoutine<decltype(ssyevd_)> ssyevd{library, "ssyevd_"};
  BlasRoutine<decltype(dsyevd_)> dsyevd{library, "dsyevd_"};
  BlasRoutine<decltype(sgesdd_)> sgesdd{library, "sgesdd_"};
  BlasRoutine<decltype(dgesdd_)> dgesdd{library, "dgesdd_"};
  BlasRoutine<decltype(dgels_)> dgels{library, "dgels_"};
};

/// The library, opened when this is first called.  Throws Error where there is none.  Any thread may call it.
[[nodiscard]] const Blas& blas();

}  // namespace gradus::detail
