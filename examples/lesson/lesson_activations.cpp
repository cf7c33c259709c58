// 2. Four activations and their derivatives.  The step's is 0 wherever it has one: no gradient comes through it, so that
// backpropagation cannot train it.  Rosenblatt's rule, which asks only whether a point is on the wrong side, can.
#include "lesson.h"

using namespace gradus;

namespace {

Plot with_derivative(const std::string& name, const nn::Activation& f) {
  const Tensor z = variable(linspace(-5.0, 5.0, 500), "z");
  const Tensor a = f(z);
  const Tensor slope = grad(sum(a), z);
  fmt::print("{:8}: f(−1) = {:.4f}, f(1) = {:.4f}, its derivative lies between {:.4f} and {:.4f}\n", name,
             f(Tensor(-1.0)).item(), f(Tensor(1.0)).item(), min(slope).item(), max(slope).item());
  return Plot(name, "z", "").line(z, a, "f(z)").dashed_line(z, slope, "f′(z)").size(380, 280);
}

std::vector<Plot> activations() {
  std::vector<Plot> plots;
  for (const char* name : {"identity", "step", "sigmoid", "relu"}) plots.push_back(with_derivative(name, name));

  // A neuron that is to be 1 where x₁ + x₂ > 1.
  const Tensor x = uniform({100, 2}, 0.0, 1.0, Key{.seed = 1});
  const Tensor target(sum(x, 1) > 1.0);
  Tensor w = parameter(Tensor{0.5, -0.5}, "w");
  Tensor b = parameter(0.0, "b");
  const auto wrong = [&] { return sum(step(matmul(x, w) + b) != target).item(); };
  const Tensor loss = mean(square(step(matmul(x, w) + b) - target));
  fmt::print("a neuron with a step: {} of 100 wrong, ∂loss/∂w = {}\n", wrong(), to_string(grad(loss, w)));

  int updates = 0;
  const NoGrad no_grad;
  while (wrong() > 0.0 && updates < 10'000) {
    for (std::int64_t k = 0; k < x.size(0); ++k) {
      const Tensor error = target[k] - step(dot(w, x[k]) + b);  // −1, 0 or 1
      if (error.item() == 0.0) continue;
      w += error * x[k];
      b += error;
      ++updates;
    }
  }
  fmt::print("by Rosenblatt's rule, after some updates: {} wrong\n", wrong());
  return plots;
}

}  // namespace

int main(int argc, char** argv) { return lesson::main(argc, argv, activations, 2); }
