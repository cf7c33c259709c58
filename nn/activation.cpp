#include "nn/activation.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "autograd/base/error.h"
#include "autograd/base/suggest.h"

namespace gradus::nn {

namespace {

using Known = OpList<gradus::Identity, gradus::Step, gradus::Sigmoid, gradus::Tanh, gradus::Relu, gradus::LeakyRelu,
                     gradus::Relu6, gradus::Elu, gradus::Selu, gradus::Celu, gradus::Gelu, gradus::GeluTanh,
                     gradus::Silu, gradus::Mish, gradus::Softplus, gradus::Softsign, gradus::HardSigmoid,
                     gradus::HardTanh, gradus::HardSwish, gradus::LogSigmoid>;

}  // namespace

const std::vector<std::string_view>& activation_names() {
  static const std::vector<std::string_view> names = [] {
    std::vector<std::string_view> list;
    for_each_op(Known{}, [&](const auto& op) { list.push_back(op.name); });
    return list;
  }();
  return names;
}

Activation activation_named(std::string_view name) {
  Activation found;
  for_each_op(Known{}, [&](const auto& op) {
    if (op.name == name) found = [op](const Tensor& x) { return bind(op, x); };
  });
  if (!found) {
    throw ValueError(fmt::format("[activation] there is none named '{}'{} (there are {})", name,
                                 did_you_mean(name, activation_names()), fmt::join(activation_names(), ", ")));
  }
  return found;
}

}  // namespace gradus::nn
