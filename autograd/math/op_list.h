// The list of all elementwise ops.  A new op is one struct in the table and one entry here: its kernels, pullback,
// second derivative, forward mode, label, name in the expression language and self-test follow.  The structs need not be
// known where only an op's place in the list is asked for; ops.h has them all.
#pragma once
#include <cstddef>

#include "shared_names.h"

namespace gradus {

template <class... Op>
struct OpList {
  static constexpr std::size_t size = sizeof...(Op);
};

// clang-format off
using Elementwise = OpList<
    struct Add, struct Sub, struct Mul, struct Div, struct Neg, struct ScaledDifference,
    struct ChainProduct, struct GateProduct,
    struct Flat, struct Sign, struct Abs, struct Floor, struct Ceil, struct Round, struct Trunc, struct Fmod, struct Mod,
    struct Power, struct Square, struct Reciprocal, struct Sqrt, struct Rsqrt, struct Cbrt,
    struct Exp, struct Exp2, struct Expm1, struct ExpDifference, struct Log, struct Log2, struct Log10, struct Log1p,
    struct Sin, struct Cos, struct Tan, struct AsinSlope, struct Asin, struct Acos, struct AtanSlope, struct Atan,
    struct Sinh, struct Cosh, struct Sech2, ops::Tanh, struct AsinhSlope, struct Asinh, struct AcoshSlope, struct Acosh,
    struct AtanhSlope, struct Atanh,
    struct Gaussian, struct Erf, struct Erfc,
    struct Less, struct LessEqual, struct Greater, struct GreaterEqual, struct Equal, struct NotEqual,
    struct Where, struct GreaterShare, struct Maximum, struct Minimum, struct Between, struct Clamp,
    struct Pow, struct PowDerivative, struct Atan2, struct ComplexInverse, struct Hypot, struct HypotSlope, struct LogAddExp,
    struct LogAddExpShare, struct LogAddExpBend, struct XLogY,
    ops::Identity, ops::Step, ops::Relu, struct SigmoidSlope, ops::Sigmoid,
    ops::LeakyRelu, ops::Relu6, ops::Elu, ops::Selu, ops::Celu, struct CeluSlope, ops::Softsign,
    ops::HardSigmoid, ops::HardTanh, ops::HardSwish,
    ops::Softplus, struct SoftplusSlope, ops::LogSigmoid, struct SigmoidSlopeRoot, ops::Silu, struct SiluSlope,
    ops::Mish, struct MishSlope,
    ops::Gelu, struct GeluSlope, struct NormalDensity, ops::GeluTanh, struct GeluTanhSlope, struct NormCdf,
    struct Logit,
    struct Erfinv, struct ErfinvSlope, struct Lgamma, struct Digamma, struct Polygamma, struct Tgamma, struct TgammaSlope,
    struct Sinc, struct SincDerivative, struct I0, struct I1, struct BesselRatio>;
// clang-format on

namespace detail {

template <class Op, class... Ops>
constexpr std::size_t position(OpList<Ops...>) {
  std::size_t k = 0;
  std::size_t found = sizeof...(Ops);
  ((__is_same(Op, Ops) ? found = k++ : k++), ...);  // the compiler's own: no template for every pair
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
