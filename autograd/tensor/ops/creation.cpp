#include "autograd/tensor/ops/creation.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <string_view>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/tensor/trace.h"

namespace gradus {

namespace {

void require_finite_ends(double start, double stop, std::string_view op) {
  if (std::isfinite(start) && std::isfinite(stop)) return;
  throw ValueError(fmt::format("[{}] {} to {} is not a finite range", op, start, stop));
}

Tensor row_of(const std::vector<double>& numbers, DType dtype) {
  return Tensor(Array(Shape{static_cast<std::int64_t>(numbers.size())}, numbers).to(dtype));
}

std::vector<double> spaced(double start, double stop, std::int64_t count, std::string_view op) {
  require_finite_ends(start, stop, op);
  if (count < 0) throw ValueError(fmt::format("[{}] {} is no count of numbers", op, count));
  const Shape shape{count};  // so many are allowed
  std::vector<double> out;
  out.reserve(static_cast<std::size_t>(shape.size()));
  const auto gaps = static_cast<double>(count - 1);
  const double wide = (stop - start) / gaps;
  const double step = std::isfinite(wide) ? wide : stop / gaps - start / gaps;
  for (std::int64_t i = 0; i < count; ++i) {
    // From the nearer end: symmetric, and exact at both.
    const auto k = static_cast<double>(i);
    out.push_back(2 * i < count ? start + step * k : stop - step * (gaps - k));
  }
  if (count == 1) out[0] = start;
  return out;
}

}  // namespace

Tensor zeros(const Shape& shape, DType dtype) { return full(shape, 0.0, dtype); }
Tensor ones(const Shape& shape, DType dtype) { return full(shape, 1.0, dtype); }
Tensor full(const Shape& shape, double number, DType dtype) { return Tensor(Array::full(shape, number, dtype)); }

Tensor eye(std::int64_t rows, DType dtype) { return eye(rows, rows, dtype); }

Tensor eye(std::int64_t rows, std::int64_t columns, DType dtype) {
  Array out = Array::zeros({rows, columns}, dtype);
  dispatch(dtype, [&](auto zero) {
    auto* to = out.mutable_data<decltype(zero)>();
    for (std::int64_t i = 0; i < rows && i < columns; ++i) to[i * columns + i] = 1;
  });
  return Tensor(std::move(out));
}

Tensor zeros_like(const Tensor& x) { return full_like(x, 0.0); }
Tensor ones_like(const Tensor& x) { return full_like(x, 1.0); }
Tensor full_like(const Tensor& x, double number) { return full(x.shape(), number, x.dtype()); }

Tensor arange(double start, double stop, double step, DType dtype) {
  require_finite_ends(start, stop, "arange");
  if (step == 0.0 || !std::isfinite(step)) throw ValueError(fmt::format("[arange] {} is no step", step));
  const double count = std::fmax(std::ceil((stop - start) / step), 0.0);
  if (count > static_cast<double>(std::numeric_limits<std::int64_t>::max() / 16)) {
    throw ShapeError(fmt::format("[arange] {} to {} by {} are too many numbers", start, stop, step));
  }
  const Shape shape{static_cast<std::int64_t>(count)};
  std::vector<double> numbers;
  numbers.reserve(static_cast<std::size_t>(shape.size()));
  for (std::int64_t i = 0; i < shape.size(); ++i) numbers.push_back(start + static_cast<double>(i) * step);
  return row_of(numbers, dtype);
}

Tensor arange(double stop, DType dtype) { return arange(0.0, stop, 1.0, dtype); }

Tensor linspace(double start, double stop, std::int64_t count, DType dtype) {
  return row_of(spaced(start, stop, count, "linspace"), dtype);
}

Tensor logspace(double start, double stop, std::int64_t count, double base, DType dtype) {
  std::vector<double> numbers = spaced(start, stop, count, "logspace");
  for (double& x : numbers) x = std::pow(base, x);
  return row_of(numbers, dtype);
}

Tensor uniform(const Shape& shape, double low, double high, const Key& key, DType dtype) {
  return detail::drawn(key, [=](const Key& k) { return uniform_array(shape, low, high, k, dtype); });
}
Tensor normal(const Shape& shape, double mean, double deviation, const Key& key, DType dtype) {
  return detail::drawn(key, [=](const Key& k) { return normal_array(shape, mean, deviation, k, dtype); });
}
Tensor bernoulli(const Shape& shape, double p, const Key& key, DType dtype) {
  return detail::drawn(key, [=](const Key& k) { return bernoulli_array(shape, p, k, dtype); });
}

}  // namespace gradus
