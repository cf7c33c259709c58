// First numbers of weights.  Each is drawn by the key given: the same key gives the same bits, on every compiler and number
// of threads.  A weight is [outputs, inputs] or, of a convolution, [outputs, inputs, …]: each output sees inputs·… numbers,
// its fan in, and each input is seen by outputs·…, its fan out.
#pragma once
#include <cstdint>

#include "../autograd/array/random.h"

namespace gradus::nn::init {

/// All equal.
[[nodiscard]] GRADUS_API Array constant(const Shape& shape, double value, DType dtype = DType::float64);

/// Evenly in [low, high).  Throws as uniform_array does.
[[nodiscard]] GRADUS_API Array uniform(const Shape& shape, const Key& key, double low = 0.0, double high = 1.0,
                                       DType dtype = DType::float64);

/// Throws as normal_array does.
[[nodiscard]] GRADUS_API Array normal(const Shape& shape, const Key& key, double mean = 0.0, double deviation = 1.0,
                                      DType dtype = DType::float64);

/// The normal distribution between `low` and `high`: what lies outside is drawn again.  Throws ValueError unless
/// low < high, mean and deviation are finite, the deviation is above 0, and one in a thousand numbers lies there.
[[nodiscard]] GRADUS_API Array truncated_normal(const Shape& shape, const Key& key, double mean = 0.0,
                                                double deviation = 1.0, double low = -2.0, double high = 2.0,
                                                DType dtype = DType::float64);

// The variance of each layer's numbers is kept from the input to the loss and back.  They throw ShapeError for fewer than
// two axes.

/// Variance 2·gain²/(fan in + fan out), for tanh and sigmoid.  Glorot and Bengio 2010: PyTorch's xavier_uniform_.
[[nodiscard]] GRADUS_API Array glorot_uniform(const Shape& shape, const Key& key, double gain = 1.0,
                                              DType dtype = DType::float64);
[[nodiscard]] GRADUS_API Array glorot_normal(const Shape& shape, const Key& key, double gain = 1.0,
                                             DType dtype = DType::float64);
/// Variance 2/fan in, for relu.  He, Zhang, Ren and Sun 2015: PyTorch's kaiming_uniform_ with nonlinearity='relu'.
[[nodiscard]] GRADUS_API Array he_uniform(const Shape& shape, const Key& key, DType dtype = DType::float64);
[[nodiscard]] GRADUS_API Array he_normal(const Shape& shape, const Key& key, DType dtype = DType::float64);
/// Variance 1/fan in, for selu and where there is no activation.  LeCun, Bottou, Orr and Müller 1998.
[[nodiscard]] GRADUS_API Array lecun_uniform(const Shape& shape, const Key& key, DType dtype = DType::float64);
[[nodiscard]] GRADUS_API Array lecun_normal(const Shape& shape, const Key& key, DType dtype = DType::float64);

/// Rows of length `gain` at right angles to one another, or columns where there are more rows; what follows the first axis
/// counts as one.  Each such matrix is equally likely.  Saxe, McClelland and Ganguli 2014.  Throws ShapeError for fewer
/// than two axes.
[[nodiscard]] GRADUS_API Array orthogonal(const Shape& shape, const Key& key, double gain = 1.0,
                                          DType dtype = DType::float64);

/// 1 on the diagonal, else 0.  Throws ShapeError unless there are two axes.
[[nodiscard]] GRADUS_API Array identity(const Shape& shape, double gain = 1.0, DType dtype = DType::float64);

/// Normal numbers, but for the part `sparsity` of each column, which is 0.  Martens 2010.  Throws ShapeError unless there
/// are two axes, ValueError unless 0 <= sparsity <= 1.
[[nodiscard]] GRADUS_API Array sparse(const Shape& shape, double sparsity, const Key& key, double deviation = 0.01,
                                      DType dtype = DType::float64);

}  // namespace gradus::nn::init
