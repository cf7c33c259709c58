// BLAS and LAPACK are kept to one thread, and to one call at a time where they need it.  Inside the library only.
#pragma once
#include <mutex>

namespace gradus::detail {

/// To be held during a call of BLAS or LAPACK.
[[nodiscard]] std::unique_lock<std::mutex> one_blas_call();

}  // namespace gradus::detail
