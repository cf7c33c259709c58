// Random numbers of more distributions.  Each is made of a stream of its own, that of its place: the same key gives the same
// bits on every compiler, machine and number of threads, and a longer array starts with the same numbers.  As tensors:
// tensor/ops/sampling.h.
#pragma once
#include <cstdint>

#include "random.h"

namespace gradus {

/// Whole numbers in [low, high), each equally likely.  Throws ValueError unless low < high.
GRADUS_API Indices randint(const Shape& shape, std::int64_t low, std::int64_t high, const Key& key);

/// Waiting times of the mean `scale`: the density is e^(−x/scale)/scale.  Throws ValueError unless scale is finite and not
/// negative.
GRADUS_API Array exponential_array(const Shape& shape, double scale, const Key& key, DType dtype = DType::float64);

/// The gamma distribution: the density is proportional to x^(concentration − 1) e^(−x/scale).  Throws ValueError unless
/// the concentration is positive and finite, and the scale finite and not negative.
GRADUS_API Array gamma_array(const Shape& shape, double concentration, double scale, const Key& key,
                             DType dtype = DType::float64);

/// The beta distribution: the density is proportional to x^(a − 1)(1 − x)^(b − 1) in [0, 1].  Throws ValueError unless both
/// are positive and finite.
GRADUS_API Array beta_array(const Shape& shape, double a, double b, const Key& key, DType dtype = DType::float64);

/// How many rare events there are, `rate` in the mean: whole numbers.  Throws ValueError unless 0 <= rate <= 1e15.
GRADUS_API Array poisson_array(const Shape& shape, double rate, const Key& key, DType dtype = DType::float64);

/// The normal distribution where it is in [low, high], of which either may be infinite.  Throws ValueError unless low < high,
/// the mean and the deviation are finite, and the deviation is positive.
GRADUS_API Array truncated_normal_array(const Shape& shape, double mean, double deviation, double low, double high,
                                        const Key& key, DType dtype = DType::float64);

/// For each row along an axis the number of one of its places, with the probability softmax(logits) has there.  Throws
/// ShapeError for a bad axis, ValueError for a row without a probability: empty, or with NaN, +∞ or −∞ alone.
GRADUS_API Indices categorical_places(const Array& logits, const Key& key, int axis = -1);

/// How often each outcome comes up in n trials, with the probabilities along the last axis.  Throws ShapeError for no axis,
/// ValueError for a negative n and for what are no probabilities with the sum 1 (to 1e-6).
GRADUS_API Array multinomial_array(std::int64_t n, const Array& probabilities, const Key& key);

}  // namespace gradus
