// The likelihood of a Gaussian process by three hyperparameters, and its minimum.
#include <gradus/autograd.h>

#include <cstdio>
using namespace gradus;

int main() {
  const Tensor x = linspace(0.0, 6.0, 40), y = sin(x) + 0.1 * normal({40}, 0.0, 1.0, Key{.seed = 2});
  const auto loss = [&](const Tensor& h) {
    const Tensor k = exp(h[0]) * exp(-0.5 * square(x(all, newaxis) - x) / exp(h[1])) + exp(h[2]) * eye(40);
    const Tensor l = cholesky(k);
    return 0.5 * sum(square(solve_triangular(l, y, {.lower = true}))) + sum(log(diagonal(l)));
  };
  const auto best = minimize(loss, Tensor{0.0, 0.0, -3.0}, {.gradient_tolerance = 1e-5});
  std::printf("%.3g\n", best.gradient_norm);
}
