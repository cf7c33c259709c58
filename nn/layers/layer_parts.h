// What layers share: how parameters start, and constants beside an input.  Inside the library only.
#pragma once
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "autograd/array/random.h"
#include "autograd/tensor/ops/window_options.h"
#include "autograd/tensor/tensor.h"

namespace gradus::nn {

struct NamedSize {
  std::string_view name;
  std::int64_t size;
};
/// p itself.  Throws ValueError, naming the layer, unless 0 <= p <= 1.
double probability(double p, std::string_view layer);
/// Throws ValueError, naming the layer, unless each is at least 1.
void check_sizes(std::string_view layer, std::initializer_list<NamedSize> sizes);

Array zeros_of(const Shape& shape);
Array filled(const Shape& shape, double number);
/// Uniform in ±limit.
Array within(double limit, const Shape& shape, const Key& key);
/// Uniform in ±√(6 / (fan in + fan out)) (Glorot and Bengio 2010) for a weight [out, in, …] whose further axes are places.
Array glorot(const Shape& shape, const Key& key);

/// A constant of an input's type, and what drawings call it.
Tensor beside(const Tensor& x, const Array& constant, const std::string& name);
/// A tensor as one of an input's type.
Tensor beside(const Tensor& x, const Tensor& tensor);
/// One number for each channel, w [c], laid along axis 1 of x [n, c, …]; nothing where there is no w.
Tensor per_channel(const Tensor& w, const Tensor& x);

/// "3 × 3", or "3" when both are one number.
std::string written(const Pair& pair);

}  // namespace gradus::nn
