// Convolutional layers, as PyTorch's.  Weights and biases start uniform in ±√(6 / (k · (in + out))) (Glorot and Bengio
// 2010; k places in the kernel, channels of one group in and out) and at 0.
#pragma once
#include <cstdint>

#include "../../autograd/tensor/ops/convolution.h"
#include "../initial_key.h"
#include "weighted.h"

namespace gradus::nn {

struct ConvLayerOptions {
  Pair stride{1};
  Padding padding{0};
  Pair dilation{1};
  std::int64_t groups = 1;
  bool bias = true;
};

/// y = W ∗ x + b along one axis: x [n, in_channels, length] or without n, W [out_channels, in_channels / groups, kernel].
class GRADUS_API Conv1d : public Weighted<Conv1d> {
 public:
  /// Throws ValueError unless the numbers of channels and groups and the kernel are at least 1.
  Conv1d(std::int64_t in_channels, std::int64_t out_channels, std::int64_t kernel_size,
         const ConvLayerOptions& options = {}, const Key& key = next_initial_key());
  [[nodiscard]] std::string kind() const override { return "Conv1d"; }

 protected:
  Tensor forward(const Tensor& x) override;

 private:
  ConvOptions options_;
};

/// The same over images [n, in_channels, height, width].
class GRADUS_API Conv2d : public Weighted<Conv2d> {
 public:
  /// Throws as Conv1d does.
  Conv2d(std::int64_t in_channels, std::int64_t out_channels, Pair kernel_size, const ConvLayerOptions& options = {},
         const Key& key = next_initial_key());
  [[nodiscard]] std::string kind() const override { return "Conv2d"; }

 protected:
  Tensor forward(const Tensor& x) override;

 private:
  ConvOptions options_;
};

struct ConvTransposeLayerOptions {
  Pair stride{1};
  Pair padding{0};
  Pair output_padding{0};
  std::int64_t groups = 1;
  bool bias = true;
  Pair dilation{1};
};

/// y = W ∗ᵀ x + b: what is the gradient of a convolution, as a layer.  W [in_channels, out_channels / groups, kernel].
class GRADUS_API ConvTranspose1d : public Weighted<ConvTranspose1d> {
 public:
  /// Throws as Conv1d does.
  ConvTranspose1d(std::int64_t in_channels, std::int64_t out_channels, std::int64_t kernel_size,
                  const ConvTransposeLayerOptions& options = {}, const Key& key = next_initial_key());
  [[nodiscard]] std::string kind() const override { return "ConvTranspose1d"; }

 protected:
  Tensor forward(const Tensor& x) override;

 private:
  ConvTransposeOptions options_;
};

/// The same over images.
class GRADUS_API ConvTranspose2d : public Weighted<ConvTranspose2d> {
 public:
  /// Throws as Conv1d does.
  ConvTranspose2d(std::int64_t in_channels, std::int64_t out_channels, Pair kernel_size,
                  const ConvTransposeLayerOptions& options = {}, const Key& key = next_initial_key());
  [[nodiscard]] std::string kind() const override { return "ConvTranspose2d"; }

 protected:
  Tensor forward(const Tensor& x) override;

 private:
  ConvTransposeOptions options_;
};

}  // namespace gradus::nn
