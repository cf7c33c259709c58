// Every layer, small, with an input and what PyTorch says of it.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "nn/nn.h"

namespace gradus::test_layers {

struct LayerCase {
  std::shared_ptr<nn::Module> module;
  Tensor x;
  Shape output;
  std::vector<std::pair<std::string, Shape>> state;  // names and shapes of PyTorch's state_dict
  /// How it is called, where that is not module(x).
  std::function<Tensor(const Tensor& x)> call = {};

  [[nodiscard]] Tensor operator()(const Tensor& input) const { return call ? call(input) : (*module)(input); }
};

/// They are made anew each time.
std::vector<LayerCase> every_layer();

}  // namespace gradus::test_layers
