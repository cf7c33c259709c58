// The Markov chain (Markov 1906): where it goes next depends on where it is, on nothing before.  It is no neural network, but
// a relative of those that draw by chance: its table of probabilities is learnt as any other parameter, by making what was seen
// likely.  Here the answer is known without any gradient: count.
#include "zoo.h"

using namespace gradus;

namespace {

constexpr std::int64_t states = 5;

/// A walk of so many states: each drawn from the row of the one before it.
std::vector<std::int64_t> walk(const Tensor& rows, std::int64_t steps, const Key& key) {
  const std::vector<double> chance = uniform({steps}, 0.0, 1.0, key).to_vector();
  const std::vector<double> up_to = cumsum(rows, 1).to_vector();
  std::vector<std::int64_t> at{0};
  for (const double u : chance) {
    std::int64_t next = 0;
    while (next + 1 < states && u >= up_to[static_cast<std::size_t>(at.back() * states + next)]) ++next;
    at.push_back(next);
  }
  return at;
}

void markov_chain(zoo::Run& run) {
  const Tensor truth = softmax(normal({states, states}, 0.0, 1.5, run.key(0)));
  const std::vector<std::int64_t> seen = walk(truth, 2000, run.key(1));
  const std::vector<std::int64_t> unseen = walk(truth, 2000, run.key(2));

  // The mean surprise of a walk, −log p(next | now), as a function of the table.
  const auto surprise = [](const Tensor& logits, const std::vector<std::int64_t>& path) {
    const Indices now(std::vector<std::int64_t>(path.begin(), path.end() - 1));
    return nn::cross_entropy(take(logits, now, 0), std::span(path).subspan(1));
  };
  const auto start = zeros({states, states});
  const auto learnt =
      minimize([&](const Tensor& logits) { return surprise(logits, seen); }, start,
               {.method = MinimizeMethod::lbfgs, .gradient_tolerance = 1e-6, .callback = [](const auto& s) {
                  if (s.iteration % 10 == 0) fmt::print("step {:2}: {:.4f} nats\n", s.iteration, s.value);
                  return true;
                }});
  const Tensor table = softmax(learnt.x);

  Tensor counts = zeros({states, states});
  for (std::size_t k = 0; k + 1 < seen.size(); ++k) counts.at(seen[k], seen[k + 1]) += 1.0;
  const Tensor counted = counts / sum(counts, 1, true);
  fmt::print("first row, learnt:  {}\n", to_string(floor(1000.0 * table[0] + 0.5) / 1000.0));
  fmt::print("first row, counted: {}\n", to_string(floor(1000.0 * counted[0] + 0.5) / 1000.0));

  Tensor logits = parameter(learnt.x, "logits");
  run.draw(surprise(logits, {seen.begin(), seen.begin() + 10}).set_name("surprise"), "A Markov chain",
           "the surprise at ten steps");

  const std::vector<std::string> names{"1", "2", "3", "4", "5"};
  const auto rounded = [](const Tensor& x) { return Tensor(floor(100.0 * x + 0.5) / 100.0).value(); };
  run.plot({Plot("Learnt").table(rounded(table), names, names), Plot("Counted").table(rounded(counted), names, names)},
           2);

  // Without a memory of one step: how often each state occurs, the same row five times, as logits.
  const Tensor unigram = broadcast_to(log(sum(counts, 0) / sum(counts)), {states, states});
  run.baseline("held-out nats per step by the states' shares alone", surprise(unigram, unseen).item());
  run.at_most("held-out nats per step", surprise(learnt.x, unseen).item(), surprise(unigram, unseen).item());
  run.at_most("largest difference from counting", max(abs(table - counted)).item(), 1e-3);
}

}  // namespace

int main(int argc, char** argv) {
  return zoo::main(argc, argv,
                   {12, "Markov chain (MC)", "learn five states' transitions from 2,000 steps, by likelihood"},
                   markov_chain);
}
