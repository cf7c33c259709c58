// The list of all elementwise ops.  A new op is one struct in the table and one entry here: its kernels, pullback,
// second derivative, forward mode, label, name in the expression language and self-test follow.
#pragma once
#include <cstddef>
#include <type_traits>
#include <utility>

#include "autograd/math/activations.h"

namespace gradus {

template <class... Op>
struct OpList {
  static constexpr std::size_t size = sizeof...(Op);
};

using Elementwise = OpList<Add, Sub, Mul, Div, Neg, ChainProduct,        //
                           Exp, ExpDifference, Log, Power, Sech2, Tanh,  //
                           Identity, Step, Relu, SigmoidSlope, Sigmoid>;

/// Calls f(op) for a default-made op of each type in the list.
template <class F, class... Op>
constexpr void for_each_op(OpList<Op...>, F&& f) {
  (f(Op{}), ...);
}

namespace detail {

template <class Op, class... Ops>
constexpr std::size_t position(OpList<Ops...>) {
  std::size_t k = 0;
  std::size_t found = sizeof...(Ops);
  ((std::is_same_v<Op, Ops> ? found = k++ : k++), ...);
  return found;
}

}  // namespace detail

/// Whether the op has compiled kernels of its own.
template <class Op>
inline constexpr bool is_listed = detail::position<Op>(Elementwise{}) < Elementwise::size;

/// The op's place in the list.
template <class Op>
requires is_listed<Op>
inline constexpr std::size_t index_of = detail::position<Op>(Elementwise{});

}  // namespace gradus
