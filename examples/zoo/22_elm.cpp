// The extreme learning machine (Huang 2004): the hidden layer is drawn at random and stays as it is; only the output layer is
// learnt, and for that no descent is needed: it is linear, so least squares give its best weights at once.
#include "zoo.h"

using namespace gradus;

namespace {

Tensor sinc(const Tensor& x) { return where(x == 0.0, 1.0, sin(x) / where(x == 0.0, 1.0, x)); }
double rmse(const Tensor& a, const Tensor& b) { return sqrt(mean(square(a - b))).item(); }

void extreme_learning_machine(zoo::Run& run) {
  constexpr std::int64_t points = 1000;
  constexpr std::int64_t hidden = 30;
  const Tensor x = uniform({points, 1}, -10.0, 10.0, run.key(0));
  const Tensor y = sinc(x) + uniform({points, 1}, -0.2, 0.2, run.key(1));
  const Tensor grid = reshape(linspace(-10.0, 10.0, 401), {401, 1});

  // h = σ(x Wᵀ + b), W and b at random.
  const Tensor w = uniform({hidden, 1}, -1.0, 1.0, run.key(2));
  const Tensor b = uniform({hidden}, -5.0, 5.0, run.key(3));
  const auto features = [&](const Tensor& in) { return sigmoid(linear(in, w, b)); };

  Tensor weights = parameter(zeros({hidden, 1}), "output weights");
  const auto loss = [&] { return nn::mse_loss(matmul(features(x), weights), y); };
  run.draw(loss(), "An extreme learning machine", "its output weights, all that is learnt, still at 0");

  weights.set_value(lstsq(features(x), y).x.value());  // all of the learning
  fmt::print("{} random units, {} weights found by least squares\n", hidden, weights.size());

  // The loss is convex in them, so a gradient of 0 says that there are no better ones.
  const Tensor slopes = abs(Tensor(grad(loss(), weights)));
  run.at_most("output weights with a derivative of the loss above 1e-5", sum(slopes > 1e-5).item(), 0);

  run.plot(Plot("An extreme learning machine", "x", "y")
               .points(x, y)
               .line(grid, sinc(grid), "sin(x)/x")
               .line(grid, matmul(features(grid), weights), "learnt"));

  const auto line = [](const Tensor& in) { return concat({in, ones_like(in)}, 1); };
  run.baseline("RMSE of the best straight line", rmse(matmul(line(grid), lstsq(line(x), y).x), sinc(grid)));
  run.baseline("RMSE of the noise in the points", rmse(y, sinc(x)));
  run.at_most("RMSE from the curve without noise", rmse(matmul(features(grid), weights), sinc(grid)), 0.05);
}

}  // namespace

int main(int argc, char** argv) {
  return zoo::main(argc, argv,
                   {22, "Extreme learning machine (ELM)", "the curve sin(x)/x out of 1,000 points with noise"},
                   extreme_learning_machine);
}
