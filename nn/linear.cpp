#include "nn/linear.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <cmath>
#include <utility>

#include "autograd/base/error.h"
#include "autograd/tensor/ops/structural.h"

namespace gradus::nn {

namespace {

Array glorot(std::int64_t inputs, std::int64_t outputs, const Key& key, DType dtype) {
  if (inputs < 1 || outputs < 1) {
    throw ValueError(fmt::format("[linear] {} inputs and {} outputs: each must be at least 1", inputs, outputs));
  }
  const double limit = std::sqrt(6.0 / (static_cast<double>(inputs) + static_cast<double>(outputs)));
  return uniform_array({inputs, outputs}, -limit, limit, key, dtype).permute(std::array{1, 0}).packed();
}

void check(const Activation& activation, std::string_view op) {
  if (!activation) throw ValueError(fmt::format("[{}] the activation is empty: it holds no function", op));
}

// A linear map and its activation, drawn as one layer.
class Layer : public Module {
 public:
  Layer(std::shared_ptr<Linear> linear, Activation activation)
      : linear_(std::move(linear)), activation_(std::move(activation)) {
    check(activation_, "mlp");
    for (const NamedParameter& p : linear_->named_parameters()) adopt_parameter(p);
  }
  [[nodiscard]] std::string kind() const override { return "Layer"; }
  [[nodiscard]] std::string note() const override { return linear_->note(); }

 protected:
  Tensor forward(const Tensor& x) override { return activation_(linear_->affine(x)); }

 private:
  std::shared_ptr<Linear> linear_;
  Activation activation_;
};

}  // namespace

Linear::Linear(std::int64_t inputs, std::int64_t outputs, const Key& key, DType dtype) {
  add_parameter("weight", glorot(inputs, outputs, key, dtype), "W");
  add_parameter("bias", Array::zeros({outputs}, dtype), "b");
}

std::string Linear::note() const {
  const Shape shape = weight().shape();
  return fmt::format("{} → {}, {} parameters", shape[1], shape[0], parameter_count());
}

Tensor Linear::affine(const Tensor& x) const { return linear(x, tensor("weight"), tensor("bias")); }

Tensor Linear::forward(const Tensor& x) { return affine(x); }

Perceptron::Perceptron(std::int64_t inputs, Activation activation, const Key& key, DType dtype)
    : linear_(std::make_shared<Linear>(inputs, 1, key, dtype)), activation_(std::move(activation)) {
  check(activation_, "perceptron");
  for (const NamedParameter& p : linear_->named_parameters()) adopt_parameter(p);
  weight().set_name("w");
}

Tensor Perceptron::forward(const Tensor& x) { return activation_(linear_->affine(x)); }

MLP::MLP(std::span<const std::int64_t> sizes, Activation hidden, Activation output, const Key& key, DType dtype)
    : sizes_(sizes.begin(), sizes.end()) {
  if (sizes.size() < 2) throw ValueError(fmt::format("[mlp] two sizes at least are needed, got {}", sizes.size()));
  for (std::size_t k = 1; k < sizes.size(); ++k) {
    auto linear = std::make_shared<Linear>(sizes[k - 1], sizes[k], key.part(k), dtype);
    linear->weight().set_name(fmt::format("W{}", k));
    linear->bias().set_name(fmt::format("b{}", k));
    const bool last = k + 1 == sizes.size();
    add_part(fmt::format("layer{}", k), std::make_shared<Layer>(std::move(linear), last ? output : hidden));
  }
}

std::string MLP::note() const { return fmt::format("{}, {} parameters", fmt::join(sizes_, " → "), parameter_count()); }

Tensor MLP::forward(const Tensor& x) { return run_parts(x); }

}  // namespace gradus::nn
