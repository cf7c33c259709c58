// A multilayer perceptron that tells two interleaved half moons apart, which no straight line can.
// It learns from some of the points; what counts is how it does on the others.
#include <autograd/array/random.h>
#include <autograd/autograd.h>
#include <fmt/format.h>
#include <nn/nn.h>

#include <cmath>
#include <cstdint>
#include <numbers>
#include <vector>

using namespace gradus;

namespace {

struct Points {
  Tensor xy;                         // [count, 2]
  std::vector<std::int64_t> labels;  // 0: the upper moon, 1: the lower one
};

/// Points on the two moons in turn, each moved a little.  The same key gives the same points on every machine.
Points half_moons(std::int64_t count, const Key& key) {
  const std::vector<double> along = uniform({count}, 0.0, std::numbers::pi, key.part(0)).to_vector();
  const std::vector<double> noise = uniform({2 * count}, -0.3, 0.3, key.part(1)).to_vector();
  std::vector<double> xy;
  std::vector<std::int64_t> labels;
  for (std::size_t k = 0; k < along.size(); ++k) {
    const bool lower = k % 2 == 1;
    const double x = std::cos(along[k]);
    const double y = std::sin(along[k]);
    xy.push_back((lower ? 1.0 - x : x) + noise[2 * k]);
    xy.push_back((lower ? 0.5 - y : y) + noise[2 * k + 1]);
    labels.push_back(lower ? 1 : 0);
  }
  return {Tensor(Array({count, 2}, xy), "points"), labels};
}

/// The share of points whose own class got the larger of the two scores.
double accuracy(nn::Module& model, const Points& points) {
  const NoGrad no_grad;  // nothing here will be differentiated, so nothing need be recorded
  const std::vector<double> scores = model(points.xy).to_vector();
  int right = 0;
  for (std::size_t k = 0; k < points.labels.size(); ++k) {
    const std::int64_t larger = scores[2 * k + 1] > scores[2 * k] ? 1 : 0;
    if (larger == points.labels[k]) ++right;
  }
  return static_cast<double>(right) / static_cast<double>(points.labels.size());
}

void run() {
  constexpr int epochs = 500;
  constexpr double rate = 0.1;
  constexpr double momentum = 0.9;

  const Key key{.seed = 2024};
  const Points training = half_moons(400, key.part(0));
  const Points held_out = half_moons(200, key.part(1));

  nn::MLP model({2, 16, 16, 2}, tanh<Tensor>, ops::identity<Tensor>, key.part(2));
  nn::SGD optimizer(model.parameters(), rate, momentum);
  fmt::print("{} parameters\n", model.parameter_count());

  for (int epoch = 0; epoch <= epochs; ++epoch) {
    // The model's two outputs are scores; cross_entropy turns them into probabilities itself, where nothing overflows.
    const Tensor loss = nn::cross_entropy(model(training.xy), training.labels);
    if (epoch % 100 == 0) {
      fmt::print("Epoch {:3}, loss {:.3f}, held-out accuracy {:.1f} %\n", epoch, loss.item(),
                 100.0 * accuracy(model, held_out));
    }
    optimizer.zero_grad();
    loss.backward();
    optimizer.step();
  }
  fmt::print("Held-out points classified correctly: {:.1f} %\n", 100.0 * accuracy(model, held_out));
}

}  // namespace

int main() {
  try {
    run();
  } catch (const Error& error) {
    fmt::print(stderr, "mlp_classifier: {}\n", error.what());
    return 1;
  }
}
