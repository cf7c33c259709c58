// Layers whose heart is z = x·Wᵀ + b.
#pragma once
#include <cstdint>
#include <initializer_list>
#include <span>

#include "../activation.h"
#include "../initial_key.h"
#include "weighted.h"

namespace gradus::nn {

struct LinearOptions {
  bool bias = true;
};

/// z = x·Wᵀ + b for x of shape [..., inputs], W [outputs, inputs], b [outputs]: a row of W for each output, as linear()
/// and PyTorch keep it.
/// W starts uniform in ±√(6/(inputs+outputs)) (Glorot and Bengio 2010), b at 0.
class GRADUS_API Linear : public Weighted<Linear> {
 public:
  /// Throws ValueError unless both sizes are at least 1.
  Linear(std::int64_t inputs, std::int64_t outputs, const LinearOptions& options, const Key& key = next_initial_key());
  Linear(std::int64_t inputs, std::int64_t outputs, const Key& key = next_initial_key())
      : Linear(inputs, outputs, LinearOptions{}, key) {}
  [[nodiscard]] std::string kind() const override { return "Linear"; }

 protected:
  Tensor forward(const Tensor& x) override;
};

/// zₖ = x₁ᵀ·Wₖ·x₂ + bₖ for x₁ [..., inputs1] and x₂ [..., inputs2], which it is called with: W [outputs, inputs1, inputs2].
/// W starts uniform in ±1/√inputs1, b at 0.
class GRADUS_API Bilinear : public Weighted<Bilinear> {
 public:
  /// Throws ValueError unless all sizes are at least 1.
  Bilinear(std::int64_t inputs1, std::int64_t inputs2, std::int64_t outputs, const LinearOptions& options = {},
           const Key& key = next_initial_key());
  [[nodiscard]] Tensor operator()(const Tensor& x1, const Tensor& x2) const;
  [[nodiscard]] std::string kind() const override { return "Bilinear"; }
};

/// Linear and an activation after it, as one layer: a = f(x·Wᵀ + b).
class GRADUS_API Layer : public Weighted<Layer> {
 public:
  /// Throws ValueError unless both sizes are at least 1, and for an empty activation.
  Layer(std::int64_t inputs, std::int64_t outputs, Activation activation, const Key& key = next_initial_key());
  [[nodiscard]] std::string kind() const override { return "Layer"; }

 protected:
  Tensor forward(const Tensor& x) override;

 private:
  Activation activation_;
};

/// One neuron: a = f(x·wᵀ + b) for x of shape [batch, inputs] and w [1, inputs]; a is [batch, 1].  With the identity as f
/// and the mean squared error it is linear regression.  It starts as Linear does.
class GRADUS_API Perceptron : public Weighted<Perceptron> {
 public:
  /// Throws as Layer does.
  explicit Perceptron(std::int64_t inputs, Activation activation = ops::identity<Tensor>,
                      const Key& key = next_initial_key());
  [[nodiscard]] std::string kind() const override { return "Perceptron"; }

 protected:
  Tensor forward(const Tensor& x) override;

 private:
  Activation activation_;
};

/// tanh, as a value: the name alone is ambiguous to whoever has included <valarray>.
inline Tensor tanh_of(const Tensor& x) { return tanh(x); }

/// A multilayer perceptron: linear layers with an activation after each but the last, which has its own.
class GRADUS_API MLP : public Cloneable<MLP> {
 public:
  /// `sizes` are the widths from input to output: {2, 16, 16, 1}.  Throws ValueError for fewer than two.
  explicit MLP(std::span<const std::int64_t> sizes, Activation hidden = tanh_of,
               Activation output = ops::identity<Tensor>, const Key& key = next_initial_key());
  MLP(std::initializer_list<std::int64_t> sizes, Activation hidden = tanh_of, Activation output = ops::identity<Tensor>,
      const Key& key = next_initial_key())
      : MLP(std::span<const std::int64_t>(sizes.begin(), sizes.size()), std::move(hidden), std::move(output), key) {}
  [[nodiscard]] std::string kind() const override { return "MLP"; }

 protected:
  Tensor forward(const Tensor& x) override { return run_parts(x); }
};

}  // namespace gradus::nn
