// Long short-term memory (Hochreiter and Schmidhuber 1997; the forget gate: Gers, Schmidhuber and Cummins 2000).  Beside its
// output h the cell has a memory s that is changed by adding, not by passing through a squashing function: as long as the forget
// gate is near 1 it stays, and so does its gradient, over many steps.  Three gates, numbers between 0 and 1, say what the memory
// keeps (forget), what is written to it (input), and what is shown of it (output).  The plain recurrent network beside it has no
// such way back in time.
#include "zoo_adding.h"

using namespace gradus;

namespace {

constexpr std::int64_t units = 24;

void lstm(zoo::Run& run) {
  const nn::Linear gates(2 + units, 4 * units, run.key(0)), sum_of_h(units, 1, run.key(1));
  const auto network = [&](const Tensor& x) {
    Tensor h = zeros({x.size(0), units}), s = h;
    for (std::int64_t t = 0; t < x.size(1); ++t) {
      // Four numbers for each unit: three gates, and what may be written.  The 1 starts the forget gate at about
      // sigmoid(1) = 0.73, so that most of the memory outlasts a step at first.
      const Tensor z = reshape(gates(concat({x(all, t), h}, 1)), {-1, 4, units});
      const Tensor keep = sigmoid(z(all, 0) + 1.0), write = sigmoid(z(all, 1)), show = sigmoid(z(all, 2));
      s = keep * s + write * tanh(z(all, 3));
      h = show * tanh(s);
    }
    return sum_of_h(h);
  };
  // Trained in zoo_adding.cpp, on the adding problem, beside a plain recurrent network of as many units.
  zoo::add_beside_plain(run, {"LSTM", "Long short-term memory", network, zoo::parameters({gates, sum_of_h})}, units);
}

}  // namespace

int main(int argc, char** argv) {
  return zoo::main(
      argc, argv,
      {6, "Long short-term memory (LSTM)", "add the two of 30 numbers that are marked, seen one after the other"},
      lstm);
}
