// Built for each instruction set, in parts.  Everything here is a template on Arch or in an unnamed namespace, so that no
// symbol another file could pick up is compiled with wider instructions than the baseline.
#include "autograd/array/kernels.h"

#include "autograd/array/kernel_arch.h"
#include "autograd/array/kernel_slopes.h"
#include "autograd/array/pack.h"
#include "autograd/array/pack_ends.h"
#include "autograd/math/ops.h"
#include "autograd/math/pullback.h"

namespace gradus {
namespace {

// ------------------------------------------------------------------------------------------------ elementwise loops

// The formula of an op is compiled once for each type, in `whole_registers`; what surrounds it once for all ops.

// out = op(from[0], from[1], …) for `count` registers.
template <class T>
using RegisterLoop = void (*)(const void* op, std::int64_t count, const T** from, const std::int64_t* by, T* out);

template <class Op, class T, std::size_t... K>
void loop_over_registers(const Op& op, std::int64_t count, const T** start, const std::int64_t* by, T* out,
                         std::index_sequence<K...>) {
  using P = Pack<T, Arch>;
  const T* from[] = {start[K]...};
  for (const T* end = out + count * static_cast<std::int64_t>(P::size); out != end; out += P::size) {
    op.value(P::load(from[K])...).store(out);
    ((from[K] += by[K]), ...);
  }
}

template <class Op, class T>
void whole_registers(const void* op, std::int64_t count, const T** from, const std::int64_t* by, T* out) {
  loop_over_registers(*static_cast<const Op*>(op), count, from, by, out,
                      std::make_index_sequence<static_cast<std::size_t>(Op::arity)>{});
}

// n numbers.  A last register that would not be full overlaps the one before; it is computed first, as `out` may be an
// operand.
template <class T, std::size_t arity>
[[gnu::noinline]] void run(RegisterLoop<T> loop, const void* op, std::int64_t n, const void* const* in,
                           const std::int64_t* step, T* out) {
  using P = Pack<T, Arch>;
  constexpr auto width = static_cast<std::int64_t>(P::size);
  alignas(64) T copies[arity][P::size];
  alignas(64) T some[P::size];
  const T* from[arity];
  std::int64_t by[arity];
  const bool few = n < width;
  // An operand with step 0 becomes a register's worth of copies that is loaded again each time.
  for (std::size_t k = 0; k < arity; ++k) {
    from[k] = static_cast<const T*>(in[k]);
    by[k] = step[k] * width;
    if (step[k] != 0 && !few) continue;
    (step[k] == 0 ? P(xsimd::batch<T, Arch>(*from[k])) : load_some<P>(from[k], n)).store(copies[k]);
    from[k] = copies[k];
  }
  if (few) {
    loop(op, 1, from, by, some);
    store_some(P::load(some), out, n);
    return;
  }
  const std::int64_t count = n / width;
  const std::int64_t last = n - width;
  if (last % width == 0) {
    loop(op, count, from, by, out);
    return;
  }
  const T* at_end[arity];
  for (std::size_t k = 0; k < arity; ++k) at_end[k] = from[k] + step[k] * last;
  loop(op, 1, at_end, by, some);
  loop(op, count, from, by, out);
  P::load(some).store(out + last);
}

// A single number stays in registers: graphs of single numbers do little else.
template <class Op, class T, std::size_t... K>
void one_number(const Op& op, const void* const* in, T* out, std::index_sequence<K...>) {
  using P = Pack<T, Arch>;
  alignas(64) T some[P::size];
  op.value(P(xsimd::batch<T, Arch>(*static_cast<const T*>(in[K])))...).store(some);
  *out = *some;
}

template <class Op, class T>
void elementwise_kernel(const void* op, std::int64_t n, const void* const* in, const std::int64_t* step, void* out) {
  if (n == 1) {
    one_number(*static_cast<const Op*>(op), in, static_cast<T*>(out),
               std::make_index_sequence<static_cast<std::size_t>(Op::arity)>{});
    return;
  }
  run<T, static_cast<std::size_t>(Op::arity)>(&whole_registers<Op, T>, op, n, in, step, static_cast<T*>(out));
}

template <class Op>
constexpr PerType<ElementwiseKernel> both_types() {
  return {&elementwise_kernel<Op, float>, &elementwise_kernel<Op, double>};
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
    if constexpr (has_slopes<Op>) {
      table.slopes[index_of<Op>] = {&slope_kernel<Op, float, Arch>, &slope_kernel<Op, double, Arch>};
    }
    add_pullbacks<Op>(table.pullback[index_of<Op>], std::make_index_sequence<static_cast<std::size_t>(Op::arity)>{});
  });
}

}  // namespace gradus
