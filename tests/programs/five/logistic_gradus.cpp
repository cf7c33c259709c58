// Logistic regression by Newton's method.
#include <gradus/autograd.h>

#include <cstdio>
using namespace gradus;

int main() {
  const Tensor x = normal({400, 4}, 0.0, 1.0, Key{.seed = 1}), truth{1.5, -2.0, 0.5, 0.3};
  const Tensor y = uniform({400}, 0.0, 1.0, Key{.seed = 2}) < sigmoid(matmul(x, truth));
  const auto loss = [&](const Tensor& w) { return bce_with_logits(matmul(x, w), y); };
  Tensor w = zeros({4});
  for (int step = 0; step < 8; ++step) w -= solve(hessian(loss, w), value_and_grad(loss, w).gradient);
  std::printf("%.3g\n", norm(value_and_grad(loss, w).gradient).item());
}
