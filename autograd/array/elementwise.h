// Any elementwise op on arrays: broadcasting, promotion and one pass over memory.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "../math/pullback.h"
#include "array.h"
#include "kernels.h"

namespace gradus {

namespace detail {

// The loop for an op that is not in the list, compiled where it is used: one number at a time.
template <class Op, class T>
void plain_kernel(const void* op, std::int64_t n, const void* const* in, const std::int64_t* step, void* out) {
  for (std::int64_t i = 0; i < n; ++i) {
    [&]<std::size_t... K>(std::index_sequence<K...>) {
      static_cast<T*>(out)[i] = bind(*static_cast<const Op*>(op), static_cast<const T*>(in[K])[i * step[K]]...);
    }
    (std::make_index_sequence<static_cast<std::size_t>(Op::arity)>{});
  }
}

template <class Op>
struct KernelsOf {
  static const PerType<ElementwiseKernel>& get() {
    if constexpr (is_listed<Op>) {
      return kernels().value[index_of<Op>];
    } else {
      static constexpr PerType<ElementwiseKernel> plain{&plain_kernel<Op, float>, &plain_kernel<Op, double>};
      return plain;
    }
  }
};
template <class Op, int I>
requires is_listed<Op>
struct KernelsOf<Pullback<Op, I>> {
  static const PerType<ElementwiseKernel>& get() { return kernels().pullback[index_of<Op>][I]; }
};

/// The most operands an elementwise op or its pullback may have.
inline constexpr std::size_t max_operands = 5;

/// Runs a kernel over operands of one dtype that broadcast together.  Throws ShapeError, naming `op`.
GRADUS_API Array run_elementwise(std::string_view name, const void* op, const PerType<ElementwiseKernel>& kernel,
                                 std::span<const Array* const> in);

/// The dtype the op works in: that of the arrays, float64 when they differ.
template <class... X>
DType common_dtype(const X&... x) {
  ResultType type;
  const auto look = [&](const auto& a) {
    if constexpr (!Constant<std::remove_cvref_t<decltype(a)>>) type.add(a.dtype(), a.rank());
  };
  (look(x), ...);
  return type.get();
}

/// An array as it is, or what a C++ number or an array of another type becomes.
class ArrayOperand {
 public:
  ArrayOperand(const Array& x, DType dtype) : array_(&x) {
    if (x.dtype() != dtype) {
      converted_ = x.to(dtype);
      array_ = &converted_;
    }
  }
  template <Constant C>
  ArrayOperand(const C& c, DType dtype)
      : converted_(Array::scalar(static_cast<double>(c), dtype)), array_(&converted_) {}
  ArrayOperand(const ArrayOperand&) = delete;
  ArrayOperand& operator=(const ArrayOperand&) = delete;
  [[nodiscard]] const Array* get() const noexcept { return array_; }

 private:
  Array converted_;
  const Array* array_;
};

/// The same, written over the numbers of `reuse`, which has the result's shape and dtype and no other owner.
GRADUS_API void run_elementwise_into(const void* op, const PerType<ElementwiseKernel>& kernel,
                                     std::span<const Array* const> in, Array& reuse);

/// The same for 0-d operands.  An exact op needs no kernel: one number at a time gives the same bits.
template <class Op, std::size_t N>
void run_single(const Op& op, const std::array<const Array*, N>& in, Array& out) {
  if constexpr (Op::exact) {
    [&]<std::size_t... K>(std::index_sequence<K...>) {
      if (out.dtype() == DType::float64) {
        *out.mutable_data<double>() = op.value(*in[K]->template data<double>()...);
      } else {
        *out.mutable_data<float>() = static_cast<float>(op.value(*in[K]->template data<float>()...));
      }
    }
    (std::make_index_sequence<N>{});
  } else {
    std::array<const void*, N> from{};
    constexpr std::array<std::int64_t, N> step{};
    for (std::size_t k = 0; k < N; ++k) from[k] = in[k]->bytes();
    KernelsOf<Op>::get()[static_cast<std::size_t>(out.dtype())](&op, 1, from.data(), step.data(), out.mutable_bytes());
  }
}

/// One pass over operands of one dtype; single numbers take a short way.
template <class Op, std::size_t N>
Array run_op(const Op& op, const std::array<const Array*, N>& in) {
  static_assert(N <= max_operands);
  bool single = true;
  for (const Array* a : in) single = single && a->rank() == 0;
  if (!single) return run_elementwise(Op::name, &op, KernelsOf<Op>::get(), in);
  Array out = Array::uninitialized_scalar(in[0]->dtype());
  run_single(op, in, out);
  return out;
}

}  // namespace detail

template <class Op, class... X>
Array Array::interpret(const Op& op, const X&... x) {
  const DType dtype = detail::common_dtype(x...);
  const detail::ArrayOperand operands[] = {{x, dtype}...};
  std::array<const Array*, sizeof...(X)> in{};
  for (std::size_t k = 0; k < in.size(); ++k) in[k] = operands[k].get();
  return detail::run_op(op, in);
}

namespace detail {

/// run_op that writes over the first operand where nobody else holds its numbers.
template <class Op, std::size_t N>
Array run_op_over(const Op& op, Array&& first, const std::array<const Array*, N>& in) {
  if (!first.unique() || !first.contiguous()) return run_op(op, in);
  if (first.rank() == 0) {
    run_single(op, in, first);
  } else {
    run_elementwise_into(&op, KernelsOf<Op>::get(), in, first);
  }
  return std::move(first);
}

}  // namespace detail

}  // namespace gradus
