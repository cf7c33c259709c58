// The liquid state machine (Maass 2002): neurons that spike, coupled at random, into which signals fall as stones into a pond.
// The ripples tell for a while what fell in and when, and a linear readout of them is all that is trained.  A spike has no
// useful derivative, and none is needed.
#include "zoo_training.h"

using namespace gradus;

namespace {

constexpr std::int64_t channels = 4, steps = 100, neurons = 150;

/// Spikes in four channels, [examples, channels, steps]: one pattern, or, for odd examples, the same pattern backwards, each
/// spike moved by a few steps.  So both kinds have as many spikes in each channel, and differ in when they come.
Tensor trains(std::int64_t examples, const Key& pattern, const Key& key) {
  constexpr std::int64_t spikes = 8;
  const std::vector<double> when = uniform({channels * spikes}, 10.0, 90.0, pattern).to_vector();
  const std::vector<double> moved = normal({examples * channels * spikes}, 0.0, 2.0, key).to_vector();
  std::vector<double> out(static_cast<std::size_t>(examples * channels * steps), 0.0);
  for (std::size_t k = 0; k < moved.size(); ++k) {
    const double at = when[k % when.size()];
    const bool backwards = k / when.size() % 2 == 1;
    const auto time = static_cast<std::size_t>((backwards ? 99.0 - at : at) + moved[k]);
    out[k / spikes * steps + time] = 1.0;
  }
  return Tensor({examples, channels, steps}, out);
}

void liquid_state(zoo::Run& run) {
  constexpr std::int64_t examples = 600;
  const Tensor training = trains(examples, run.key(0), run.key(1));
  const Tensor held_out = trains(examples, run.key(0), run.key(2));
  const Tensor side = repeat(Tensor{1.0, -1.0}, {examples / 2});  // 1: forwards, −1: backwards

  // Leaky integrate and fire: a neuron's potential leaks away, rises with the spikes that reach it, and above 1 it spikes and
  // starts anew.  Four in five excite the others, the rest inhibit them, twice as strongly.
  const Tensor into =
      uniform({channels, neurons}, 0.0, 1.5, run.key(3)) * bernoulli({channels, neurons}, 0.3, run.key(4));
  const Tensor sign = where(arange(neurons) < 0.8 * neurons, 1.0, -2.0);
  const Tensor among = unsqueeze(sign, 1) * uniform({neurons, neurons}, 0.0, 0.4, run.key(5)) *
                       bernoulli({neurons, neurons}, 0.1, run.key(6));
  double fired = 0.0;
  const auto liquid = [&](const Tensor& input) {
    Tensor potential = zeros({examples, neurons}), spike = potential;
    Tensor trace = potential;  // what a readout sees of the spikes: each fades away
    for (std::int64_t t = 0; t < steps; ++t) {
      potential = 0.95 * potential * (1.0 - spike) + matmul(input(all, all, t), into) + matmul(spike, among);
      spike = Tensor(potential > 1.0);
      trace = 0.97 * trace + spike;
      fired += mean(spike).item();
    }
    return trace;
  };

  // A linear readout with a constant, by ridge regression; the share of held-out trains on the right side.
  const auto accuracy = [&](const Tensor& seen, const Tensor& unseen) {
    const Tensor x = concat({seen, ones({examples, 1})}, 1);
    const Tensor said = matmul(concat({unseen, ones({examples, 1})}, 1), zoo::ridge(x, side, 3.0));
    return mean(said * side > 0.0).item();
  };
  const Tensor ripples = liquid(training);
  fmt::print("a neuron spikes {:.1f} times in {} steps\n", fired, steps);

  run.plot({Plot("Forwards: four channels, a hundred steps").picture(training[0].value()).size(500, 100),
            Plot("Backwards").picture(training[1].value()).size(500, 100)},
           1);

  Tensor w = parameter(zeros({neurons}), "readout");  // to be drawn alone: ridge() finds the weights
  const Tensor loss = nn::mse_loss(matmul(ripples, w), side);
  run.draw(loss, "A liquid state machine", "its readout, all that learns");
  run.baseline("right by the numbers of spikes alone", accuracy(sum(training, 2), sum(held_out, 2)));
  run.at_least("right by the liquid", accuracy(ripples, liquid(held_out)), 0.95);
}

}  // namespace

int main(int argc, char** argv) {
  return zoo::main(argc, argv,
                   {21, "Liquid state machine (LSM)", "tell trains of spikes from the same backwards in time"},
                   liquid_state);
}
