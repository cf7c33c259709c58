// Layers that shift and scale their input to mean 0 and variance 1, as PyTorch's: x̂ = (x − μ) / √(σ² + ε), y = γ·x̂ + β.
// They differ in what μ and σ² are taken of.  γ starts at 1, β at 0.
#pragma once
#include <cstdint>
#include <optional>

#include "../module.h"

namespace gradus::nn {

struct LayerNormOptions {
  double eps = 1e-5;
  bool elementwise_affine = true;
  bool bias = true;
};

/// Of the last axes of each example, whose sizes are `normalized_shape`.
class GRADUS_API LayerNorm : public Cloneable<LayerNorm> {
 public:
  explicit LayerNorm(const Shape& normalized_shape, const LayerNormOptions& options = {});
  explicit LayerNorm(std::int64_t size, const LayerNormOptions& options = {}) : LayerNorm(Shape{size}, options) {}
  [[nodiscard]] std::string kind() const override { return "LayerNorm"; }

 protected:
  Tensor forward(const Tensor& x) override;

 private:
  Shape shape_;
  double eps_;
};

struct RMSNormOptions {
  double eps = 1e-6;
  bool elementwise_affine = true;
};

/// y = γ · x / √(mean x² + ε) over the last axes (Zhang and Sennrich 2019).
class GRADUS_API RMSNorm : public Cloneable<RMSNorm> {
 public:
  explicit RMSNorm(const Shape& normalized_shape, const RMSNormOptions& options = {});
  explicit RMSNorm(std::int64_t size, const RMSNormOptions& options = {}) : RMSNorm(Shape{size}, options) {}
  [[nodiscard]] std::string kind() const override { return "RMSNorm"; }

 protected:
  Tensor forward(const Tensor& x) override;

 private:
  Shape shape_;
  double eps_;
};

struct GroupNormOptions {
  double eps = 1e-5;
  bool affine = true;
};

/// Of each group of channels of each example: x [n, num_channels, …].
class GRADUS_API GroupNorm : public Cloneable<GroupNorm> {
 public:
  /// Throws ValueError unless the groups divide the channels.
  GroupNorm(std::int64_t num_groups, std::int64_t num_channels, const GroupNormOptions& options = {});
  [[nodiscard]] std::string kind() const override { return "GroupNorm"; }

 protected:
  Tensor forward(const Tensor& x) override;

 private:
  std::int64_t num_groups_, num_channels_;
  double eps_;
};

struct InstanceNormOptions {
  double eps = 1e-5;
  bool affine = false;
};

/// Of each channel of each example: x [n, num_features, …].
class GRADUS_API InstanceNorm : public Cloneable<InstanceNorm> {
 public:
  explicit InstanceNorm(std::int64_t num_features, const InstanceNormOptions& options = {});
  [[nodiscard]] std::string kind() const override { return "InstanceNorm"; }

 protected:
  Tensor forward(const Tensor& x) override;

 private:
  std::int64_t num_features_;
  double eps_;
};
using InstanceNorm1d = InstanceNorm;
using InstanceNorm2d = InstanceNorm;

struct BatchNormOptions {
  double eps = 1e-5;
  std::optional<double> momentum = 0.1;  ///< the share of a batch in the running statistics; none: all batches alike
  bool affine = true;
  bool track_running_stats = true;
};

/// Of each channel over the whole batch: x [n, num_features, …].  Once it is no longer trained (eval()), of all batches
/// that it was trained with: the buffers running_mean and running_var, which start at 0 and 1.
class GRADUS_API BatchNorm : public Cloneable<BatchNorm> {
 public:
  explicit BatchNorm(std::int64_t num_features, const BatchNormOptions& options = {});
  [[nodiscard]] std::string kind() const override { return "BatchNorm"; }

 protected:
  /// Throws ValueError while it is trained and a channel has a single number: its variance would be 0.
  Tensor forward(const Tensor& x) override;

 private:
  // Counts the mean and variance of a batch, `count` numbers in each channel, into the running ones.
  void remember(const Tensor& mean, const Tensor& variance, double count);

  std::int64_t num_features_;
  BatchNormOptions options_;
};
using BatchNorm1d = BatchNorm;
using BatchNorm2d = BatchNorm;

}  // namespace gradus::nn
