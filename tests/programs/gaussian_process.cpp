// A Gaussian process: the likelihood of three hyperparameters, its minimum by Newton's method, and its derivatives once more
// by differences and through another decomposition.
#include <numbers>

#include "verify.h"
using namespace gradus;

int main() {
  const Key key{.seed = 2};
  const Tensor x = linspace(0.0, 6.0, 40), y = sin(x) + 0.1 * normal({40}, 0.0, 1.0, key);
  const Tensor squares = square(x(all, newaxis) - x);
  const auto kernel = [&](const Tensor& h) {  // logarithms of amplitude, length and noise
    return exp(2.0 * h[0]) * exp(-0.5 * squares / exp(2.0 * h[1])) + (exp(2.0 * h[2]) + 1e-6) * eye(40);
  };
  const auto loss = [&](const Tensor& h) {
    const Tensor l = cholesky(kernel(h));
    return 0.5 * sum(square(solve_triangular(l, y, {.lower = true}))) + sum(log(diagonal(l)));
  };
  const auto by_inverse = [&](const Tensor& h) {
    const Tensor k = kernel(h);
    return 0.5 * dot(y, matmul(inv(k), y)) + 0.5 * slogdet(k).logabsdet;
  };

  const auto best = minimize(loss, Tensor{0.0, 0.0, -2.0}, {.method = MinimizeMethod::newton_cg});
  const Tensor at{0.2, 0.3, -1.5};
  const GradientReport report = check_gradients(loss, at, 2);
  const bool right = within("derivatives up to order 2, wrong", report.ok ? 0.0 : 1.0, 0.0) &&
                     within("gradient, the other way",
                            apart(value_and_grad(loss, at).gradient, value_and_grad(by_inverse, at).gradient), 1e-9) &&
                     within("Hessian, the other way", apart(hessian(loss, at), hessian(by_inverse, at)), 1e-8) &&
                     within("slope at the minimum", best.gradient_norm, 1e-8) &&
                     within("noise found", std::abs(std::exp(best.x.to_vector()[2]) - 0.1), 0.03);
  return right ? 0 : 1;
}
