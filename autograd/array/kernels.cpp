// Built for each instruction set, in parts.  Everything here is a template on Arch or in an unnamed namespace, so that no
// symbol another file could pick up is compiled with wider instructions than the baseline.
#include "autograd/array/kernels.h"

#include "autograd/array/kernel_arch.h"
#include "autograd/array/kernel_slopes.h"
#include "autograd/array/pack.h"
#include "autograd/array/pack_ends.h"
#include "autograd/math/pullback.h"

namespace gradus {
namespace {

// ------------------------------------------------------------------------------------------------ elementwise loops

// out[i] = op(in[k][i]…) for n numbers; `from[k]` holds a register's worth of copies where step[k] is 0.
template <class Op, class T, std::size_t... K>
void run_long(const Op& op, std::int64_t n, const T* (&from)[sizeof...(K)], const std::int64_t* step, T* out,
              std::index_sequence<K...>) {
  using P = Pack<T, Arch>;
  constexpr auto width = static_cast<std::int64_t>(P::size);
  // The last register's worth may overlap the one before.  It is computed first, as `out` may be an operand.
  const std::int64_t last = n - width;
  const P end = op.value(P::load(from[K] + (step[K] == 0 ? 0 : last))...);
  const std::int64_t by[] = {step[K] * width...};
  for (std::int64_t i = 0; i < last; i += width) {
    op.value(P::load(from[K])...).store(out + i);
    ((from[K] += by[K]), ...);
  }
  end.store(out + last);
}

template <class Op, class T, std::size_t... K>
void run(const Op& op, std::int64_t n, const void* const* in, const std::int64_t* step, T* out,
         std::index_sequence<K...> operands) {
  using P = Pack<T, Arch>;
  constexpr auto width = static_cast<std::int64_t>(P::size);
  const T* const x[] = {static_cast<const T*>(in[K])...};
  if (n < width) {
    store_some(op.value((step[K] == 0 ? P(xsimd::batch<T, Arch>(*x[K])) : load_some<P>(x[K], n))...), out, n);
    return;
  }
  // An operand with step 0 becomes a register's worth of copies that is loaded again each time.
  alignas(64) T copies[sizeof...(K)][P::size];
  const T* from[] = {x[K]...};
  ((step[K] == 0 ? (P(xsimd::batch<T, Arch>(*x[K])).store(copies[K]), void(from[K] = copies[K])) : void()), ...);
  run_long(op, n, from, step, out, operands);
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
