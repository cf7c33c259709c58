// Logistic regression by Newton's method: gradient and Hessian are those of the closed form.
#include "verify.h"
using namespace gradus;

int main() {
  const Key key{.seed = 1};
  const Tensor x = concat({normal({400, 3}, 0.0, 1.0, key.part(0)), ones({400, 1})}, 1);
  const Tensor y = uniform({400}, 0.0, 1.0, key.part(1)) < sigmoid(matmul(x, Tensor{1.5, -2.0, 0.5, 0.3}));
  const auto loss = [&](const Tensor& w) { return bce_with_logits(matmul(x, w), y, Reduction::sum); };

  Tensor w = zeros({4});
  for (int step = 0; step < 8; ++step) w -= solve(hessian(loss, w), value_and_grad(loss, w).gradient);

  const Tensor at = w + 0.1, p = sigmoid(matmul(x, at));
  const Tensor gradient = matmul(p - y, x), curvature = einsum("ni,n,nj->ij", {x, p * (1.0 - p), x});
  const bool right = within("gradient", apart(value_and_grad(loss, at).gradient, gradient), 1e-12) &&
                     within("Hessian", apart(hessian(loss, at), curvature), 1e-12) &&
                     within("slope at the minimum", norm(value_and_grad(loss, w).gradient).item(), 1e-12);
  return right ? 0 : 1;
}
