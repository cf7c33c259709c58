// Activations, as functions (gradus::relu and so on), by name, and as modules.
#pragma once
#include <fmt/format.h>

#include <concepts>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "../autograd/math/ops.h"
#include "module.h"

namespace gradus::nn {

template <class Op>
class ActivationModule;

/// Any function from a tensor to one of the same shape: relu<Tensor>, a lambda, a name ("relu"), an activation as a module
/// (Relu(), LeakyRelu({{}, 0.2})).  An empty one is refused by whatever would call it.
class GRADUS_API Activation : public std::function<Tensor(const Tensor&)> {
 public:
  using function::function;
  /// activation_named(name).  Throws ValueError for a name that is none.
  template <std::convertible_to<std::string_view> Name>
  Activation(const Name& name) : Activation(std::string_view(name)) {}  // NOLINT
  Activation(std::string_view name);                                    // NOLINT
  template <class Op>
  Activation(const ActivationModule<Op>& module) : Activation(module.function()) {}  // NOLINT
  template <class Op>
  Activation(ActivationModule<Op>&& module) : Activation(module.function()) {}  // NOLINT
};

/// An attribute of an activation: the slope of leaky_relu.
struct NamedNumber {
  std::string_view name;
  double value;
};

/// The activation with this name, its attributes at their defaults but for those given: activation_named("relu"),
/// activation_named("leaky_relu", {{"slope", 0.2}}).  Every op of the list that is an activation is known by its name.
/// Throws ValueError for any other name or attribute.
GRADUS_API Activation activation_named(std::string_view name, const std::vector<NamedNumber>& attributes = {});
/// All the names, in the order of the list of ops.
GRADUS_API const std::vector<std::string_view>& activation_names();

/// An activation as a module, to stand in a Sequential: Relu(), or LeakyRelu({{}, 0.2}) for other attributes than the
/// defaults, which a drawing then notes.
template <class Op>
class ActivationModule : public Cloneable<ActivationModule<Op>> {
 public:
  explicit ActivationModule(const Op& op = {}) : op_(op) {}
  [[nodiscard]] std::string kind() const override { return std::string(Op::name); }
  [[nodiscard]] std::string note() const override {
    std::string out;
    if constexpr (requires { Op::fields; }) {
      for (const auto& attribute : Op::fields) {
        const double value = op_.*(attribute.member);
        if (value != Op{}.*(attribute.member)) {
          out += fmt::format("{}{} = {}", out.empty() ? "" : ", ", attribute.name, value);
        }
      }
    }
    return out;
  }

  /// The same, without the module.
  [[nodiscard]] auto function() const {
    return [op = op_](const Tensor& x) { return bind(op, x); };
  }

 protected:
  Tensor forward(const Tensor& x) override { return bind(op_, x); }

 private:
  Op op_;
};

// Short names.  An activation without one here is ActivationModule<Op> all the same.
using Identity = ActivationModule<gradus::ops::Identity>;
using Step = ActivationModule<gradus::ops::Step>;
using Sigmoid = ActivationModule<gradus::ops::Sigmoid>;
using Tanh = ActivationModule<gradus::ops::Tanh>;
using Relu = ActivationModule<gradus::ops::Relu>;
using LeakyRelu = ActivationModule<gradus::ops::LeakyRelu>;
using Relu6 = ActivationModule<gradus::ops::Relu6>;
using Elu = ActivationModule<gradus::ops::Elu>;
using Selu = ActivationModule<gradus::ops::Selu>;
using Celu = ActivationModule<gradus::ops::Celu>;
using Gelu = ActivationModule<gradus::ops::Gelu>;
using GeluTanh = ActivationModule<gradus::ops::GeluTanh>;
using Silu = ActivationModule<gradus::ops::Silu>;
using Mish = ActivationModule<gradus::ops::Mish>;
using Softplus = ActivationModule<gradus::ops::Softplus>;
using Softsign = ActivationModule<gradus::ops::Softsign>;
using HardSigmoid = ActivationModule<gradus::ops::HardSigmoid>;
using HardTanh = ActivationModule<gradus::ops::HardTanh>;
using HardSwish = ActivationModule<gradus::ops::HardSwish>;
using LogSigmoid = ActivationModule<gradus::ops::LogSigmoid>;

// The same as PyTorch writes them; those that are written alike in both stand above.
using ReLU = Relu;
using LeakyReLU = LeakyRelu;
using ReLU6 = Relu6;
using ELU = Elu;
using SELU = Selu;
using CELU = Celu;
using GELU = Gelu;
using SiLU = Silu;
using Hardsigmoid = HardSigmoid;
using Hardtanh = HardTanh;
using Hardswish = HardSwish;

}  // namespace gradus::nn
