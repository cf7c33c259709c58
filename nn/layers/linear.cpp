#include "nn/layers/linear.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <cmath>
#include <utility>

#include "autograd/base/error.h"
#include "autograd/tensor/ops/einsum.h"
#include "autograd/tensor/ops/linear_algebra.h"
#include "nn/layers/layer_parts.h"

namespace gradus::nn {

namespace {

void check(const Activation& activation, std::string_view layer) {
  if (!activation) throw ValueError(fmt::format("[{}] the activation is empty: it holds no function", layer));
}

// W [outputs, inputs], drawn input by input.
Array linear_weight(std::int64_t inputs, std::int64_t outputs, const Key& key) {
  check_sizes("linear", {{"inputs", inputs}, {"outputs", outputs}});
  return glorot({inputs, outputs}, key).permute(std::array{1, 0}).packed();
}

// A linear map and its activation, drawn as one layer.
class Layer : public Cloneable<Layer> {
 public:
  Layer(std::int64_t inputs, std::int64_t outputs, Activation activation, std::size_t number, const Key& key)
      : activation_(std::move(activation)) {
    check(activation_, "mlp");
    set_sizes(fmt::format("{} → {}", inputs, outputs));
    add_parameter("weight", linear_weight(inputs, outputs, key), fmt::format("W{}", number));
    add_parameter("bias", zeros_of({outputs}), fmt::format("b{}", number));
  }
  [[nodiscard]] std::string kind() const override { return "Layer"; }

 protected:
  // a = f(x·Wᵀ + b)
  Tensor forward(const Tensor& x) override { return activation_(linear(x, tensor("weight"), tensor("bias"))); }

 private:
  Activation activation_;
};

}  // namespace

Linear::Linear(std::int64_t inputs, std::int64_t outputs, const LinearOptions& options, const Key& key) {
  set_sizes(fmt::format("{} → {}", inputs, outputs));
  add_parameter("weight", linear_weight(inputs, outputs, key), "W");
  if (options.bias) add_parameter("bias", zeros_of({outputs}), "b");
}

// z = x·Wᵀ + b
Tensor Linear::forward(const Tensor& x) { return linear(x, tensor("weight"), tensor("bias")); }

Bilinear::Bilinear(std::int64_t inputs1, std::int64_t inputs2, std::int64_t outputs, const LinearOptions& options,
                   const Key& key) {
  check_sizes("bilinear", {{"inputs1", inputs1}, {"inputs2", inputs2}, {"outputs", outputs}});
  set_sizes(fmt::format("{}, {} → {}", inputs1, inputs2, outputs));
  const double limit = 1.0 / std::sqrt(static_cast<double>(inputs1));
  add_parameter("weight", within(limit, {outputs, inputs1, inputs2}, key), "W");
  if (options.bias) add_parameter("bias", zeros_of({outputs}), "b");
}

Tensor Bilinear::operator()(const Tensor& x1, const Tensor& x2) const {
  return called([&] {
    // zₖ = Σᵢⱼ x₁ᵢ Wₖᵢⱼ x₂ⱼ + bₖ
    const Tensor z = einsum("...i,kij,...j->...k", {x1, tensor("weight"), x2});
    return tensor("bias").defined() ? z + tensor("bias") : z;
  });
}

Perceptron::Perceptron(std::int64_t inputs, Activation activation, const Key& key)
    : activation_(std::move(activation)) {
  check(activation_, "perceptron");
  set_sizes(fmt::format("{} → 1", inputs));
  add_parameter("weight", linear_weight(inputs, 1, key), "w");
  add_parameter("bias", zeros_of({1}), "b");
}

// a = f(x·wᵀ + b)
Tensor Perceptron::forward(const Tensor& x) { return activation_(linear(x, tensor("weight"), tensor("bias"))); }

MLP::MLP(std::span<const std::int64_t> sizes, Activation hidden, Activation output, const Key& key) {
  if (sizes.size() < 2) throw ValueError(fmt::format("[mlp] two sizes at least are needed, got {}", sizes.size()));
  set_sizes(fmt::format("{}", fmt::join(sizes, " → ")));
  for (std::size_t k = 1; k < sizes.size(); ++k) {
    const Activation& activation = k + 1 == sizes.size() ? output : hidden;
    add_part(fmt::format("layer{}", k), std::make_shared<Layer>(sizes[k - 1], sizes[k], activation, k, key.part(k)));
  }
}

}  // namespace gradus::nn
