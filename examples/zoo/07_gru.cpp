// The gated recurrent unit (Cho and others 2014): the LSTM's idea with one state and two gates.  What the gate keeps of h is
// kept as it is, and the rest is replaced by a candidate; a second gate says how much of h the candidate may look at.
#include "zoo_adding.h"

using namespace gradus;

namespace {

constexpr std::int64_t units = 24;

void gru(zoo::Run& run) {
  const nn::Linear gates(2 + units, 2 * units, run.key(0)), candidate(2 + units, units, run.key(1));
  const nn::Linear sum_of_h(units, 1, run.key(2));
  const auto network = [&](const Tensor& x) {
    Tensor h = zeros({x.size(0), units});
    for (std::int64_t t = 0; t < x.size(1); ++t) {
      const Tensor both = reshape(sigmoid(gates(concat({x(all, t), h}, 1))), {-1, 2, units});
      const Tensor keep = both(all, 0), look = both(all, 1);  // the update and the reset gate
      h = keep * h + (1.0 - keep) * tanh(candidate(concat({x(all, t), look * h}, 1)));
    }
    return sum_of_h(h);
  };
  // Trained in zoo_adding.cpp, on the adding problem, beside a plain recurrent network of as many units.
  zoo::add_beside_plain(run, {"GRU", "A gated recurrent unit", network, zoo::parameters({gates, candidate, sum_of_h})},
                        units);
}

}  // namespace

int main(int argc, char** argv) {
  return zoo::main(
      argc, argv,
      {7, "Gated recurrent unit (GRU)", "add the two of 30 numbers that are marked, seen one after the other"}, gru);
}
