// The sparse auto-encoder (Ranzato and others 2007; sparse coding, without an encoder: Olshausen and Field 1996): more code units
// than needed, but few may be active at once, each at a price.  So each learns to stand for something that pictures are made of.
// Here that is Földiák's bars (1990): a point is black (1) where any bar lies, which a decoder that adds up cannot say.  A
// noisy-or can: a point stays white when every active unit fails to blacken it, p(white) = Π_k (1 − h_k w_ki).
#include <cmath>

#include "zoo_training.h"

using namespace gradus;

namespace {

constexpr std::int64_t side = 6;
constexpr std::int64_t points = side * side;
constexpr std::int64_t units = 16;

/// The six rows and the six columns, [12, 36].
Tensor all_bars() {
  const Tensor line = reshape(eye(side), {side, side, 1});
  const Tensor rows = broadcast_to(line, Shape{side, side, side});
  return reshape(concat({rows, transpose(rows, 1, 2)}), {2 * side, points});
}

void sparse(zoo::Run& run) {
  const Tensor bars = all_bars();
  const auto pictures = [&](std::int64_t count, const Key& key) {
    return matmul(bernoulli({count, 2 * side}, 0.12, key), bars) > 0.0;
  };

  const nn::Linear encoder(points, units, run.key(0));
  const Tensor strength =
      parameter(normal({units, points}, -4.0, 0.5, run.key(1)), "strength");  // w is its sigmoid, near 0 at first
  const auto code = [&](const Tensor& x) { return sigmoid(encoder(x)); };
  const auto loss = [&](const Tensor& x) {
    const Tensor h = code(x), w = sigmoid(strength);
    // 0.999 and 1.0001 keep both logarithms away from log 0.
    const Tensor log_white = sum(log(1.0 - 0.999 * unsqueeze(h, 2) * w), 1);
    const Tensor likelihood = sum(x * log(1.0001 - exp(log_white)) + (1.0 - x) * log_white);
    // 0.15 nats for a unit that is active.
    return (0.15 * sum(h) - likelihood) / static_cast<double>(x.size(0));
  };
  std::vector<Tensor> parameters = encoder.parameters();
  parameters.push_back(strength);
  zoo::train({.steps = 4000, .rate = 0.03}, parameters, loss,
             [&](std::uint64_t k) { return std::array{pictures(64, run.key(2).part(k))}; });
  run.outline(loss(bars[range(1)]), "A sparse auto-encoder", "the code of one bar");

  // For each bar the cosine of the angle to the most similar of some pictures.
  const auto likeness = [&](const Tensor& w) {
    return max(abs(matmul(bars, transpose(w)) / norm(w, 2.0, 1)), 1) / std::sqrt(side);
  };
  // 0.8: a unit halfway between two bars has a cosine of at most 0.77 to each, so that no unit counts for two.
  const auto found = [&](const Tensor& w) { return sum(likeness(w) > 0.8).item(); };
  const NoGrad no_grad;
  const Tensor weights = sigmoid(strength);
  run.plot_pictures(reshape(weights, {units, side, side}), 8);
  const Tensor test = pictures(2000, run.key(3));
  fmt::print("active on average: {:.1f} % of the units\n", 100.0 * mean(code(test)).item());
  const Tensor components = svd(test - mean(test, 0)).Vh[range(units)];
  run.baseline("bars among as many principal components", found(components));
  run.at_least("bars that have a unit of their own", found(weights), 2 * side);
}

}  // namespace

int main(int argc, char** argv) {
  return zoo::main(argc, argv,
                   {11, "Sparse auto-encoder (SAE)", "find the 12 bars that pictures of 6 x 6 points are made of"},
                   sparse);
}
