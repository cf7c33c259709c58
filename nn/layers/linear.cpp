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

Activation checked(Activation activation) {
  if (!activation) throw ValueError("[layer] the activation is empty: it holds no function");
  return activation;
}

// W [outputs, inputs], drawn input by input.
Array linear_weight(std::int64_t inputs, std::int64_t outputs, const Key& key) {
  check_sizes("linear", {{"inputs", inputs}, {"outputs", outputs}});
  return glorot({inputs, outputs}, key).permute(std::array{1, 0}).packed();
}

}  // namespace

Linear::Linear(std::int64_t inputs, std::int64_t outputs, const LinearOptions& options, const Key& key) {
  set_sizes(fmt::format("{} → {}", inputs, outputs));
  add_weight(linear_weight(inputs, outputs, key));
  add_bias(outputs, options.bias);
}

// z = x·Wᵀ + b
Tensor Linear::forward(const Tensor& x) { return linear(x, weight(), bias()); }

Bilinear::Bilinear(std::int64_t inputs1, std::int64_t inputs2, std::int64_t outputs, const LinearOptions& options,
                   const Key& key) {
  check_sizes("bilinear", {{"inputs1", inputs1}, {"inputs2", inputs2}, {"outputs", outputs}});
  set_sizes(fmt::format("{}, {} → {}", inputs1, inputs2, outputs));
  add_weight(within(1.0 / std::sqrt(static_cast<double>(inputs1)), {outputs, inputs1, inputs2}, key));
  add_bias(outputs, options.bias);
}

// zₖ = Σᵢⱼ x₁ᵢ Wₖᵢⱼ x₂ⱼ + bₖ
Tensor Bilinear::operator()(const Tensor& x1, const Tensor& x2) const {
  return called([&] {
    const Tensor z = einsum("...i,kij,...j->...k", {x1, weight(), x2});
    return bias().defined() ? z + bias() : z;
  });
}

Layer::Layer(std::int64_t inputs, std::int64_t outputs, Activation activation, const Key& key)
    : activation_(checked(std::move(activation))) {
  set_sizes(fmt::format("{} → {}", inputs, outputs));
  add_weight(linear_weight(inputs, outputs, key));
  add_bias(outputs);
}

// a = f(x·Wᵀ + b)
Tensor Layer::forward(const Tensor& x) { return activation_(linear(x, weight(), bias())); }

Perceptron::Perceptron(std::int64_t inputs, Activation activation, const Key& key)
    : activation_(checked(std::move(activation))) {
  set_sizes(fmt::format("{} → 1", inputs));
  add_weight(linear_weight(inputs, 1, key));
  add_bias(1);
  weight().set_name("w");
}

// a = f(x·wᵀ + b)
Tensor Perceptron::forward(const Tensor& x) { return activation_(linear(x, weight(), bias())); }

MLP::MLP(std::span<const std::int64_t> sizes, Activation hidden, Activation output, const Key& key) {
  if (sizes.size() < 2) throw ValueError(fmt::format("[mlp] two sizes at least are needed, got {}", sizes.size()));
  set_sizes(fmt::format("{}", fmt::join(sizes, " → ")));
  for (std::size_t k = 1; k < sizes.size(); ++k) {
    auto layer = std::make_shared<Layer>(sizes[k - 1], sizes[k], k + 1 < sizes.size() ? hidden : output, key.part(k));
    layer->weight().set_name(fmt::format("W{}", k));
    layer->bias().set_name(fmt::format("b{}", k));
    add_part(fmt::format("layer{}", k), std::move(layer));
  }
}

}  // namespace gradus::nn
