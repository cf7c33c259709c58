// Built for each instruction set, in parts.  Everything here is a template on Arch or in an unnamed namespace, so that no
// symbol another file could pick up is compiled with wider instructions than the baseline.
#include "autograd/array/kernels.h"

#include <cstring>

#include "autograd/array/pack.h"
#include "autograd/math/pullback.h"

namespace gradus {
namespace {

#if defined(GRADUS_KERNELS_AVX512)
using Arch = xsimd::avx512bw;
constexpr detail::Isa isa = detail::Isa::avx512;
constexpr const char* isa_name = "avx512";
#elif defined(GRADUS_KERNELS_AVX2)
using Arch = xsimd::fma3<xsimd::avx2>;
constexpr detail::Isa isa = detail::Isa::avx2;
constexpr const char* isa_name = "avx2";
#elif defined(__aarch64__)
using Arch = xsimd::neon64;
constexpr detail::Isa isa = detail::Isa::baseline;
constexpr const char* isa_name = "baseline";
#else
using Arch = xsimd::sse2;
constexpr detail::Isa isa = detail::Isa::baseline;
constexpr const char* isa_name = "baseline";
#endif

// ------------------------------------------------------------------------------------------------ elementwise loops

// A full load reads `size` elements, of which only the first n are there.
template <class P, class T>
P load_some(const T* p, std::int64_t n) {
  alignas(64) T lanes[P::size] = {};
  std::memcpy(lanes, p, static_cast<std::size_t>(n) * sizeof(T));
  return P::load(lanes);
}

template <class P, class T>
void store_some(P value, T* p, std::int64_t n) {
  alignas(64) T lanes[P::size];
  value.store(lanes);
  std::memcpy(p, lanes, static_cast<std::size_t>(n) * sizeof(T));
}

template <class Op, class T, std::size_t... K>
void run(const Op& op, std::int64_t n, const void* const* in, const std::int64_t* step, T* out,
         std::index_sequence<K...>) {
  using P = Pack<T, Arch>;
  constexpr auto width = static_cast<std::int64_t>(P::size);
  const T* const x[] = {static_cast<const T*>(in[K])...};
  if (n == 1) {
    alignas(64) T lanes[P::size];
    op.value(P(xsimd::batch<T, Arch>(*x[K]))...).store(lanes);
    *out = lanes[0];
    return;
  }
  // An operand with step 0 becomes a register's worth of copies that is loaded again each time.
  alignas(64) T copies[sizeof...(K)][P::size];
  const T* from[] = {x[K]...};
  const std::int64_t by[] = {step[K] * width...};
  ((step[K] == 0 ? (P(xsimd::batch<T, Arch>(*x[K])).store(copies[K]), void(from[K] = copies[K])) : void()), ...);
  std::int64_t i = 0;
  for (; i + width <= n; i += width) {
    op.value(P::load(from[K])...).store(out + i);
    ((from[K] += by[K]), ...);
  }
  if (i < n) {
    const std::int64_t rest = n - i;
    store_some(op.value((step[K] == 0 ? P::load(from[K]) : load_some<P>(from[K], rest))...), out + i, rest);
  }
}

template <class Op, class T>
void elementwise_kernel(const void* op, std::int64_t n, const void* const* in, const std::int64_t* step, void* out) {
  run(*static_cast<const Op*>(op), n, in, step, static_cast<T*>(out),
      std::make_index_sequence<static_cast<std::size_t>(Op::arity)>{});
}

template <class Op>
constexpr PerType<ElementwiseKernel> both_types() {
  return {&elementwise_kernel<Op, float>, &elementwise_kernel<Op, double>};
}

// ------------------------------------------------------------------------------------------------------- reductions

// Adds the parts that arrive one by one as a balanced tree: a binary counter of partial sums, one to each level.
// The sums are float64: the parts are few, and a float32 result keeps its digits however long the array.
template <std::size_t Width>
struct PairwiseTree {
  static constexpr std::size_t levels = 48;
  alignas(64) double sums[levels][Width];
  std::uint64_t count = 0;

