// The list of all elementwise ops.  A new op is one struct in the table and one entry here: its kernels, pullback,
// second derivative, forward mode, label, name in the expression language and self-test follow.
#pragma once
#include <cstddef>
#include <type_traits>
#include <utility>

#include "autograd/math/activations.h"
#include "autograd/math/binary_functions.h"
#include "autograd/math/piecewise_activations.h"
#include "autograd/math/selection.h"
#include "autograd/math/smooth_activations.h"

namespace gradus {

template <class... Op>
struct OpList {
  static constexpr std::size_t size = sizeof...(Op);
};

using Elementwise = OpList<Add, Sub, Mul, Div, Neg, ScaledDifference, ChainProduct, GateProduct,              //
                           Flat, Sign, Abs, Floor, Ceil, Round,                                               //
                           Power, Square, Reciprocal, Sqrt, Rsqrt, Cbrt,                                      //
                           Exp, Exp2, Expm1, ExpDifference, Log, Log2, Log10, Log1p,                          //
                           Sin, Cos, Tan, AsinSlope, Asin, Acos, AtanSlope, Atan,                             //
                           Sinh, Cosh, Sech2, Tanh, AsinhSlope, Asinh, AcoshSlope, Acosh, AtanhSlope, Atanh,  //
                           Gaussian, Erf, Erfc,                                                               //
                           Less, LessEqual, Greater, GreaterEqual, Equal, NotEqual,                           //
                           Where, GreaterShare, Maximum, Minimum, Between, Clamp,                             //
                           Pow, PowDerivative, Atan2, ComplexInverse, Hypot, HypotSlope, LogAddExp, LogAddExpShare,
                           LogAddExpBend, XLogY,                                                                      //
                           Identity, Step, Relu, SigmoidSlope, Sigmoid,                                               //
                           LeakyRelu, Relu6, Elu, Selu, Celu, CeluSlope, Softsign, HardSigmoid, HardTanh, HardSwish,  //
                           Softplus, SoftplusSlope, LogSigmoid, SigmoidSlopeRoot, Silu, SiluSlope, Mish, MishSlope,   //
                           Gelu, GeluSlope, NormalDensity, GeluTanh, GeluTanhSlope>;

/// Calls f(op) for a default-made op of each type in the list.
template <class F, class... Op>
constexpr void for_each_op(OpList<Op...>, F&& f) {
  (f(Op{}), ...);
}

/// The same for every op whose place in the list is Part modulo Parts: large tables are compiled in parts.
template <std::size_t Part, std::size_t Parts, class F, class... Op>
constexpr void for_each_op_of_part(OpList<Op...>, F&& f) {
  const auto visit = [&]<std::size_t K, class O>(std::integral_constant<std::size_t, K>, std::type_identity<O>) {
    if constexpr (K % Parts == Part) f(O{});
  };
  [&]<std::size_t... K>(std::index_sequence<K...>) {
    (visit(std::integral_constant<std::size_t, K>{}, std::type_identity<Op>{}), ...);
  }
  (std::index_sequence_for<Op...>{});
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
