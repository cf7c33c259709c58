// The echo state network (Jaeger 2001): a large recurrent network at random, which is not trained, so that the past echoes in
// it for a while; what it says is read off by one linear layer, found by ridge regression.  Its own prediction, fed back in as
// the next input, lets it run freely.
#include <cmath>

#include "zoo_tasks.h"
#include "zoo_training.h"

using namespace gradus;

namespace {

void echo_state(zoo::Run& run) {
  constexpr std::int64_t units = 300, learnt = 3000, discarded = 100, lags = 20, free_steps = 84, trials = 20;
  const std::vector<double> numbers = zoo::mackey_glass(learnt + trials * 150, run.key(0));
  const Tensor series(numbers);

  // A random matrix of deviation ρ/√n has the spectral radius ρ, nearly.
  const Tensor w = normal({units, units}, 0.0, 0.95 / std::sqrt(units), run.key(1));
  const Tensor w_in = uniform({units, 2}, -1.0, 1.0, run.key(2));
  // Half of the state stays as it is, so that echoes last; the constant input 1 is a bias.
  const auto next_state = [&](const Tensor& state, double in) {
    return 0.5 * state + 0.5 * tanh(matmul(w, state) + matmul(w_in, Tensor{in, 1.0}));
  };

  // The states that the series drives it through, and what came next each time.
  Tensor state = zeros({units});
  std::vector<Tensor> states;
  for (const double in : numbers) states.push_back(state = next_state(state, in));
  const Tensor driven = ops::stack(std::span<const Tensor>(states).subspan(discarded, learnt - discarded));
  const Tensor readout = zoo::ridge(driven, series[range(discarded + 1, learnt + 1)], 1e-10);  // next to no price

  // And the same for a linear prediction out of the last twenty numbers.
  std::vector<Tensor> windows;
  for (std::int64_t k = 0; k + lags < learnt; ++k) windows.push_back(series[range(k, k + lags)]);
  const Tensor linear_readout = zoo::ridge(ops::stack(windows), series[range(lags, learnt)], 1e-10);

  // From twenty places, 145 apart so that stretches do not overlap, both run by themselves: how far off are they after 84 steps?
  std::vector<double> run_free;
  double network = 0.0, autoregression = 0.0;
  for (std::int64_t trial = 0; trial < trials; ++trial) {
    const std::int64_t from = learnt + trial * 145;
    Tensor echo = states[static_cast<std::size_t>(from)];
    Tensor window = series[range(from + 1 - lags, from + 1)];
    for (int k = 1; k < free_steps; ++k) {
      if (trial == 0) run_free.push_back(dot(readout, echo).item());
      echo = next_state(echo, dot(readout, echo).item());
      window = concat({window[range(1, lags)], reshape(dot(linear_readout, window), {1})});
    }
    const Tensor truth = series[from + free_steps];
    network += square(dot(readout, echo) - truth).item();
    autoregression += square(dot(linear_readout, window) - truth).item();
  }
  const double scale = trials * var(series).item();

  Tensor in = variable(states[500], "echo");
  run.draw(dot(readout, in).set_name("next"), "An echo state network", "its readout, all that learns");
  const Tensor steps = arange(1.0, free_steps);
  run.plot(Plot("An echo state network", "free step", "x − 0.9")
               .line(steps, series[range(learnt + 1, learnt + free_steps)], "the series")
               .dashed_line(steps, run_free, "the network by itself"));
  run.baseline("NRMSE after 84 free steps of a linear prediction from 20 numbers", std::sqrt(autoregression / scale));
  run.at_most("NRMSE after 84 free steps", std::sqrt(network / scale), 0.05);
}

}  // namespace

int main(int argc, char** argv) {
  return zoo::main(
      argc, argv, {23, "Echo state network (ESN)", "go on with a chaotic series (Mackey-Glass, delay 17) for 84 steps"},
      echo_state);
}