  template <class T>
  void push(const T* part, std::size_t width) {
    alignas(64) double carry[Width];
    for (std::size_t j = 0; j < width; ++j) carry[j] = static_cast<double>(part[j]);
    std::size_t level = 0;
    for (std::uint64_t c = count++; (c & 1U) != 0; c >>= 1U, ++level) {
      for (std::size_t j = 0; j < width; ++j) carry[j] = sums[level][j] + carry[j];
    }
    std::memcpy(sums[level], carry, width * sizeof(double));
  }
  template <class T>
  void finish(T* out, std::size_t width) {
    alignas(64) double total[Width] = {};
    for (std::size_t level = 0; level < levels; ++level) {
      if (((count >> level) & 1U) == 0) continue;
      for (std::size_t j = 0; j < width; ++j) total[j] = sums[level][j] + total[j];
    }
    for (std::size_t j = 0; j < width; ++j) out[j] = static_cast<T>(total[j]);
  }
};

template <class T>
T chunk_sum(const T* p, std::int64_t n) {
  using B = xsimd::batch<T, Arch>;
  constexpr auto width = static_cast<std::int64_t>(B::size);
  B a(T(0));
  B b(T(0));
  B c(T(0));
  B d(T(0));
  std::int64_t i = 0;
  for (; i + 4 * width <= n; i += 4 * width) {
    a += B::load_unaligned(p + i);
    b += B::load_unaligned(p + i + width);
    c += B::load_unaligned(p + i + 2 * width);
    d += B::load_unaligned(p + i + 3 * width);
  }
  for (; i + width <= n; i += width) a += B::load_unaligned(p + i);
  if (i < n) b += load_some<Pack<T, Arch>>(p + i, n - i).v;
  alignas(64) T lanes[B::size];
  ((a + b) + (c + d)).store_unaligned(lanes);
  for (std::size_t half = B::size / 2; half > 0; half /= 2) {
    for (std::size_t j = 0; j < half; ++j) lanes[j] += lanes[j + half];
  }
  return lanes[0];
}

// A float32 chunk adds few numbers to each lane: equal numbers all lose their rounding to the same side.
template <class T>
constexpr std::int64_t sum_chunk = sizeof(T) == sizeof(float) ? 16 * std::int64_t{xsimd::batch<T, Arch>::size} : 256;

template <class T>
void sum_kernel(const void* in, std::int64_t n, void* out) {
  constexpr std::int64_t chunk = sum_chunk<T>;
  const T* p = static_cast<const T*>(in);
  if (n <= chunk) {
    *static_cast<T*>(out) = chunk_sum(p, n);
    return;
  }
  PairwiseTree<1> tree;
  for (std::int64_t i = 0; i < n; i += chunk) {
    const T part = chunk_sum(p + i, n - i < chunk ? n - i : chunk);
    tree.push(&part, 1);
  }
  tree.finish(static_cast<T*>(out), 1);
}

// The tree of sum_kernel with its parts from several calls.  A sum of one chunk passes through it unchanged.
static_assert(sizeof(PairwiseTree<1>) <= sizeof(RunningSum) && alignof(PairwiseTree<1>) <= alignof(RunningSum));
static_assert(KernelTable::sum_block % sum_chunk<float> == 0 && KernelTable::sum_block % sum_chunk<double> == 0);

template <class T>
void sum_push_kernel(RunningSum& sum, const void* in, std::int64_t n) {
  constexpr std::int64_t chunk = sum_chunk<T>;
  auto& tree = reinterpret_cast<PairwiseTree<1>&>(sum.state);
  const T* p = static_cast<const T*>(in);
  for (std::int64_t i = 0; i < n; i += chunk) {
    const T part = chunk_sum(p + i, n - i < chunk ? n - i : chunk);
    tree.push(&part, 1);
  }
}

template <class T>
void sum_finish_kernel(const RunningSum& sum, void* out) {
  PairwiseTree<1> tree = reinterpret_cast<const PairwiseTree<1>&>(sum.state);
  tree.finish(static_cast<T*>(out), 1);
}

template <class T>
void sum_few_rows(const T* p, std::int64_t rows, std::int64_t columns, std::size_t width, T* out) {
  for (std::size_t j = 0; j < width; ++j) out[j] = T(0);
  for (std::int64_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < width; ++j) out[j] += p[i * columns + static_cast<std::int64_t>(j)];
  }
}

template <class T>
void sum_rows_kernel(const void* in, std::int64_t rows, std::int64_t columns, void* out) {
  constexpr std::int64_t tile = 64;
  constexpr std::int64_t block = 8;
  for (std::int64_t j = 0; j < columns; j += tile) {
    const auto width = static_cast<std::size_t>(columns - j < tile ? columns - j : tile);
    const T* p = static_cast<const T*>(in) + j;
    T* o = static_cast<T*>(out) + j;
    if (rows <= block) {
      sum_few_rows(p, rows, columns, width, o);
      continue;
    }
    PairwiseTree<static_cast<std::size_t>(tile)> tree;
    for (std::int64_t i = 0; i < rows; i += block) {
      alignas(64) T part[tile];
      sum_few_rows(p + i * columns, rows - i < block ? rows - i : block, columns, width, part);
      tree.push(part, width);
    }
    tree.finish(o, width);
  }
}

// -------------------------------------------------------------------------------------------------------- the table

template <class Op, std::size_t... I>
void add_pullbacks(std::array<PerType<ElementwiseKernel>, KernelTable::max_arity>& row, std::index_sequence<I...>) {
  ((row[I] = both_types<Pullback<Op, static_cast<int>(I)>>()), ...);
}

}  // namespace

template <>
void detail::fill_kernels<isa, GRADUS_KERNEL_PART>(KernelTable& table) {
  for_each_op_of_part<GRADUS_KERNEL_PART, GRADUS_KERNEL_PARTS>(Elementwise{}, [&]<class Op>(const Op&) {
    table.value[index_of<Op>] = both_types<Op>();
    add_pullbacks<Op>(table.pullback[index_of<Op>], std::make_index_sequence<static_cast<std::size_t>(Op::arity)>{});
  });
  if constexpr (GRADUS_KERNEL_PART == 0) {
    table.isa = isa_name;
    table.sum = {&sum_kernel<float>, &sum_kernel<double>};
    table.sum_push = {&sum_push_kernel<float>, &sum_push_kernel<double>};
    table.sum_finish = {&sum_finish_kernel<float>, &sum_finish_kernel<double>};
    table.sum_rows = {&sum_rows_kernel<float>, &sum_rows_kernel<double>};
  }
}

}  // namespace gradus
