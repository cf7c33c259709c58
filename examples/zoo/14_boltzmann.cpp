// The Boltzmann machine (Hinton and Sejnowski 1983): all units are coupled to all, some are seen, some hidden, and a state is the
// likelier the lower its energy, p(s) ∝ e^−E(s).  Learning makes what was seen likely.  Classically that takes two slow
// simulations, one with the pictures held fast and one free; with 14 units all 2¹⁴ states can be listed, and the likelihood and
// its gradient are exact.
#include <cmath>

#include "zoo.h"
#include "zoo_tasks.h"

using namespace gradus;

namespace {

constexpr std::int64_t visible = 9;
constexpr std::int64_t hidden = 5;
constexpr std::int64_t all_units = visible + hidden;

void boltzmann(zoo::Run& run) {
  // One state a row, all 2¹⁴ of them.  The low nine bits are the visible units: row h·2⁹ + v shows picture v.
  const Tensor states = zoo::bits_of(arange(1 << all_units), all_units);
  const Indices seen(zoo::bars_and_stripes(3));

  // −E(s) = ½ sᵀ(U + Uᵀ)s + b·s = sᵀUs + b·s, with the couplings in the upper triangle of U.
  const auto surprise = [&](const Tensor& u, const Tensor& b) {
    const Tensor minus_energy = sum(matmul(states, triu(u, 1)) * states, 1) + matmul(states, b);
    const Tensor by_picture =
        logsumexp(reshape(minus_energy, {1 << hidden, 1 << visible}), 0);  // hidden units summed out
    return logsumexp(minus_energy) - mean(take(by_picture, seen, 0));
  };
  const Tensor u = normal({all_units, all_units}, 0.0, 0.1, run.key(0));
  std::vector<double> losses;
  const auto learnt = minimize(surprise, std::vector<Tensor>{u, zeros({all_units})},
                               {.method = MinimizeMethod::lbfgs, .max_iterations = 250, .callback = [&](const auto& s) {
                                  losses.push_back(s.value);
                                  if (s.iteration % 50 == 0)
                                    fmt::print("step {:3}: {:.3f} nats\n", s.iteration, s.value);
                                  return true;
                                }});
  Tensor couplings = parameter(learnt.x[0], "U");
  Tensor bias = parameter(learnt.x[1], "b");
  const Tensor nats = surprise(couplings, bias).set_name("surprise");
  run.outline(nats, "A Boltzmann machine", "its 2¹⁴ states");

  run.plot(Plot("A Boltzmann machine", "step", "nats").line(arange(static_cast<double>(losses.size())), losses));

  run.baseline("nats of pictures drawn evenly, 9 log 2", 9.0 * std::log(2.0));
  run.baseline("nats of the 14 pictures alone, log 14, the best there is", std::log(14.0));
  run.at_most("nats", nats.item(), 2.70);
}

}  // namespace

int main(int argc, char** argv) {
  return zoo::main(
      argc, argv,
      {14, "Boltzmann machine (BM)", "the 14 bars and stripes of 3 x 3 points: make them, and no others, likely"},
      boltzmann);
}
