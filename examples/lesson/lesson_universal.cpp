// 4. One hidden layer comes as near to a continuous function on an interval as one likes, if it is wide enough.  The proof is
// a construction: steep sigmoids are steps, and a staircase of n steps follows the curve.  Outside of the interval, where
// nothing was asked of it, the network does as it likes.
#include "lesson.h"

using namespace gradus;

namespace {

Tensor curve(const Tensor& x) { return sin(3.0 * x) + 0.3 * x * x; }

/// Σ (f(xₖ) − f(xₖ₋₁))·σ(steepness·(x − middle)): one hidden unit for each step.
Tensor staircase(const Tensor& x, std::int64_t steps) {
  const Tensor edges = linspace(-2.0, 2.0, steps + 1);
  const Tensor heights = curve(edges)[range(1, {})] - curve(edges)[range(steps)];
  const Tensor middles = 0.5 * (edges[range(1, {})] + edges[range(steps)]);
  return curve(edges)[0] + matmul(sigmoid(40.0 * static_cast<double>(steps) * (unsqueeze(x, 1) - middles)), heights);
}

std::vector<Plot> universal() {
  const Tensor x = linspace(-2.0, 2.0, 400);
  const auto worst = [&](const Tensor& y, const Tensor& at) { return max(abs(y - curve(at))).item(); };
  std::vector<double> widths, errors;
  for (const std::int64_t steps : {5, 10, 20, 40, 80, 160}) {
    widths.push_back(static_cast<double>(steps));
    errors.push_back(worst(staircase(x, steps), x));
    fmt::print("{:3} hidden units, built: off by at most {:.3f}\n", steps, errors.back());
  }

  nn::MLP model({1, 20, 1}, tanh<Tensor>, ops::identity<Tensor>, Key{.seed = 1});
  nn::Adam adam(model.parameters(), 0.02);
  const Tensor column = unsqueeze(x, 1);
  for (int step = 0; step < 2000; ++step) {
    adam.zero_grad();
    nn::mse_loss(model(column), curve(column)).backward();
    adam.step();
  }
  const Tensor wide = reshape(linspace(-4.0, 4.0, 400), {400, 1});
  fmt::print(" 20 hidden units, learnt: nearer than 80 built ones: {}\n", worst(model(column), column) < errors[4]);
  fmt::print("from -4 to 4, of which it has seen half: off by more than 1: {}\n", worst(model(wide), wide) > 1.0);
  return {Plot("One hidden layer, built and learnt", "x", "y")
              .line(wide, curve(wide), "the curve")
              .line(x, staircase(x, 10), "10 steps")
              .dashed_line(wide, model(wide), "20 units, learnt on [−2, 2]"),
          Plot("The error falls with the width", "hidden units", "largest error")
              .line(widths, errors)
              .points(widths, errors)
              .logarithmic_x()
              .logarithmic_y()};
}

}  // namespace

int main(int argc, char** argv) { return lesson::main(argc, argv, universal, 2); }
