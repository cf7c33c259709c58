// Activations, as functions (gradus::relu and so on), by name, and as modules.
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "autograd/math/ops.h"
#include "nn/module.h"

namespace gradus::nn {

/// Any function from a tensor to one of the same shape: relu<Tensor>, a lambda, a module.
using Activation = std::function<Tensor(const Tensor&)>;

/// The activation with this name: identity, step, sigmoid, tanh, relu.  Throws ValueError for any other.
GRADUS_API Activation activation_named(std::string_view name);
GRADUS_API const std::vector<std::string_view>& activation_names();

/// An activation as a module, to stand in a Sequential.
template <class Op>
class ActivationModule : public Module {
 public:
  [[nodiscard]] std::string kind() const override { return std::string(Op::name); }
  [[nodiscard]] std::string note() const override { return {}; }

 protected:
  Tensor forward(const Tensor& x) override { return bind(Op{}, x); }
};

using Identity = ActivationModule<gradus::Identity>;
using Step = ActivationModule<gradus::Step>;
using Sigmoid = ActivationModule<gradus::Sigmoid>;
using Tanh = ActivationModule<gradus::Tanh>;
using Relu = ActivationModule<gradus::Relu>;

}  // namespace gradus::nn
