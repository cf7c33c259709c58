#include "nn/initialise.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <string_view>
#include <vector>

#include "autograd/base/error.h"

namespace gradus::nn::init {

namespace {

struct Fans {
  double in;
  double out;
};

Fans fans_of(std::string_view name, const Shape& shape) {
  if (shape.rank() < 2) {
    throw ShapeError(fmt::format("[{}] a weight has two axes at least, not {}", name, to_string(shape)));
  }
  double window = 1.0;
  for (int k = 2; k < shape.rank(); ++k) window *= static_cast<double>(shape[k]);
  return {static_cast<double>(shape[1]) * window, static_cast<double>(shape[0]) * window};
}

void require_matrix(std::string_view name, const Shape& shape) {
  if (shape.rank() == 2) return;
  throw ShapeError(fmt::format("[{}] a matrix has two axes, not {}", name, to_string(shape)));
}

// Even numbers of this variance: ±√(3 σ²).
Array uniform_of(const Shape& shape, double variance, const Key& key, DType dtype) {
  const double limit = std::sqrt(3.0 * variance);
  return uniform_array(shape, -limit, limit, key, dtype);
}

Array normal_of(const Shape& shape, double variance, const Key& key, DType dtype) {
  return normal_array(shape, 0.0, std::sqrt(variance), key, dtype);
}

Array array_of(const Shape& shape, const std::vector<double>& numbers, DType dtype) {
  return Array(shape, std::span<const double>(numbers)).to(dtype);
}

// Φ(x)
double share_below(double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }

// In a fixed order, whatever the machine.
double dot_of(std::span<const double> a, std::span<const double> b) {
  std::array<double, 8> sums{};
  for (std::size_t i = 0; i < a.size(); ++i) sums[i % 8] += a[i] * b[i];
  return ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
}

// Makes each row of a matrix orthogonal to those before, twice over, so that it is so to the last digits (Gram and
// Schmidt; Giraud, Langou and Rozložník 2005), and of length 1.
void make_orthonormal(std::span<double> numbers, std::size_t length) {
  const auto row = [&](std::size_t i) { return numbers.subspan(i * length, length); };
  for (std::size_t i = 0; i * length < numbers.size(); ++i) {
    for (int pass = 0; pass < 2; ++pass) {
      for (std::size_t j = 0; j < i; ++j) {
        const double along = dot_of(row(i), row(j));
        for (std::size_t k = 0; k < length; ++k) row(i)[k] -= along * row(j)[k];
      }
    }
    const double norm = std::sqrt(dot_of(row(i), row(i)));
    for (double& x : row(i)) x /= norm;
  }
}

}  // namespace

Array constant(const Shape& shape, double value, DType dtype) { return Array::full(shape, value, dtype); }

Array uniform(const Shape& shape, const Key& key, double low, double high, DType dtype) {
  return uniform_array(shape, low, high, key, dtype);
}

Array normal(const Shape& shape, const Key& key, double mean, double deviation, DType dtype) {
  return normal_array(shape, mean, deviation, key, dtype);
}

Array truncated_normal(const Shape& shape, const Key& key, double mean, double deviation, double low, double high,
                       DType dtype) {
  if (!(low < high && deviation > 0.0 && std::isfinite(mean) && std::isfinite(deviation))) {
    throw ValueError(
        fmt::format("[truncated_normal] mean {}, deviation {}, between {} and {}: they must be finite, the "
                    "deviation above 0, and the bounds ascend",
                    mean, deviation, low, high));
  }
  const double inside = share_below((high - mean) / deviation) - share_below((low - mean) / deviation);
  if (!(inside >= 1e-3)) {
    throw ValueError(
        fmt::format("[truncated_normal] the part {:.2g} of the numbers lies between {} and {}: it must be one "
                    "in a thousand at least",
                    inside, low, high));
  }
  std::vector<double> numbers(static_cast<std::size_t>(shape.size()));
  std::size_t found = 0;
  for (std::uint64_t round = 0; found < numbers.size(); ++round) {
    const auto lacking = static_cast<std::int64_t>(numbers.size() - found);
    for (const double x : normal_array({lacking}, mean, deviation, key.part(round)).to_vector()) {
      if (x >= low && x <= high) numbers[found++] = x;
    }
  }
  return array_of(shape, numbers, dtype);
}

// σ² = 2 gain²/(fan in + fan out)
Array glorot_uniform(const Shape& shape, const Key& key, double gain, DType dtype) {
  const Fans fan = fans_of("glorot_uniform", shape);
  return uniform_of(shape, 2.0 * gain * gain / (fan.in + fan.out), key, dtype);
}

Array glorot_normal(const Shape& shape, const Key& key, double gain, DType dtype) {
  const Fans fan = fans_of("glorot_normal", shape);
  return normal_of(shape, 2.0 * gain * gain / (fan.in + fan.out), key, dtype);
}

// σ² = 2/fan in
Array he_uniform(const Shape& shape, const Key& key, DType dtype) {
  return uniform_of(shape, 2.0 / fans_of("he_uniform", shape).in, key, dtype);
}

Array he_normal(const Shape& shape, const Key& key, DType dtype) {
  return normal_of(shape, 2.0 / fans_of("he_normal", shape).in, key, dtype);
}

// σ² = 1/fan in
Array lecun_uniform(const Shape& shape, const Key& key, DType dtype) {
  return uniform_of(shape, 1.0 / fans_of("lecun_uniform", shape).in, key, dtype);
}

Array lecun_normal(const Shape& shape, const Key& key, DType dtype) {
  return normal_of(shape, 1.0 / fans_of("lecun_normal", shape).in, key, dtype);
}

Array orthogonal(const Shape& shape, const Key& key, double gain, DType dtype) {
  fans_of("orthogonal", shape);
  const std::int64_t rows = shape[0];
  const std::int64_t columns = rows == 0 ? 0 : shape.size() / rows;
  const bool wide = rows <= columns;
  std::vector<double> numbers =
      normal_array({std::min(rows, columns), std::max(rows, columns)}, 0.0, 1.0, key).to_vector();
  make_orthonormal(numbers, static_cast<std::size_t>(std::max(rows, columns)));
  for (double& x : numbers) x *= gain;
  const Array found = array_of({std::min(rows, columns), std::max(rows, columns)}, numbers, dtype);
  return (wide ? found : found.permute(std::array{1, 0}).packed()).reshape(shape);
}

Array identity(const Shape& shape, double gain, DType dtype) {
  require_matrix("identity", shape);
  std::vector<double> numbers(static_cast<std::size_t>(shape.size()));
  for (std::int64_t i = 0; i < std::min(shape[0], shape[1]); ++i) {
    numbers[static_cast<std::size_t>(i * shape[1] + i)] = gain;
  }
  return array_of(shape, numbers, dtype);
}

Array sparse(const Shape& shape, double sparsity, const Key& key, double deviation, DType dtype) {
  require_matrix("sparse", shape);
  if (!(sparsity >= 0.0 && sparsity <= 1.0)) {
    throw ValueError(fmt::format("[sparse] the part that is 0 is {}: it must be from 0 to 1", sparsity));
  }
  std::vector<double> numbers = normal_array(shape, 0.0, deviation, key.part(0)).to_vector();
  const auto none = static_cast<std::int64_t>(std::ceil(sparsity * static_cast<double>(shape[0])));
  for (std::int64_t j = 0; j < shape[1]; ++j) {
    const Indices order = permutation(shape[0], key.part(static_cast<std::uint64_t>(j) + 1));
    for (std::int64_t i = 0; i < none; ++i) numbers[static_cast<std::size_t>(order[i] * shape[1] + j)] = 0.0;
  }
  return array_of(shape, numbers, dtype);
}

}  // namespace gradus::nn::init
