#include "nn/layers/layer_parts.h"

#include <fmt/format.h>

#include <cmath>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/tensor/ops/structural.h"

namespace gradus::nn {

void check_sizes(std::string_view layer, std::initializer_list<NamedSize> sizes) {
  for (const auto& [name, size] : sizes) {
    if (size < 1) throw ValueError(fmt::format("[{}] {} is {}: it must be at least 1", layer, name, size));
  }
}

double probability(double p, std::string_view layer) {
  if (!(p >= 0.0 && p <= 1.0))
    throw ValueError(fmt::format("[{}] the probability is {}: it must be in [0, 1]", layer, p));
  return p;
}

Array zeros_of(const Shape& shape) { return Array::zeros(shape, DType::float64); }
Array filled(const Shape& shape, double number) { return Array::full(shape, number, DType::float64); }

Array within(double limit, const Shape& shape, const Key& key) { return uniform_array(shape, -limit, limit, key); }

Array glorot(const Shape& shape, const Key& key) {
  double places = 1.0;
  for (int k = 2; k < shape.rank(); ++k) places *= static_cast<double>(shape[k]);
  return within(std::sqrt(6.0 / (places * static_cast<double>(shape[0] + shape[1]))), shape, key);
}

Tensor beside(const Tensor& x, const Array& constant, const std::string& name) {
  return Tensor(constant.to(x.dtype()), name);
}

Tensor beside(const Tensor& x, const Tensor& tensor) { return cast(tensor, x.dtype()); }

Tensor per_channel(const Tensor& w, const Tensor& x) {
  if (!w.defined()) return w;
  std::vector<std::int64_t> sizes(static_cast<std::size_t>(x.rank()) - 1, 1);
  sizes[0] = w.size();
  return reshape(w, Shape(sizes));
}

std::string written(const Pair& pair) {
  return pair.height == pair.width ? fmt::format("{}", pair.height) : fmt::format("{} × {}", pair.height, pair.width);
}

}  // namespace gradus::nn
