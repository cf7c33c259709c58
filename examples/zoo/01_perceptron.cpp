// The perceptron (Rosenblatt 1958): one neuron with a step.  Its derivative is 0 wherever there is one, so that
// backpropagation has nothing to go by; Rosenblatt's rule does: a point on the wrong side is added to the weights, or taken
// away from them.  Novikoff (1962): it ends after at most (R/γ)² corrections, R the longest |x|, if a line leaves a margin γ.
#include <cmath>

#include "zoo.h"

using namespace gradus;

namespace {

void perceptron(zoo::Run& run) {
  // Points of the square [−1, 1]² at least `margin` away from a line through the middle, and the side of each, 1 or −1.
  constexpr double margin = 0.1;
  const Tensor direction = normal({2}, 0.0, 1.0, run.key(0).part(0));
  const Tensor anywhere = uniform({800, 2}, -1.0, 1.0, run.key(0).part(1));
  const Tensor distance = matmul(anywhere, direction / norm(direction));
  const Indices far = nonzero(abs(distance) >= margin)[0];
  const Tensor x = anywhere[far][range(200)], side = sign(distance[far][range(200)]);

  // y = step(w·x), learnt without a derivative: Rosenblatt's rule, again and again over all points until none is wrong.
  // The line goes through the origin, so that no bias is needed.
  Tensor w = parameter(zeros({2}), "w");
  const auto errors = [&] { return sum(matmul(x, w) * side <= 0.0).item(); };
  int updates = 0;
  while (errors() > 0.0) {
    const NoGrad no_grad;
    for (std::int64_t k = 0; k < x.size(0); ++k) {
      if ((dot(w, x[k]) * side[k]).item() > 0.0) continue;
      w += side[k] * x[k];
      ++updates;
      fmt::print("update {:2}: w = ({:6.3f}, {:6.3f}), {} points wrong\n", updates, w[0].item(), w[1].item(), errors());
    }
  }
  // What a gradient would say: nothing.  The loss wants 1 for the points of one side and 0 for those of the other.
  const Tensor y = step(matmul(x[range(4)], w)).set_name("y");
  const Tensor loss = mean(square(y - relu(side[range(4)]))).set_name("loss");  // relu: 1 or 0
  fmt::print("the gradient of a loss of the step's, by backpropagation: {}\n", to_string(grad(loss, w)));
  run.draw(loss, "A perceptron", "a step passes no gradient on");

  const Tensor across = ops::stack({-w[1], w[0]}) / norm(w);  // along the line that was found
  run.plot(Plot("A perceptron")
               .points(x(side > 0.0, 0), x(side > 0.0, 1))
               .points(x(side < 0.0, 0), x(side < 0.0, 1))
               .line(across[0] * Tensor{-1.0, 1.0}, across[1] * Tensor{-1.0, 1.0}));

  // With the identity in the place of the step, and a bias, there is a gradient: the neuron is then linear regression.
  const Tensor t = uniform({100, 1}, -1.0, 1.0, run.key(1));
  const Tensor line = 2.0 * t + 1.0 + normal({100, 1}, 0.0, 0.2, run.key(2));
  nn::Perceptron neuron(1, ops::identity<Tensor>, run.key(3));
  nn::SGD descent(neuron.parameters(), 0.5);
  for (int epoch = 0; epoch < 100; ++epoch) {
    descent.zero_grad();
    nn::mse_loss(neuron(t), line).backward();
    descent.step();
  }
  const Tensor exact = lstsq(concat({t, ones({100, 1})}, 1), line).x;
  fmt::print("2 x + 1 and noise, learnt by descent: y = {:.3f} x + {:.3f}; by least squares: {:.3f} and {:.3f}\n",
             neuron.weight().item(), neuron.bias().item(), exact[0].item(), exact[1].item());

  const double bound = max(sum(square(x), 1)).item() / (margin * margin);
  run.baseline("Novikoff's bound (R/γ)² on the updates", bound);
  run.at_most("updates until no point is wrong", updates, bound);
  run.at_most("points wrong", errors(), 0);
  run.at_most("the learnt slope is off 2 by", std::abs(neuron.weight().item() - 2.0), 0.12);
}

}  // namespace

int main(int argc, char** argv) {
  return zoo::main(argc, argv,
                   {1, "Perceptron (P)", "tell apart 200 points that a line separates with a margin of 0.1"},
                   perceptron);
}
