// Whether an op with these attributes suits arguments of these shapes, and the shape of its result where that may be larger
// than they are.  For ops from files: the kernels behind them do not ask.
#pragma once
#include <fmt/format.h>

#include <array>
#include <optional>
#include <span>

#include "autograd/base/error.h"
#include "autograd/base/shape.h"
#include "autograd/tensor/ops/convolution.h"
#include "autograd/tensor/ops/diagonal.h"
#include "autograd/tensor/ops/indexing.h"
#include "autograd/tensor/ops/join_axes.h"
#include "autograd/tensor/ops/joining.h"
#include "autograd/tensor/ops/linear_algebra.h"
#include "autograd/tensor/ops/pooling.h"
#include "autograd/tensor/ops/reductions.h"
#include "autograd/tensor/ops/softmax.h"
#include "autograd/tensor/ops/structural.h"
#include "autograd/tensor/passed.h"
#include "autograd/tensor/rule.h"

namespace gradus::detail {

using Shapes = std::span<const Shape>;

// Each throws ShapeError or ValueError, naming the op, for attributes that do not suit the arguments.
[[nodiscard]] std::optional<Shape> result_shape(const Broadcast& op, Shapes x);
[[nodiscard]] std::optional<Shape> result_shape(const Reshape& op, Shapes x);
[[nodiscard]] std::optional<Shape> result_shape(const MatMul& op, Shapes x);
[[nodiscard]] std::optional<Shape> result_shape(const CrossEntropy& op, Shapes x);
[[nodiscard]] std::optional<Shape> result_shape(const CumSum& op, Shapes x);
[[nodiscard]] std::optional<Shape> result_shape(const CumProd& op, Shapes x);
[[nodiscard]] std::optional<Shape> result_shape(const DiagonalMatrix& op, Shapes x);
[[nodiscard]] std::optional<Shape> result_shape(const Diagonal& op, Shapes x);
[[nodiscard]] std::optional<Shape> matrices_shape(std::string_view op, Shapes x);
template <bool upper>
[[nodiscard]] std::optional<Shape> result_shape(const Triangle<upper>&, Shapes x) {
  return matrices_shape(Triangle<upper>::name, x);
}
[[nodiscard]] std::optional<Shape> result_shape(const JoinAxes& op, Shapes x);
[[nodiscard]] std::optional<Shape> result_shape(const SplitAxes& op, Shapes x);
[[nodiscard]] std::optional<Shape> result_shape(const Concat& op, Shapes x);
[[nodiscard]] std::optional<Shape> result_shape(const Pad& op, Shapes x);
[[nodiscard]] std::optional<Shape> result_shape(const Extract& op, Shapes x);
[[nodiscard]] std::optional<Shape> result_shape(const Convolve& op, Shapes x);
[[nodiscard]] std::optional<Shape> result_shape(const ConvolveBiased& op, Shapes x);
[[nodiscard]] std::optional<Shape> result_shape(const ConvolveInput& op, Shapes x);
[[nodiscard]] std::optional<Shape> result_shape(const ConvolveWeight& op, Shapes x);
[[nodiscard]] std::optional<Shape> result_shape(const MaxPool& op, Shapes x);
[[nodiscard]] std::optional<Shape> result_shape(const AvgPool& op, Shapes x);

/// Elements found by index: a Lookup was checked when it was made.
template <bool pointwise>
[[nodiscard]] std::optional<Shape> result_shape(const Gather<pointwise>& op, Shapes x) {
  return op.lookup.shape(x[0]);
}
template <bool pointwise>
[[nodiscard]] std::optional<Shape> result_shape(const ScatterAdd<pointwise>& op, Shapes x) {
  const Shape found = op.lookup.shape(op.shape);
  if (found != x[0]) {
    throw ShapeError(
        fmt::format("[{}] {} numbers do not suit indices for {}", op.name, to_string(x[0]), to_string(found)));
  }
  return op.shape;
}

/// Elementwise ops broadcast; what is left reduces or keeps the shape of its one argument, whose axes were checked.
template <class Op>
[[nodiscard]] std::optional<Shape> result_shape(const Op&, Shapes x) {
  if constexpr (Structural<Op>) {
    static_assert(Op::arity == 1);
    return std::nullopt;
  } else {
    Shape shape = x[0];
    for (const Shape& other : x.subspan(1)) shape = broadcast(shape, other, Op::name);
    return shape;
  }
}

}  // namespace gradus::detail
