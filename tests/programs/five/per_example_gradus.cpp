// The gradient of a network's loss for each example by itself, cut back to norm 1 and averaged.
#include <gradus/autograd.h>
#include <gradus/nn.h>

#include <cmath>
#include <cstdio>
using namespace gradus;

int main() {
  const nn::MLP model({3, 16, 1});
  const Tensor x = normal({64, 3}, 0.0, 1.0, Key{.seed = 5}), y = sin(x(all, 0));
  const auto gradient = vmap([&](const Tensor& one, const Tensor& target) {
    const auto loss = [&](TensorList p) { return square(nn::functional_call(model, p, one[newaxis])(0, 0) - target); };
    return value_and_grad(loss, model.parameters()).gradients;
  });
  const std::vector<Tensor> each = gradient(x, y);
  Tensor squares = zeros({64});
  for (const Tensor& g : each) squares += sum(square(reshape(g, {64, -1})), 1);
  const Tensor scale = minimum(1.0, rsqrt(squares));
  double total = 0.0;
  for (const Tensor& g : each) total += sum(square(matmul(scale, reshape(g, {64, -1})) / 64.0)).item();
  std::printf("%.3g\n", std::sqrt(total));
}
