// Layers as libtorch computes them: its headers are of another C++ than ours.
#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace gradus::differential {

struct Numbers {
  std::vector<std::int64_t> shape;
  std::vector<double> numbers;  // row-major
};
using NamedNumbers = std::vector<std::pair<std::string, Numbers>>;

/// The output of a layer, and the gradients of Σ cos(k)·outputₖ by the inputs and by the parameters.
struct LayerRun {
  Numbers output;
  std::vector<Numbers> input_gradients;
  NamedNumbers gradients;
  NamedNumbers buffers;  // afterwards
};

/// Runs libtorch's layer of this name with the numbers of `state` in it, which has to have its names and shapes.
/// Throws std::runtime_error for an unknown name and for a state that is another layer's.
LayerRun run_torch_layer(const std::string& name, const NamedNumbers& state, const std::vector<Numbers>& inputs,
                         bool training);

}  // namespace gradus::differential
