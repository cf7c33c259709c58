// The ops that Elementwise (math/ops.h) does not have: files, the taking apart of arrays and the tests of every op walk
// these lists.  A new structural op is named here.  Declarations alone: who needs the structs includes every_op.h.
#pragma once
#include "autograd/math/ops.h"

namespace gradus {

enum class Extreme : bool;
struct Broadcast;
struct Cast;
struct Mean;
struct Permute;
struct Reshape;
struct Sum;
struct CumProd;
struct CumSum;
template <Extreme>
struct ExtremeOf;
struct Norm;
struct Prod;
struct Std;
struct Var;
struct CrossEntropy;
struct LogSoftmax;
struct LogSumExp;
struct Softmax;
struct Diagonal;
struct DiagonalMatrix;
struct JoinAxes;
struct MatMul;
struct SplitAxes;
template <bool>
struct Triangle;
struct Concat;
struct Extract;
template <bool>
struct Gather;
struct Pad;
template <bool>
struct ScatterAdd;
struct AvgPool;
struct Convolve;
struct ConvolveBiased;
struct ConvolveInput;
struct ConvolveWeight;
struct MaxPool;
struct Passed;
// What serves the derivatives of those above.
struct Anchored;
struct AvgPoolSpread;
struct Centered;
struct CrossEntropyPullback;
struct CrossEntropySlope;
struct ExtremeShares;
struct LogSoftmaxPullback;
struct MaxPoolSpread;
struct MaxPoolTake;
struct OtherProducts;
struct Recurrence;
struct Shift;
struct SoftmaxPullback;

/// All ops that rearrange or combine whole arrays.
using StructuralOps =
    OpList<Broadcast, Reshape, Permute, Cast, Sum, Mean, Passed,                                       //
           Prod, ExtremeOf<Extreme(0)>, ExtremeOf<Extreme(1)>, Var, Std, Norm, CumSum, CumProd,        //
           Softmax, LogSoftmax, LogSumExp, CrossEntropy,                                               //
           MatMul, DiagonalMatrix, Diagonal, Triangle<true>, Triangle<false>, SplitAxes, JoinAxes,     //
           Concat, Pad, Extract, Gather<false>, Gather<true>, ScatterAdd<false>, ScatterAdd<true>,     //
           Convolve, ConvolveBiased, ConvolveInput, ConvolveWeight, MaxPool, AvgPool,                  //
           Anchored, AvgPoolSpread, Centered, CrossEntropyPullback, CrossEntropySlope, ExtremeShares,  //
           LogSoftmaxPullback, MaxPoolSpread, MaxPoolTake, OtherProducts, Recurrence, Shift, SoftmaxPullback>;

struct AbsPower;
struct Bce;
struct BceLogit;
struct BceLogitsSlope;
struct BceReciprocal;
struct BceSlope;
struct BceWithLogits;
struct DivOrZero;
struct Huber;
struct HuberBend;
struct HuberSlope;
struct KlTerm;
struct LogOrZero;

/// Elementwise ops that have no kernels for each instruction set: those behind the losses and norms.
using LossOps =
    OpList<Huber, Bce, BceWithLogits, KlTerm,  //
           AbsPower, BceLogit, BceLogitsSlope, BceReciprocal, BceSlope, DivOrZero, HuberBend, HuberSlope, LogOrZero>;

}  // namespace gradus
