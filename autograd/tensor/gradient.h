// The backward pass: one walk over the records, newest first.
#pragma once
#include <span>
#include <vector>

#include "autograd/base/export.h"
#include "autograd/tensor/tensor.h"

namespace gradus {

/// The gradient of one-element `y` with respect to each of `x` (leaves or intermediate results): a constant tensor of
/// that shape, zeros where y does not depend on it (K15).  No leaf's .grad() changes.
/// Throws GraphError when y has more than one element or an x is empty.
[[nodiscard]] GRADUS_API std::vector<Tensor> grad(const Tensor& y, std::span<const Tensor> x);
[[nodiscard]] GRADUS_API std::vector<Tensor> grad(const Tensor& y, std::initializer_list<Tensor> x);

/// The gradient of Σ seed · y.  Throws ShapeError when the seed's shape is not y's.
[[nodiscard]] GRADUS_API std::vector<Tensor> grad(const Tensor& y, std::span<const Tensor> x, const Array& seed);

/// The same, recorded: the result can be differentiated again.
[[nodiscard]] GRADUS_API std::vector<Tensor> recorded_grad(const Tensor& y, std::span<const Tensor> x);
[[nodiscard]] GRADUS_API std::vector<Tensor> recorded_grad(const Tensor& y, std::initializer_list<Tensor> x);
[[nodiscard]] GRADUS_API std::vector<Tensor> recorded_grad(const Tensor& y, std::span<const Tensor> x,
                                                           const Tensor& seed);

/// Whether y was computed from x in a way that is recorded.
[[nodiscard]] GRADUS_API bool connected(const Tensor& y, const Tensor& x);

}  // namespace gradus
