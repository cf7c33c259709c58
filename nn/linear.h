// Layers whose heart is z = x·Wᵀ + b.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "../autograd/array/random.h"
#include "activation.h"
#include "initial_key.h"
#include "module.h"

namespace gradus::nn {

/// z = x·Wᵀ + b for x of shape [..., inputs], W [outputs, inputs], b [outputs]: a row of W for each output, as linear()
/// and PyTorch keep it.
/// W starts uniform in ±√(6/(inputs+outputs)) (Glorot and Bengio 2010), b at 0.
class GRADUS_API Linear : public Cloneable<Linear> {
 public:
  /// Throws ValueError unless both sizes are at least 1.
  Linear(std::int64_t inputs, std::int64_t outputs, const Key& key = next_initial_key(), DType dtype = DType::float64);

  [[nodiscard]] Tensor weight() const { return tensor("weight"); }
  [[nodiscard]] Tensor bias() const { return tensor("bias"); }
  /// z alone, as part of whatever module is being computed.
  [[nodiscard]] Tensor affine(const Tensor& x) const;
  [[nodiscard]] std::string kind() const override { return "Linear"; }
  [[nodiscard]] std::string note() const override;

 protected:
  Tensor forward(const Tensor& x) override;
};

/// One neuron: a = f(x·wᵀ + b) for x of shape [batch, inputs] and w [1, inputs]; a is [batch, 1].  With the identity as f and the mean
/// squared error it is linear regression.
class GRADUS_API Perceptron : public Module {
 public:
  explicit Perceptron(std::int64_t inputs, Activation activation = identity<Tensor>,
                      const Key& key = next_initial_key(), DType dtype = DType::float64);

  [[nodiscard]] Tensor weight() const { return linear_->weight(); }
  [[nodiscard]] Tensor bias() const { return linear_->bias(); }
  [[nodiscard]] std::string kind() const override { return "Perceptron"; }
  [[nodiscard]] std::string note() const override { return linear_->note(); }

 protected:
  Tensor forward(const Tensor& x) override;

 private:
  std::shared_ptr<Linear> linear_;
  Activation activation_;
};

/// tanh, as a value: the name alone is ambiguous to whoever has included <valarray>.
inline Tensor tanh_of(const Tensor& x) { return tanh(x); }

/// A multilayer perceptron: linear layers with an activation after each but the last, which has its own.
class GRADUS_API MLP : public Module {
 public:
  /// `sizes` are the widths from input to output: {2, 16, 16, 1}.  Throws ValueError for fewer than two.
  explicit MLP(std::span<const std::int64_t> sizes, Activation hidden = tanh_of, Activation output = identity<Tensor>,
               const Key& key = next_initial_key(), DType dtype = DType::float64);
  MLP(std::initializer_list<std::int64_t> sizes, Activation hidden = tanh_of, Activation output = identity<Tensor>,
      const Key& key = next_initial_key(), DType dtype = DType::float64)
      : MLP(std::span<const std::int64_t>(sizes.begin(), sizes.size()), std::move(hidden), std::move(output), key,
            dtype) {}

  [[nodiscard]] std::string kind() const override { return "MLP"; }
  [[nodiscard]] std::string note() const override;

 protected:
  Tensor forward(const Tensor& x) override;

 private:
  std::vector<std::int64_t> sizes_;
};

}  // namespace gradus::nn
