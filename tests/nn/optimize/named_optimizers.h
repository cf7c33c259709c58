// The optimizers that are tested, each with its options under the name that tests/data/optimizer_steps.json and libtorch's
// side (tests/differential/torch_training.h) have for it.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "nn/nn.h"

namespace gradus::reference {

using Made = std::unique_ptr<nn::Optimizer>;
using Maker = std::function<Made(const nn::ParameterGroups&)>;

template <class O, class... Options>
Maker maker(double rate, const Options&... options) {
  return [=](const nn::ParameterGroups& p) { return std::make_unique<O>(p, rate, options...); };
}

inline const std::map<std::string, Maker>& optimizers() {
  using namespace nn;
  static const std::map<std::string, Maker> all{
      {"sgd", maker<SGD>(0.01)},
      {"sgd, weight decay", maker<SGD>(0.01, SGDOptions{.weight_decay = 0.1})},
      {"sgd, momentum", maker<SGD>(0.01, 0.9)},
      {"sgd, dampening", maker<SGD>(0.01, SGDOptions{.momentum = 0.9, .dampening = 0.25, .weight_decay = 0.01})},
      {"sgd, nesterov", maker<SGD>(0.01, SGDOptions{.momentum = 0.9, .nesterov = true})},
      {"adagrad", maker<Adagrad>(0.1)},
      {"adagrad, all options", maker<Adagrad>(0.1, AdagradOptions{0.01, 0.1, 0.5, 1e-3})},
      {"adadelta", maker<Adadelta>(1.0)},
      {"adadelta, all options", maker<Adadelta>(0.5, AdadeltaOptions{0.8, 1e-4, 0.1})},
      {"rmsprop", maker<RMSprop>(0.01)},
      {"rmsprop, momentum", maker<RMSprop>(0.01, RMSpropOptions{.momentum = 0.5})},
      {"rmsprop, centered", maker<RMSprop>(0.01, RMSpropOptions{.centered = true})},
      {"rmsprop, all options", maker<RMSprop>(0.01, RMSpropOptions{0.9, 1e-3, 0.1, 0.5, true})},
      {"adam", maker<Adam>(0.05)},
      {"adam, weight decay", maker<Adam>(0.05, AdamOptions{0.8, 0.99, 1e-3, 0.1})},
      {"adam, amsgrad", maker<Adam>(0.05, AdamOptions{.beta2 = 0.9, .amsgrad = true})},
      {"adamw", maker<AdamW>(0.05)},
      {"adamw, all options", maker<AdamW>(0.05, AdamWOptions{0.8, 0.9, 1e-3, 0.5, true})},
      {"adamax", maker<Adamax>(0.05)},
      {"adamax, all options", maker<Adamax>(0.05, AdamaxOptions{0.8, 0.9, 1e-3, 0.1})},
      {"nadam", maker<NAdam>(0.05)},
      {"nadam, all options", maker<NAdam>(0.05, NAdamOptions{0.8, 0.99, 1e-3, 0.1, 0.1})},
      {"nadam, decoupled", maker<NAdam>(0.05, NAdamOptions{.weight_decay = 0.1, .decoupled_weight_decay = true})},
      {"lion", maker<Lion>(0.01)},
      {"lion, all options", maker<Lion>(0.01, LionOptions{0.8, 0.9, 0.5})},
  };
  return all;
}

}  // namespace gradus::reference
