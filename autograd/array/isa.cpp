// Chooses the kernels for this machine, once.
#include <fmt/format.h>

#include <cstdlib>
#include <string_view>
#include <utility>

#include "autograd/array/kernels.h"
#include "autograd/base/error.h"

namespace gradus {

namespace {

using detail::Isa;

template <Isa isa>
const KernelTable& table_of() {
  static const KernelTable table = []<std::size_t... Part>(std::index_sequence<Part...>) {
    KernelTable filled{};
    (detail::fill_kernels<isa, Part>(filled), ...);
    detail::fill_row_kernels<isa>(filled);
    return filled;
  }
  (std::make_index_sequence<GRADUS_KERNEL_PARTS>{});
  return table;
}

/// The sets that were built, the best that this machine has first.
const KernelTable& choose() {
  const char* asked = std::getenv("GRADUS_ISA");
  const std::string_view want = asked == nullptr ? "" : asked;
  const auto wanted = [want](std::string_view name) { return want.empty() || want == name; };
#if defined(GRADUS_HAVE_AVX512_KERNELS) || defined(GRADUS_HAVE_AVX2_KERNELS)
  [[maybe_unused]] const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#endif
#if defined(GRADUS_HAVE_AVX512_KERNELS)
  const bool avx512 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512cd") &&
                      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
                      __builtin_cpu_supports("avx512vl");
  if (avx512 && wanted("avx512")) return table_of<Isa::avx512>();
#endif
#if defined(GRADUS_HAVE_AVX2_KERNELS)
  if (avx2 && wanted("avx2")) return table_of<Isa::avx2>();
#endif
#if defined(GRADUS_HAVE_BASELINE_KERNELS)
  if (wanted("baseline")) return table_of<Isa::baseline>();
#endif
  if (want.empty()) {
    throw ValueError("[GRADUS_ISA] this build has kernels for another processor alone (-Dkernels=native)");
  }
  throw ValueError(fmt::format("[GRADUS_ISA] '{}' is not known, not built, or this machine lacks it", want));
}

}  // namespace

constinit const KernelTable* detail::chosen_kernels = nullptr;

const KernelTable& detail::choose_kernels() {
  const KernelTable& table = choose();
  __atomic_store_n(&chosen_kernels, &table, __ATOMIC_RELEASE);
  return table;
}

}  // namespace gradus
