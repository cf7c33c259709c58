#include "nn/layers/norm_layers.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/tensor/ops/reductions.h"
#include "autograd/tensor/ops/reshape.h"
#include "nn/layers/layer_parts.h"

namespace gradus::nn {

namespace {

// x̂ = (x − μ) / √(σ² + ε)
Tensor normalized(const Tensor& x, const Tensor& mean, const Tensor& variance, double eps) {
  return (x - mean) / sqrt(variance + eps);
}

// y = γ·x̂ + β, where there are such
Tensor scaled(const Tensor& x, const Tensor& gamma, const Tensor& beta) {
  const Tensor y = gamma.defined() ? gamma * x : x;
  return beta.defined() ? y + beta : y;
}
Tensor scaled_channels(const Tensor& x, const Tensor& gamma, const Tensor& beta) {
  return gamma.defined() ? scaled(x, per_channel(gamma, x), per_channel(beta, x)) : x;
}

// The axes of x from `first` on.
Axes axes_from(int first, const Tensor& x) {
  std::vector<int> axes(static_cast<std::size_t>(std::max(x.rank() - first, 0)));
  std::iota(axes.begin(), axes.end(), first);
  return Axes(axes);
}

Axes all_but_channels(const Tensor& x) {
  std::vector<int> axes{0};
  for (int k = 2; k < x.rank(); ++k) axes.push_back(k);
  return Axes(axes);
}

// The axes that a shape stands for at the end of x.
Axes last_axes(const Shape& shape, const Tensor& x, std::string_view layer) {
  const auto count = shape.sizes().size(), rank = x.shape().sizes().size();
  if (count > rank || !std::ranges::equal(x.shape().sizes().last(count), shape.sizes())) {
    throw ShapeError(
        fmt::format("[{}] x [..., {}] is needed, got {}", layer, fmt::join(shape.sizes(), ", "), to_string(x.shape())));
  }
  return axes_from(x.rank() - shape.rank(), x);
}

// x [n, channels, …], as a layer of so many channels takes it.
void check_channels(const Tensor& x, std::int64_t channels, int rank, std::string_view layer) {
  if (x.rank() >= rank && x.size(1) == channels) return;
  throw ShapeError(fmt::format("[{}] x [n, {}{}] is needed, got {}", layer, channels, rank > 2 ? ", ..." : "",
                               to_string(x.shape())));
}

}  // namespace

LayerNorm::LayerNorm(const Shape& normalized_shape, const LayerNormOptions& options)
    : shape_(normalized_shape), eps_(options.eps) {
  set_sizes(to_string(shape_));
  if (options.elementwise_affine) add_parameter("weight", filled(shape_, 1.0), "γ");
  if (options.elementwise_affine && options.bias) add_parameter("bias", zeros_of(shape_), "β");
}

// y = γ · (x − μ) / √(σ² + ε) + β
Tensor LayerNorm::forward(const Tensor& x) {
  const Axes axes = last_axes(shape_, x, "layer_norm");
  return scaled(normalized(x, mean(x, axes, true), var(x, axes, true), eps_), tensor("weight"), tensor("bias"));
}

RMSNorm::RMSNorm(const Shape& normalized_shape, const RMSNormOptions& options)
    : shape_(normalized_shape), eps_(options.eps) {
  set_sizes(to_string(shape_));
  if (options.elementwise_affine) add_parameter("weight", filled(shape_, 1.0), "γ");
}

// y = γ · x / √(mean x² + ε)
Tensor RMSNorm::forward(const Tensor& x) {
  const Axes axes = last_axes(shape_, x, "rms_norm");
  return scaled(x / sqrt(mean(square(x), axes, true) + eps_), tensor("weight"), {});
}

GroupNorm::GroupNorm(std::int64_t num_groups, std::int64_t num_channels, const GroupNormOptions& options)
    : num_groups_(num_groups), num_channels_(num_channels), eps_(options.eps) {
  check_sizes("group_norm", {{"num_groups", num_groups}, {"num_channels", num_channels}});
  if (num_channels % num_groups != 0) {
    throw ValueError(fmt::format("[group_norm] {} groups do not divide {} channels", num_groups, num_channels));
  }
  set_sizes(fmt::format("{} channels in {} groups", num_channels, num_groups));
  if (options.affine) add_parameter("weight", filled({num_channels}, 1.0), "γ");
  if (options.affine) add_parameter("bias", zeros_of({num_channels}), "β");
}

// y = γ · (x − μ) / √(σ² + ε) + β
Tensor GroupNorm::forward(const Tensor& x) {
  check_channels(x, num_channels_, 2, "group_norm");
  const Tensor groups = reshape(x, {x.size(0), num_groups_, -1});
  return scaled_channels(reshape(normalized(groups, mean(groups, -1, true), var(groups, -1, true), eps_), x.shape()),
                         tensor("weight"), tensor("bias"));
}

InstanceNorm::InstanceNorm(std::int64_t num_features, const InstanceNormOptions& options)
    : num_features_(num_features), eps_(options.eps) {
  check_sizes("instance_norm", {{"num_features", num_features}});
  set_sizes(fmt::format("{} channels", num_features));
  if (options.affine) add_parameter("weight", filled({num_features}, 1.0), "γ");
  if (options.affine) add_parameter("bias", zeros_of({num_features}), "β");
}

// y = γ · (x − μ) / √(σ² + ε) + β
Tensor InstanceNorm::forward(const Tensor& x) {
  check_channels(x, num_features_, 3, "instance_norm");
  const Axes axes = axes_from(2, x);
  return scaled_channels(normalized(x, mean(x, axes, true), var(x, axes, true), eps_), tensor("weight"),
                         tensor("bias"));
}

BatchNorm::BatchNorm(std::int64_t num_features, const BatchNormOptions& options)
    : num_features_(num_features), options_(options) {
  check_sizes("batch_norm", {{"num_features", num_features}});
  set_sizes(fmt::format("{} channels", num_features));
  if (options.affine) add_parameter("weight", filled({num_features}, 1.0), "γ");
  if (options.affine) add_parameter("bias", zeros_of({num_features}), "β");
  if (!options.track_running_stats) return;
  add_buffer("running_mean", zeros_of({num_features}));
  add_buffer("running_var", filled({num_features}, 1.0));
  add_buffer("num_batches_tracked", zeros_of({}));
}

// y = γ · (x − μ) / √(σ² + ε) + β
Tensor BatchNorm::forward(const Tensor& x) {
  check_channels(x, num_features_, 2, "batch_norm");
  const bool of_batch = training() || !options_.track_running_stats;
  const Tensor mu = of_batch ? mean(x, all_but_channels(x)) : tensor("running_mean");
  const Tensor variance = of_batch ? var(x, all_but_channels(x)) : tensor("running_var");
  if (training()) remember(mu, variance, static_cast<double>(x.size() / num_features_));
  const Tensor y = normalized(x, per_channel(mu, x), per_channel(variance, x), options_.eps);
  return scaled_channels(y, tensor("weight"), tensor("bias"));
}

void BatchNorm::remember(const Tensor& mean, const Tensor& variance, double count) {
  if (count < 2.0) throw ValueError("[batch_norm] one number in each channel has no variance to be trained with");
  if (!options_.track_running_stats) return;
  const NoGrad no_grad;
  const Tensor batches = tensor("num_batches_tracked") + 1.0;
  const double share = options_.momentum ? *options_.momentum : 1.0 / batches.item();
  const auto update = [&](std::string_view name, const Tensor& of_batch) {
    set_buffer(name, (1.0 - share) * tensor(name) + share * of_batch);
  };
  set_buffer("num_batches_tracked", batches);
  update("running_mean", mean);
  update("running_var", variance * (count / (count - 1.0)));
}

}  // namespace gradus::nn
