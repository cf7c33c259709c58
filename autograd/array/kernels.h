// The compiled loops behind arrays.  kernels.cpp is built for each instruction set, in parts; the best set that the
// machine has is chosen at start-up.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

#include "autograd/base/dtype.h"
#include "autograd/base/export.h"
#include "autograd/math/ops.h"

namespace gradus {

/// out[i] = op(in[0][i·step[0]], in[1][i·step[1]], …) for i in [0, n).  Each step is 1, or 0 for one number that serves
/// every i.  `op` points to the op's struct, which holds its attributes.  Operands may be the output itself.
using ElementwiseKernel = void (*)(const void* op, std::int64_t n, const void* const* in, const std::int64_t* step,
                                   void* out);

/// One kernel for each DType.
template <class Kernel>
using PerType = std::array<Kernel, 2>;

/// A sum that is under way (KernelTable::sum_push).  Starts empty.
struct RunningSum {
  alignas(64) std::array<std::byte, 512> state{};
};

struct KernelTable {
  static constexpr std::size_t max_arity = 3;
  const char* isa;
  std::array<PerType<ElementwiseKernel>, Elementwise::size> value;
  std::array<std::array<PerType<ElementwiseKernel>, max_arity>, Elementwise::size> pullback;
  /// *out = the sum of n neighbouring numbers, added pairwise.
  PerType<void (*)(const void* in, std::int64_t n, void* out)> sum;
  /// The same bits from blocks that come one after the other, each but the last of a multiple of sum_block numbers.
  PerType<void (*)(RunningSum& sum, const void* in, std::int64_t n)> sum_push;
  PerType<void (*)(const RunningSum& sum, void* out)> sum_finish;
  static constexpr std::int64_t sum_block = 256;
  /// out[j] = Σ_i in[i·columns + j], added pairwise.
  PerType<void (*)(const void* in, std::int64_t rows, std::int64_t columns, void* out)> sum_rows;
};

namespace detail {
/// Set by the first call of kernels(); the same value whoever sets it.
GRADUS_API extern const KernelTable* chosen_kernels;
GRADUS_API const KernelTable& choose_kernels();
}  // namespace detail

/// The table for this machine.  The environment variable GRADUS_ISA (baseline, avx2, avx512) can ask for less than the
/// machine has; asking for more or for an unknown one is a ValueError.
inline const KernelTable& kernels() {
  const KernelTable* table = __atomic_load_n(&detail::chosen_kernels, __ATOMIC_RELAXED);
  return table != nullptr ? *table : detail::choose_kernels();
}

namespace detail {

enum class Isa { baseline, avx2, avx512 };

/// Enters the kernels of every op whose place in the list is `part` modulo GRADUS_KERNEL_PARTS, and with part 0 the
/// reductions.  Each is defined by one build of kernels.cpp.
template <Isa isa, std::size_t part>
void fill_kernels(KernelTable& table);

}  // namespace detail

}  // namespace gradus
