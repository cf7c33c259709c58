// The same likelihood of a Gaussian process twice: on tensors, and with Scalars in Eigen's Cholesky decomposition.
#include <gradus/autograd/scalar/eigen.h>

#include <Eigen/Cholesky>

#include "verify.h"
using namespace gradus;

int main() {
  const Tensor x = linspace(0.0, 6.0, 12), y = sin(x) + 0.1 * normal({12}, 0.0, 1.0, Key{.seed = 2});
  const Tensor squares = square(x(all, newaxis) - x), at{0.2, 0.3, -1.5};
  const auto loss = [&](const Tensor& h) {
    const Tensor k = exp(2.0 * h[0]) * exp(-0.5 * squares / exp(2.0 * h[1])) + exp(2.0 * h[2]) * eye(12),
                 l = cholesky(k);
    return 0.5 * sum(square(solve_triangular(l, y, {.lower = true}))) + sum(log(diagonal(l)));
  };
  const auto in_eigen = [&]<class S>(std::span<const S> h) {
    Eigen::Matrix<S, 12, 12> k;
    Eigen::Matrix<S, 12, 1> targets;
    for (int i = 0; i < 12; ++i) {
      targets[i] = S(y[i].item());
      for (int j = 0; j < 12; ++j) k(i, j) = exp(2.0 * h[0] - 0.5 * squares(i, j).item() / exp(2.0 * h[1]));
      k(i, i) += exp(2.0 * h[2]);
    }
    const Eigen::LLT<Eigen::Matrix<S, 12, 12>> l(k);
    S total = 0.5 * targets.dot(l.solve(targets));
    for (int i = 0; i < 12; ++i) total += log(l.matrixLLT()(i, i));
    return total;
  };

  const auto [value, gradient] = value_and_grad(loss, at);
  const SecondOrder found = scalars::hessian(in_eigen, at.to_vector());
  const bool right = within("value", std::abs(found.value - value.item()), 1e-11) &&
                     within("gradient", apart(Tensor(found.gradient), gradient), 1e-10) &&
                     within("Hessian", apart(Tensor(Shape{3, 3}, found.hessian), hessian(loss, at)), 1e-9);
  return right ? 0 : 1;
}
