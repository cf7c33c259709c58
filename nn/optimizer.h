// Optimizers: how parameters follow their gradients.
#pragma once
#include <vector>

#include "../autograd/tensor/tensor.h"

namespace gradus::nn {

/// Gradient descent: v ← momentum·v + gradient;  p ← p − rate·v.
class GRADUS_API SGD {
 public:
  /// Throws ValueError unless rate is finite and >= 0 and momentum is in [0, 1), when a parameter is no leaf that is
  /// differentiated, and when one is listed twice.
  SGD(std::vector<Tensor> parameters, double rate, double momentum = 0.0);

  /// One update from the gradients that backward() has left in the parameters.
  void step();
  void zero_grad();
  [[nodiscard]] double rate() const noexcept { return rate_; }
  /// Throws ValueError unless finite and >= 0.
  void set_rate(double rate);

 private:
  std::vector<Tensor> parameters_;
  std::vector<Array> velocity_;
  double rate_ = 0.0;
  double momentum_;
};

}  // namespace gradus::nn
