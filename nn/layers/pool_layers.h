// Layers that make images smaller, larger or flat, as PyTorch's.
#pragma once
#include <cstdint>

#include "../../autograd/tensor/ops/pooling.h"
#include "../module.h"

namespace gradus::nn {

/// The largest number of each window, as max_pool1d: x [n, c, length] or without n.
class GRADUS_API MaxPool1d : public Cloneable<MaxPool1d> {
 public:
  explicit MaxPool1d(std::int64_t kernel_size, const MaxPoolOptions& options = {});
  [[nodiscard]] std::string kind() const override { return "MaxPool1d"; }

 protected:
  Tensor forward(const Tensor& x) override;

 private:
  std::int64_t kernel_size_;
  MaxPoolOptions options_;
};

/// The same over images, as max_pool2d.
class GRADUS_API MaxPool2d : public Cloneable<MaxPool2d> {
 public:
  explicit MaxPool2d(Pair kernel_size, const MaxPoolOptions& options = {});
  [[nodiscard]] std::string kind() const override { return "MaxPool2d"; }

 protected:
  Tensor forward(const Tensor& x) override;

 private:
  Pair kernel_size_;
  MaxPoolOptions options_;
};

/// The mean of each window, as avg_pool1d.
class GRADUS_API AvgPool1d : public Cloneable<AvgPool1d> {
 public:
  explicit AvgPool1d(std::int64_t kernel_size, const AvgPoolOptions& options = {});
  [[nodiscard]] std::string kind() const override { return "AvgPool1d"; }

 protected:
  Tensor forward(const Tensor& x) override;

 private:
  std::int64_t kernel_size_;
  AvgPoolOptions options_;
};

/// The same over images, as avg_pool2d.
class GRADUS_API AvgPool2d : public Cloneable<AvgPool2d> {
 public:
  explicit AvgPool2d(Pair kernel_size, const AvgPoolOptions& options = {});
  [[nodiscard]] std::string kind() const override { return "AvgPool2d"; }

 protected:
  Tensor forward(const Tensor& x) override;

 private:
  Pair kernel_size_;
  AvgPoolOptions options_;
};

/// The axes from start_dim to end_dim as one: [n, c, h, w] becomes [n, c·h·w].
class GRADUS_API Flatten : public Cloneable<Flatten> {
 public:
  explicit Flatten(Axis start_dim = 1, Axis end_dim = -1) : start_dim_(start_dim), end_dim_(end_dim) {}
  [[nodiscard]] std::string kind() const override { return "Flatten"; }

 protected:
  Tensor forward(const Tensor& x) override;

 private:
  Axis start_dim_, end_dim_;
};

enum class UpsampleMode : std::uint8_t { nearest, linear };

/// x [n, c, length] or [n, c, height, width] a whole number of times larger: each number several times (nearest), or
/// what lies between them on straight lines (linear: PyTorch's "linear" and "bilinear", with align_corners = False).
class GRADUS_API Upsample : public Cloneable<Upsample> {
 public:
  /// Throws ValueError unless the factor is at least 1.
  explicit Upsample(Pair scale_factor, UpsampleMode mode = UpsampleMode::nearest);
  [[nodiscard]] std::string kind() const override { return "Upsample"; }

 protected:
  Tensor forward(const Tensor& x) override;

 private:
  Pair scale_factor_;
  UpsampleMode mode_;
};

}  // namespace gradus::nn
