// Random tensors of more distributions than uniform() and normal() (creation.h), and what is drawn with the probabilities in
// a tensor.  All are constants that a key determines: the same on every compiler and any number of threads.  Refusals are
// those of array/distributions.h.
#pragma once
#include <cstdint>

#include "../../array/distributions.h"
#include "../../base/export.h"
#include "../tensor.h"

namespace gradus {

/// Waiting times of the mean `scale`.
[[nodiscard]] GRADUS_API Tensor exponential(const Shape& shape, double scale, const Key& key,
                                            DType dtype = DType::float64);
/// Density proportional to x^(concentration − 1) e^(−x/scale).
[[nodiscard]] GRADUS_API Tensor gamma(const Shape& shape, double concentration, double scale, const Key& key,
                                      DType dtype = DType::float64);
/// Density proportional to x^(a − 1)(1 − x)^(b − 1) in [0, 1].
[[nodiscard]] GRADUS_API Tensor beta(const Shape& shape, double a, double b, const Key& key,
                                     DType dtype = DType::float64);
/// Numbers of rare events, `rate` in the mean.
[[nodiscard]] GRADUS_API Tensor poisson(const Shape& shape, double rate, const Key& key, DType dtype = DType::float64);
/// The normal distribution where it is in [low, high], as PyTorch's trunc_normal_; JAX's has mean 0 and deviation 1.
[[nodiscard]] GRADUS_API Tensor truncated_normal(const Shape& shape, double mean, double deviation, double low,
                                                 double high, const Key& key, DType dtype = DType::float64);

/// One place for each row of logits along an axis, with the probabilities softmax(logits).  Logits that are traced are
/// refused (GraphError).
[[nodiscard]] GRADUS_API Indices categorical(const Tensor& logits, const Key& key, Axis axis = -1);
/// How often each outcome comes up in n trials with the probabilities along the last axis, as NumPy counts them.
[[nodiscard]] GRADUS_API Tensor multinomial(std::int64_t n, const Tensor& probabilities, const Key& key);
/// x with the entries along an axis in an order of which each is equally likely; gradients follow.  Throws ShapeError for a
/// bad axis.
[[nodiscard]] GRADUS_API Tensor shuffle(const Tensor& x, const Key& key, Axis axis = 0);

}  // namespace gradus
