// The backward pass: one walk over the records, newest first.
#pragma once
#include <span>
#include <vector>

#include "../base/export.h"
#include "../tensor/tensor.h"

namespace gradus {

/// The gradient of one-element `y` with respect to each of `x` (leaves or intermediate results): a constant tensor of
/// that shape, zeros where y does not depend on it (K15).  No leaf's .grad() changes.
/// Throws GraphError when y has more than one element, when it was not recorded (it is a constant, or recording was off:
/// zeros would hide that), or when an x is empty.
[[nodiscard]] GRADUS_API std::vector<Tensor> grad(const Tensor& y, std::span<const Tensor> x);
[[nodiscard]] GRADUS_API std::vector<Tensor> grad(const Tensor& y, std::initializer_list<Tensor> x);

/// The same by one tensor.
[[nodiscard]] GRADUS_API Tensor grad(const Tensor& y, const Tensor& x);

/// The gradient of Σ seed · y.  Throws ShapeError when the seed's shape is not y's.
[[nodiscard]] GRADUS_API std::vector<Tensor> grad(const Tensor& y, std::span<const Tensor> x, const Array& seed);
[[nodiscard]] GRADUS_API Tensor grad(const Tensor& y, const Tensor& x, const Array& seed);

/// The gradient of Σₖ Σ seeds[k] · y[k] in one walk: several outputs, each with a seed of its shape.  Throws GraphError
/// unless there is a seed for each output, ShapeError when the shapes of one differ.
[[nodiscard]] GRADUS_API std::vector<Tensor> grad(std::span<const Tensor> y, std::span<const Tensor> x,
                                                  std::span<const Array> seeds);
[[nodiscard]] GRADUS_API std::vector<Tensor> grad(std::initializer_list<Tensor> y, std::initializer_list<Tensor> x,
                                                  std::initializer_list<Array> seeds);

/// The same, recorded: the result can be differentiated again.  A gradient that depends on nothing, that of a linear
/// function, is a variable of its own then, whose gradient by x is zeros.
[[nodiscard]] GRADUS_API std::vector<Tensor> recorded_grad(const Tensor& y, std::span<const Tensor> x);
[[nodiscard]] GRADUS_API std::vector<Tensor> recorded_grad(const Tensor& y, std::initializer_list<Tensor> x);
[[nodiscard]] GRADUS_API Tensor recorded_grad(const Tensor& y, const Tensor& x);
[[nodiscard]] GRADUS_API std::vector<Tensor> recorded_grad(const Tensor& y, std::span<const Tensor> x,
                                                           const Tensor& seed);
[[nodiscard]] GRADUS_API Tensor recorded_grad(const Tensor& y, const Tensor& x, const Tensor& seed);
[[nodiscard]] GRADUS_API std::vector<Tensor> recorded_grad(std::span<const Tensor> y, std::span<const Tensor> x,
                                                           std::span<const Tensor> seeds);

namespace detail {

/// The same, with zeros where nothing was recorded: for functions that may well be constant.
GRADUS_API std::vector<Tensor> grad_or_zeros(std::span<const Tensor> y, std::span<const Tensor> x,
                                             std::span<const Array> seeds);
GRADUS_API std::vector<Tensor> recorded_grad_or_zeros(std::span<const Tensor> y, std::span<const Tensor> x,
                                                      std::span<const Tensor> seeds);
GRADUS_API std::vector<Tensor> grad_or_zeros(const Tensor& y, std::span<const Tensor> x);
GRADUS_API std::vector<Tensor> recorded_grad_or_zeros(const Tensor& y, std::span<const Tensor> x);

}  // namespace detail

/// Adds the gradient of Σₖ Σ seeds[k] · y[k] to every leaf the tensors were computed from, in one walk: as
/// Tensor::backward does for one.  Throws what grad() throws, and GraphError when a tensor was not recorded.
GRADUS_API void backward(std::span<const Tensor> y, std::span<const Array> seeds);
GRADUS_API void backward(std::initializer_list<Tensor> y, std::initializer_list<Array> seeds);

/// Whether y was computed from x in a way that is recorded.
[[nodiscard]] GRADUS_API bool connected(const Tensor& y, const Tensor& x);

}  // namespace gradus
