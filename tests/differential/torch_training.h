// What libtorch makes of the optimizers and losses of nn, on the problem of tests/nn/optimize/optimizer_steps_test.cpp.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace gradus::differential {

/// Where a parameter is after each of `steps` steps of an optimizer, named as in that test; nothing when libtorch has no
/// such optimizer.
std::vector<std::vector<double>> torch_steps(const std::string& optimizer, const std::vector<double>& start,
                                             const std::vector<double>& target, const std::vector<double>& weight,
                                             int steps);

struct TorchLoss {
  double value = 0.0;
  std::vector<double> gradient;  // of the first argument
};
/// A loss of [rows, columns] arguments, its mean; nothing (no gradient) when libtorch has no such loss.
TorchLoss torch_loss(const std::string& loss, std::int64_t rows, const std::vector<std::vector<double>>& arguments);

}  // namespace gradus::differential
