// Tensors from a few words: constants, which variable() and parameter() make differentiable.  float64 unless asked
// otherwise.  Numbers of one's own: Tensor{{1, 2}, {3, 4}}, Tensor(vector), Tensor(shape, numbers).
#pragma once
#include <cstdint>

#include "../../array/random.h"
#include "../../base/export.h"
#include "../tensor.h"

namespace gradus {

[[nodiscard]] GRADUS_API Tensor zeros(const Shape& shape, DType dtype = DType::float64);
[[nodiscard]] GRADUS_API Tensor ones(const Shape& shape, DType dtype = DType::float64);
/// One number, over and over.
[[nodiscard]] GRADUS_API Tensor full(const Shape& shape, double number, DType dtype = DType::float64);
/// A matrix with ones on its diagonal, square unless told otherwise.  Throws ShapeError for a negative size.
[[nodiscard]] GRADUS_API Tensor eye(std::int64_t rows, DType dtype = DType::float64);
[[nodiscard]] GRADUS_API Tensor eye(std::int64_t rows, std::int64_t columns, DType dtype = DType::float64);

/// Of the shape and dtype of another.
[[nodiscard]] GRADUS_API Tensor zeros_like(const Tensor& x);
[[nodiscard]] GRADUS_API Tensor ones_like(const Tensor& x);
[[nodiscard]] GRADUS_API Tensor full_like(const Tensor& x, double number);

/// start, start + step, start + 2 · step, … before stop.  Throws ValueError for a step of 0 and for what is not finite.
[[nodiscard]] GRADUS_API Tensor arange(double start, double stop, double step = 1.0, DType dtype = DType::float64);
/// 0, 1, 2, … before stop.
[[nodiscard]] GRADUS_API Tensor arange(double stop, DType dtype = DType::float64);
/// Numbers at equal distances, both ends included.  Throws ValueError for a negative count and for what is not finite.
[[nodiscard]] GRADUS_API Tensor linspace(double start, double stop, std::int64_t count = 50,
                                         DType dtype = DType::float64);
/// base to the power of those.
[[nodiscard]] GRADUS_API Tensor logspace(double start, double stop, std::int64_t count = 50, double base = 10.0,
                                         DType dtype = DType::float64);

/// Numbers spread evenly over [low, high), both rounded to the dtype; all equal to low where the two are equal.
/// Throws ValueError unless low <= high and both are finite.
[[nodiscard]] GRADUS_API Tensor uniform(const Shape& shape, double low, double high, const Key& key,
                                        DType dtype = DType::float64);
/// Numbers of the normal distribution, rounded to the dtype at the end.  Element i depends on the key and i alone: a
/// longer tensor starts with the same numbers.  Throws ValueError unless mean and deviation are finite and the deviation
/// is not negative.
[[nodiscard]] GRADUS_API Tensor normal(const Shape& shape, double mean, double deviation, const Key& key,
                                       DType dtype = DType::float64);
/// 1 with probability p, else 0: where `uniform` would be below p.  Throws ValueError unless 0 <= p <= 1.
[[nodiscard]] GRADUS_API Tensor bernoulli(const Shape& shape, double p, const Key& key, DType dtype = DType::float64);

}  // namespace gradus
