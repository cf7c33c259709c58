// The Boltzmann machine (Hinton and Sejnowski 1983): all units are coupled to all, some are seen, some hidden, and a state is
// the likelier the lower its energy, p(s) ∝ e^−E(s).  Learning makes what was seen likely.  Classically that takes two slow
// simulations; with 14 units all 2¹⁴ states can be listed, and the likelihood and its gradient are exact.
#include <cmath>

#include "zoo.h"

using namespace gradus;

namespace {

constexpr std::int64_t visible = 9;
constexpr std::int64_t hidden = 5;
constexpr std::int64_t all_units = visible + hidden;

/// All states, one a row; the visible units are the last bits, so that row h·2⁹ + v has v on the visible ones.
Tensor all_states() {
  const std::int64_t count = std::int64_t{1} << all_units;
  std::vector<double> bits;
  for (std::int64_t s = 0; s < count; ++s) {
    for (std::int64_t k = 0; k < all_units; ++k) bits.push_back(static_cast<double>((s >> k) & 1));
  }
  return Tensor({count, all_units}, bits);
}

/// The pictures of 3 × 3 with whole columns (bars) or whole rows (stripes): 14, as numbers of nine bits.
std::vector<std::int64_t> bars_and_stripes() {
  std::vector<std::int64_t> pictures{0, 511};
  for (std::int64_t lines = 1; lines < 7; ++lines) {
    std::int64_t rows = 0;
    for (int k = 0; k < 3; ++k) rows |= ((lines >> k) & 1) * (std::int64_t{7} << (3 * k));
    pictures.push_back(lines * 0b001001001);
    pictures.push_back(rows);
  }
  return pictures;
}

void boltzmann(zoo::Run& run) {
  const Tensor states = all_states();
  const Indices seen(bars_and_stripes());

  // −E(s) = ½ sᵀ(U + Uᵀ)s + b·s = sᵀUs + b·s, with the couplings in the upper triangle of U.
  const auto surprise = [&](const Tensor& u, const Tensor& b) {
    const Tensor likely = sum(matmul(states, triu(u, 1)) * states, 1) + matmul(states, b);
    const Tensor by_picture = logsumexp(reshape(likely, {1 << hidden, 1 << visible}), 0);  // hidden units summed out
    return logsumexp(likely) - mean(take(by_picture, seen, 0));
  };
  const Tensor u = normal({all_units, all_units}, 0.0, 0.1, run.key(0));
  std::vector<double> way;
  const auto learnt = minimize(surprise, std::vector<Tensor>{u, zeros({all_units})},
                               {.method = MinimizeMethod::lbfgs, .max_iterations = 250, .callback = [&](const auto& s) {
                                  way.push_back(s.value);
                                  if (s.iteration % 50 == 0)
                                    fmt::print("step {:3}: {:.3f} nats\n", s.iteration, s.value);
                                  return true;
                                }});
  Tensor couplings = parameter(learnt.x[0], "U");
  Tensor bias = parameter(learnt.x[1], "b");
  const Tensor nats = surprise(couplings, bias).set_name("surprise");
  run.draw(nats, {.title = "A Boltzmann machine", .subtitle = "its 2¹⁴ states", .detail = Detail::shape});

  run.plot(Plot("A Boltzmann machine", "step", "nats").line(arange(static_cast<double>(way.size())), way));

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
