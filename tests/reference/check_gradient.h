// Gradients of functions of tensors against differences, to first and second order.
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
#include "tests/reference/sample.h"

namespace gradus::reference {

using TensorFunction = std::function<Tensor(const std::vector<Tensor>&)>;

inline std::vector<Tensor> variables(const std::vector<Array>& arrays) {
  std::vector<Tensor> out;
  for (const Array& a : arrays) out.push_back(variable(a));
  return out;
}

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

/// The same for the gradient's own gradient: the penalty Σ |∂f/∂x|² is differentiated once more.
inline void check_twice(const TensorFunction& f, const std::vector<Array>& inputs) {
  const TensorFunction penalty = [&](const std::vector<Tensor>& x) {
    Tensor sum_of_squares(0.0);
    for (const Tensor& g : recorded_grad(f(x), x)) sum_of_squares = sum_of_squares + sum(g * g);
    return sum_of_squares;
  };
  check_gradient(f, inputs);
  check_gradient(penalty, inputs);
}

/// Weights that make every element of a result count differently.
inline Tensor weighted(const Tensor& x) {
  Numbers numbers(11);
  return sum(tanh(x) * Tensor(random_array(numbers, x.shape())));
}

/// check_twice for a function of many results: Σ w·tanh(f).
inline void check_weighted_twice(const TensorFunction& f, const std::vector<Array>& inputs) {
  check_twice([&](const std::vector<Tensor>& x) { return weighted(f(x)); }, inputs);
}

}  // namespace gradus::reference
