#include "nn/layers/pool_layers.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
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
  std::vector<double> u;
  for (std::int64_t i = 0; i < factor * n; ++i) {
    // Places are the middles of what a number covers; beyond the outermost ones it stays as it is there.
    const double place = (static_cast<double>(i) + 0.5) / static_cast<double>(factor) - 0.5;
    const double inside = std::clamp(place, 0.0, static_cast<double>(n - 1));
    for (std::int64_t j = 0; j < n; ++j) u.push_back(std::max(0.0, 1.0 - std::fabs(inside - static_cast<double>(j))));
  }
  return Array({factor * n, n}, u);
}

// One axis, `factor` times as long.
Tensor stretched(const Tensor& x, std::int64_t factor, Axis axis, UpsampleMode mode) {
  if (mode == UpsampleMode::nearest) return repeat_interleave(x, factor, axis);
  // y = U·x along the axis
  const Tensor u = beside(x, interpolation(x.size(axis), factor), "U");
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
