// The ops that Elementwise (math/op_list.h) does not have: files, the taking apart of arrays and the tests of every op walk
// these lists.  A new structural op is named here.  The structs need not be known: who needs them includes every_op.h.
#pragma once
#include "../../math/op_list.h"

namespace gradus {

enum class Extreme : bool;
template <Extreme>
struct ExtremeOf;
template <Extreme>
struct CumExtreme;
template <bool>
struct Gather;
template <bool>
struct ScatterAdd;
template <bool>
struct Triangle;

// clang-format off
/// All ops that rearrange or combine whole arrays; the last ones serve the derivatives of the others.
using StructuralOps = OpList<
    struct Broadcast, struct Reshape, struct Permute, struct Cast, struct Sum, struct Mean, struct Passed,
    struct Prod, ExtremeOf<Extreme(0)>, ExtremeOf<Extreme(1)>, struct Var, struct Std, struct Norm,
    struct CumSum, struct CumProd, CumExtreme<Extreme(0)>, CumExtreme<Extreme(1)>, struct Sort, struct TopK, struct Median, struct Quantile,
    struct Softmax, struct LogSoftmax, struct LogSumExp, struct CrossEntropy,
    struct MatMul, struct DiagonalMatrix, struct Diagonal, Triangle<true>, Triangle<false>, struct SplitAxes, struct JoinAxes,
    struct Cholesky, struct SolveTriangular, struct Solve, struct Inv, struct Det, struct LogAbsDet, struct DetSign,
    struct Qr, struct Eigh, struct Svd, struct Pinv, struct Expm,
    struct Concat, struct Pad, struct Extract, Gather<false>, Gather<true>, ScatterAdd<false>, ScatterAdd<true>,
    struct Convolve, struct ConvolveBiased, struct ConvolveInput, struct ConvolveWeight, struct MaxPool, struct AvgPool,
    struct Anchored, struct AvgPoolSpread, struct Centered, struct Cofactors, struct CofactorsAlong, struct CrossEntropyPullback, struct CrossEntropySlope,
    struct ExtremeShares, struct LogSoftmaxPullback, struct MaxPoolSpread, struct MaxPoolTake, struct Ordered, struct OtherProducts,
    struct Recurrence, struct RunningBack, struct RunningTaken, struct Shift, struct SoftmaxPullback, struct Unordered>;

/// Elementwise ops that have no kernels for each instruction set: those behind the losses and norms.
using LossOps = OpList<
    struct Huber, struct Bce, struct BceWithLogits, struct KlTerm, struct KlLogTerm,
    struct AbsPower, struct BceLogit, struct BceLogitsSlope, struct BceReciprocal, struct BceSlope, struct DivOrZero,
    struct HuberBend, struct HuberSlope, struct KlLogSlope, struct LogOrZero>;
// clang-format on

}  // namespace gradus
