// Long short-term memory (Hochreiter and Schmidhuber 1997; the forget gate: Gers, Schmidhuber and Cummins 2000).  Beside its
// output h the cell has a memory s that is changed by adding, not by passing through a squashing function: what a gate keeps
// open stays, and so does its gradient, over many steps.  Three gates, numbers between 0 and 1, say what the memory forgets, what
// is written to it, and what is shown of it.  The plain recurrent network beside it has no such way back in time.
#include "zoo_adding.h"

using namespace gradus;

namespace {

constexpr std::int64_t units = 24;

void lstm(zoo::Run& run) {
  const nn::Linear gates(2 + units, 4 * units, run.key(0)), sum_of_h(units, 1, run.key(1));
  const auto network = [&](const Tensor& x) {
    Tensor h = zeros({x.size(0), units}), s = h;
    for (std::int64_t t = 0; t < x.size(1); ++t) {
      // Four numbers for each unit: three gates, and what may be written.  The 1 lets it keep most of its memory at first.
      const Tensor z = reshape(gates(concat({x(all, t), h}, 1)), {-1, 4, units});
      const Tensor keep = sigmoid(z(all, 0) + 1.0), write = sigmoid(z(all, 1)), show = sigmoid(z(all, 2));
      s = keep * s + write * tanh(z(all, 3));
      h = show * tanh(s);
    }
    return sum_of_h(h);
  };
  zoo::add_beside_plain(run, {"LSTM", "Long short-term memory", network, zoo::parameters({gates, sum_of_h})}, units);
}

}  // namespace

int main(int argc, char** argv) {
  return zoo::main(
      argc, argv,
      {6, "Long short-term memory (LSTM)", "add the two of 30 numbers that are marked, seen one after the other"},
      lstm);
}
