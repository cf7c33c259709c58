#include "autograd/array/blas.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <cstdlib>
#include <string>
#include <string_view>

#include "autograd/array/blas_core.h"
#include "autograd/base/error.h"

#ifndef GRADUS_OPENBLAS
#define GRADUS_OPENBLAS ""
#endif

namespace gradus::detail {

namespace {

constexpr const char* core_variable = "OPENBLAS_CORETYPE";

/// The kernels that fit this processor, as OpenBLAS calls them; null: it knows best.  OpenBLAS 0.3.21 takes processors
/// that are younger than itself for older ones, and computes at a third of their speed or less.
const char* core_of_this_processor() {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512cd")) {
    return "SkylakeX";
  }
  if (__builtin_cpu_is("intel") && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return "Haswell";
#endif
  return nullptr;
}

void* open_library() {
  const char* core = std::getenv(core_variable) == nullptr ? core_of_this_processor() : nullptr;
  if (core != nullptr) ::setenv(core_variable, core, 0);
  void* library = nullptr;
  std::string reason;
  for (const std::string_view name : {GRADUS_OPENBLAS, "libopenblas.so.0", "libopenblas.so", "libopenblas.dylib"}) {
    if (name.empty()) continue;
    library = ::dlopen(name.data(), RTLD_NOW | RTLD_LOCAL);
    if (library != nullptr) break;
    if (const char* why = ::dlerror(); why != nullptr && reason.empty()) reason = why;
  }
  if (core != nullptr) ::unsetenv(core_variable);
  if (library == nullptr)
    throw Error(fmt::format("OpenBLAS, which computes products of matrices, cannot be opened: {}", reason));
  return library;
}

}  // namespace

void* blas_symbol(void* library, const char* name) {
  if (void* found = ::dlsym(library, name)) return found;
  throw Error(fmt::format("the OpenBLAS that was found has no {}", name));
}

const Blas& blas() {
  static const Blas opened{open_library()};
  return opened;
}

}  // namespace gradus::detail

namespace gradus {

std::string blas_core() { return detail::blas().get_corename(); }

}  // namespace gradus
