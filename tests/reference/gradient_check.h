// Gradients of tensors against differences of the function, and gradients of gradients.
#pragma once
#include <cstddef>
#include <functional>
#include <vector>

#include "autograd/differentiate/gradient.h"
#include "autograd/math/ops.h"
#include "autograd/tensor/ops/structural.h"
#include "tests/catch.h"
#include "tests/reference/difference.h"
#include "tests/reference/same.h"
#include "tests/reference/selecting.h"

namespace gradus::reference {

/// Compares grad of a one-number function with differences of the function, at each input.
inline void check_gradient(const TensorFunction& f, const std::vector<Array>& inputs) {
  const auto numeric = numeric_gradient([&](const auto& at) { return f(variables(at)).item(); }, inputs, 1e-3);
  const auto x = variables(inputs);
  const auto g = grad(f(x), x);
  for (std::size_t k = 0; k < x.size(); ++k) {
    INFO("input " << k);
    CHECK(g[k].shape() == x[k].shape());
    CHECK(far_apart(g[k].to_vector(), numeric[k], 1e-9) == "");
  }
}

/// The same for Σ w·tanh(f), and for the gradient's own gradient: the penalty Σ |∂/∂x|² is differentiated once more.
inline void check_twice(const TensorFunction& f, const std::vector<Array>& inputs) {
  const TensorFunction weighted = [&](const std::vector<Tensor>& x) {
    const Tensor y = f(x);
    Numbers numbers(11);
    return sum(tanh(y) * Tensor(random_array(numbers, y.shape())));
  };
  check_gradient(weighted, inputs);
  check_gradient(
      [&](const std::vector<Tensor>& x) {
        Tensor penalty(0.0);
        for (const Tensor& g : recorded_grad(weighted(x), x)) penalty = penalty + sum(g * g);
        return penalty;
      },
      inputs);
}

}  // namespace gradus::reference
