// 1. A neuron with the identity as its activation is linear regression.  A weight moves by the error times how much the
// prediction depends on it, which is the input: dw = 2·mean(error·x), db = 2·mean(error).
#include "lesson.h"

using namespace gradus;

namespace {

std::vector<Plot> regression() {
  const nn::Dataset points = nn::toy::line(100, Key{.seed = 1}, 0.2);  // y = 2x + 1 and noise
  nn::Perceptron neuron(1, ops::identity<Tensor>, Key{.seed = 2});
  nn::SGD descent(neuron.parameters(), 0.05);
  for (int epoch = 0; epoch < 200; ++epoch) {
    const Tensor error = neuron(points.x) - points.y;
    const Tensor loss = mean(square(error));
    descent.zero_grad();
    loss.backward();
    if (epoch % 50 == 0) {
      fmt::print("epoch {:3}: loss {:.4f}, dw {:7.4f} (by hand {:7.4f}), db {:7.4f} (by hand {:7.4f})\n", epoch,
                 loss.item(), neuron.weight().grad().item(), 2.0 * mean(error * points.x).item(),
                 neuron.bias().grad().item(), 2.0 * mean(error).item());
    }
    descent.step();
  }
  fmt::print("learnt: y = {:.2f} x + {:.2f}\n", neuron.weight().item(), neuron.bias().item());
  const Tensor ends{{-1.0}, {1.0}};
  return {Plot("y = 2x + 1 and noise", "x", "y").points(points.x, points.y).line(ends, neuron(ends), "learnt")};
}

}  // namespace

int main(int argc, char** argv) { return lesson::main(argc, argv, regression); }
