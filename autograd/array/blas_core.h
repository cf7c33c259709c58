// Which kernels OpenBLAS computes with.
#pragma once
#include <string>

#include "../base/export.h"

namespace gradus {

/// "SkylakeX", "Haswell", …: chosen for this processor, unless the environment's OPENBLAS_CORETYPE says another one, or
/// the program had opened OpenBLAS before.  Throws Error where there is no OpenBLAS.
[[nodiscard]] GRADUS_API std::string blas_core();

}  // namespace gradus
