#include "nn/layers/pool_layers.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/tensor/ops/joining.h"
#include "autograd/tensor/ops/linear_algebra.h"
#include "autograd/tensor/ops/reshape.h"
#include "nn/layers/layer_parts.h"

namespace gradus::nn {

namespace {

// U [factor · n, n]: each number of U·x lies on the line between the two of x whose places are next to its own.
Array interpolation(std::int64_t n, std::int64_t factor) {
  std::vector<double> u(static_cast<std::size_t>(factor * n * n));
  for (std::int64_t i = 0; i < factor * n; ++i) {
    const double place =
        std::clamp((static_cast<double>(i) + 0.5) / static_cast<double>(factor) - 0.5, 0.0, static_cast<double>(n - 1));
    const auto below = std::min(static_cast<std::int64_t>(place), n - 1);
    const double above = place - static_cast<double>(below);
    u[static_cast<std::size_t>(i * n + below)] = 1.0 - above;
    if (above > 0.0) u[static_cast<std::size_t>(i * n + below + 1)] = above;
  }
  return Array({factor * n, n}, u);
}

// One axis, `factor` times as long.
Tensor stretched(const Tensor& x, std::int64_t factor, Axis axis, UpsampleMode mode) {
  if (mode == UpsampleMode::nearest) return repeat_interleave(x, factor, axis);
  // y = U·x along the axis
  const Tensor u = beside(x, interpolation(x.size(axis), factor));
  return transpose(linear(transpose(x, axis, -1), u), axis, -1);
}

}  // namespace

MaxPool1d::MaxPool1d(std::int64_t kernel_size, const MaxPoolOptions& options)
    : kernel_size_(kernel_size), options_(options) {
  set_sizes(fmt::format("window {}", kernel_size));
}
// y = the largest of each window
Tensor MaxPool1d::forward(const Tensor& x) { return max_pool1d(x, kernel_size_, options_); }

MaxPool2d::MaxPool2d(Pair kernel_size, const MaxPoolOptions& options) : kernel_size_(kernel_size), options_(options) {
  set_sizes("window " + written(kernel_size));
}
// y = the largest of each window
Tensor MaxPool2d::forward(const Tensor& x) { return max_pool2d(x, kernel_size_, options_); }

AvgPool1d::AvgPool1d(std::int64_t kernel_size, const AvgPoolOptions& options)
    : kernel_size_(kernel_size), options_(options) {
  set_sizes(fmt::format("window {}", kernel_size));
}
// y = the mean of each window
Tensor AvgPool1d::forward(const Tensor& x) { return avg_pool1d(x, kernel_size_, options_); }

AvgPool2d::AvgPool2d(Pair kernel_size, const AvgPoolOptions& options) : kernel_size_(kernel_size), options_(options) {
  set_sizes("window " + written(kernel_size));
}
// y = the mean of each window
Tensor AvgPool2d::forward(const Tensor& x) { return avg_pool2d(x, kernel_size_, options_); }

Tensor Flatten::forward(const Tensor& x) { return flatten(x, start_dim_, end_dim_); }

Upsample::Upsample(Pair scale_factor, UpsampleMode mode) : scale_factor_(scale_factor), mode_(mode) {
  check_sizes("upsample", {{"scale_factor", scale_factor.height}, {"scale_factor", scale_factor.width}});
  set_sizes("× " + written(scale_factor));
}

Tensor Upsample::forward(const Tensor& x) {
  const Tensor wide = stretched(x, scale_factor_.width, -1, mode_);
  return x.rank() < 4 ? wide : stretched(wide, scale_factor_.height, -2, mode_);
}

}  // namespace gradus::nn
