// The compiled loops behind arrays.  kernels.cpp is built for each instruction set, in parts; the best set that the
// machine has is chosen at start-up.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

#include "../base/dtype.h"
#include "../base/export.h"
#include "../math/op_list.h"

namespace gradus {

/// out[i] = op(in[0][i·step[0]], in[1][i·step[1]], …) for i in [0, n).  Each step is 1, or 0 for one number that serves
/// every i.  `op` points to the op's struct, which holds its attributes.  Operands may be the output itself.
using ElementwiseKernel = void (*)(const void* op, std::int64_t n, const void* const* in, const std::int64_t* step,
                                   void* out);

/// y[i] = op(x[i·step]) and slope[i] = ∂op/∂x there, for an op of one argument: the bits that its own kernel and
/// ChainProduct's factor in its pullback have.  y may be x.
using SlopeKernel = void (*)(const void* op, std::int64_t n, const void* x, std::int64_t step, void* y, void* slope);

/// The ops whose slope shares the greater part of its work with the value.
using WithSlopes =
    OpList<ops::Tanh, ops::Sigmoid, ops::Softplus, ops::LogSigmoid, ops::Silu, ops::Mish, ops::Gelu, ops::GeluTanh>;
template <class Op>
inline constexpr bool has_slopes = detail::position<Op>(WithSlopes{}) < WithSlopes::size;

/// One kernel for each DType.
template <class Kernel>
using PerType = std::array<Kernel, 2>;

/// What softmax, logsumexp and cross-entropy need of one row.
struct ExpRow {
  double largest;
  double others;  // Σ exp(x − largest) without one of the largest; NaN if there is one in the row
};

struct KernelTable {
  static constexpr std::size_t max_arity = 3;
  /// The most numbers that `sum` takes.
  static constexpr std::int64_t sum_block = 2048;
  const char* isa;
  std::array<PerType<ElementwiseKernel>, Elementwise::size> value;
  std::array<std::array<PerType<ElementwiseKernel>, max_arity>, Elementwise::size> pullback;
  /// Null for what is not in WithSlopes.
  std::array<PerType<SlopeKernel>, Elementwise::size> slopes;
  /// The sum of n ≤ sum_block neighbouring numbers.
  PerType<double (*)(const void* in, std::int64_t n)> sum;
  /// out[j] = Σ_i in[i·step + j] for j in [0, columns).
  PerType<void (*)(const void* in, std::int64_t rows, std::int64_t columns, std::int64_t step, double* out)> sum_rows;
  /// out[j] = exp(in[j] − largest), unless out is null, for n ≥ 1 numbers.
  PerType<ExpRow (*)(const void* in, std::int64_t n, void* out)> exp_row;
};

namespace detail {
/// Set by the first call of kernels(); the same value whoever sets it.
GRADUS_API extern const KernelTable* chosen_kernels;
GRADUS_API const KernelTable& choose_kernels();
}  // namespace detail

/// The table for this machine.  The environment variable GRADUS_ISA (baseline, avx2, avx512) can ask for less than the
/// machine has; asking for more or for an unknown one is a ValueError.
inline const KernelTable& kernels() {
  const KernelTable* table = __atomic_load_n(&detail::chosen_kernels, __ATOMIC_ACQUIRE);
  return table != nullptr ? *table : detail::choose_kernels();
}

namespace detail {

enum class Isa { baseline, avx2, avx512 };

/// Enters the kernels of every op whose place in the list is `part` modulo GRADUS_KERNEL_PARTS.  Each is defined by one
/// build of kernels.cpp.
template <Isa isa, std::size_t part>
void fill_kernels(KernelTable& table);
/// Enters the others.  Each is defined by one build of row_kernels.cpp.
template <Isa isa>
void fill_row_kernels(KernelTable& table);

}  // namespace detail

}  // namespace gradus
