// Between tensors and Scalars: always by name, never by itself.
#pragma once
#include <cstdint>
#include <functional>
#include <span>

#include "../base/export.h"
#include "../differentiate/custom_op.h"
#include "../tensor/tensor.h"
#include "scalar.h"

namespace gradus {

namespace ops {

/// f of every element: f is a generic lambda of one to three numbers, written with operators and Gradus' functions.  It
/// runs on whole arrays, and the result is differentiable to any order.
template <class F, class... X>
[[nodiscard]] Tensor map(F f, const Tensor& x, const X&... more) {
  return custom_op<"map">(std::move(f))(x, more...);
}

}  // namespace ops

/// Element `index`, in row-major order, as a variable on the innermost tape.  The tensor's graph does not know of it.
/// Throws ShapeError for an index outside the tensor, GraphError when no tape is open.
[[nodiscard]] GRADUS_API Scalar read_scalar(const Tensor& x, std::int64_t index = 0);
/// The value of a Scalar as a 0-d tensor, a constant of the tensor's graph.
[[nodiscard]] GRADUS_API Tensor to_tensor(const Scalar& x);

/// A function in plain loops.
using ScalarFunction = std::function<Scalar(std::span<const Scalar>)>;
/// f of the elements of x, in row-major order, as one op of the tensor's graph: f runs once on a tape of its own, whose
/// gradient is the op's.  It is differentiable once: throws GraphError, on the way back, where a gradient of a gradient
/// goes through it (scalars::hessian and scalars::hvp take a generic f).
[[nodiscard]] GRADUS_API Tensor on_tape(const ScalarFunction& f, const Tensor& x);

}  // namespace gradus
