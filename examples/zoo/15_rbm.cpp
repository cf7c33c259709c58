// The restricted Boltzmann machine (Smolensky 1986): visible and hidden units are coupled to each other but not among themselves.
// So hidden units can be summed out one by one, which leaves a free energy F(v); learning lowers it at what was seen and raises
// it at samples of the machine's own: the likelihood's gradient, estimated (contrastive divergence, Hinton 2002, starts short
// chains at what was seen; here they go on).
#include <cmath>

#include "zoo.h"
#include "zoo_tasks.h"

using namespace gradus;

namespace {

constexpr std::int64_t side = 4, visible = side * side, hidden = 16;

void restricted_boltzmann(zoo::Run& run) {
  const Tensor all_pictures = zoo::bits_of(arange(1 << visible), visible);  // 2¹⁶ of them
  const Tensor pictures = take(all_pictures, Indices(zoo::bars_and_stripes(side)), 0);
  Tensor w = parameter(normal({visible, hidden}, 0.0, 0.1, run.key(0)), "W");
  Tensor b = parameter(zeros({visible}), "b");
  Tensor c = parameter(zeros({hidden}), "c");

  // e^−F(v) = Σ_h e^−E(v, h), with E(v, h) = −vᵀWh − b·v − c·h.
  const auto free_energy = [&](const Tensor& v) { return -matmul(v, b) - sum(softplus(matmul(v, w) + c), 1); };
  // Hidden units given the visible ones, then the visible ones given those, each on or off by chance.
  const auto dream = [&](const Tensor& v, const Key& key) {
    const NoGrad no_grad;
    const Tensor h(uniform({v.size(0), hidden}, 0.0, 1.0, key.part(0)) < sigmoid(matmul(v, w) + c));
    return Tensor(uniform(v.shape(), 0.0, 1.0, key.part(1)) < sigmoid(matmul(h, transpose(w)) + b));
  };

  // Persistent (Tieleman 2008): the dreams go on from where they were, two steps of theirs for each step of learning.
  constexpr int steps = 4000;
  Tensor dreams = bernoulli({100, visible}, 0.5, run.key(1));
  nn::SGD descent({w, b, c}, 0.1, 0.5);  // rate, momentum
  for (int step = 0; step < steps; ++step) {
    const Key key = run.key(2).part(static_cast<std::uint64_t>(step));
    dreams = dream(dream(dreams, key.part(0)), key.part(1));
    const Tensor difference = mean(free_energy(pictures)) - mean(free_energy(dreams));
    if (step % (steps / 5) == 0) fmt::print("step {:4}: free energies differ by {:.3f}\n", step, difference.item());
    descent.set_rate(0.1 * (1.0 - static_cast<double>(step) / steps));
    descent.zero_grad();
    difference.backward();
    descent.step();
  }
  run.draw(mean(free_energy(pictures)).set_name("free energy"), "A restricted Boltzmann machine");

  run.plot_pictures(reshape(dreams[range(16)], {16, side, side}), 8);

  // All pictures there are can be listed, so the likelihood is known exactly.
  const Tensor log_probability = -free_energy(pictures) - logsumexp(-free_energy(all_pictures));
  run.baseline("nats of pictures drawn evenly, 16 log 2", visible * std::log(2.0));
  run.baseline("nats of the 30 pictures alone, log 30, the best there is", std::log(30.0));
  run.at_most("nats", -mean(log_probability).item(), 5.5);
  run.at_least("probability of the 30 pictures together", sum(exp(log_probability)).item(), 0.75);
}

}  // namespace

int main(int argc, char** argv) {
  return zoo::main(argc, argv, {15, "Restricted Boltzmann machine (RBM)", "the 30 bars and stripes of 4 x 4 points"},
                   restricted_boltzmann);
}
