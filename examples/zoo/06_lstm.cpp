// Long short-term memory (Hochreiter and Schmidhuber 1997; the forget gate: Gers, Schmidhuber and Cummins 2000).  Beside its
// output h the cell has a memory s that is changed by adding, not by passing through a squashing function: what a gate keeps
// open stays, and so does its gradient, over many steps.  Three gates, numbers between 0 and 1, say what the memory forgets, what
// is written to it, and what is shown of it.  The plain recurrent network beside it has no such way back in time.
#include "zoo_tasks.h"
#include "zoo_training.h"

using namespace gradus;

namespace {

constexpr std::int64_t units = 24;
constexpr std::int64_t length = 30;

void lstm(zoo::Run& run) {
  const nn::Linear gates(2 + units, 4 * units, run.key(0)), sum_of_h(units, 1, run.key(1));
  const auto network = [&](const Tensor& x) {
    Tensor h = zeros({x.size(0), units}), s = h;
    for (std::int64_t t = 0; t < x.size(1); ++t) {
      const Tensor z = reshape(gates(concat({x(all, t), h}, 1)), {-1, 4, units});
      const Tensor keep = sigmoid(z(all, 0) + 1.0), write = sigmoid(z(all, 1)), show = sigmoid(z(all, 2));
      s = keep * s + write * tanh(z(all, 3));
      h = show * tanh(s);
    }
    return sum_of_h(h);
  };
  const auto batch = [&](std::uint64_t k) { return zoo::adding_problem(32, length, run.key(3).part(k)); };
  const auto loss = [&](const Tensor& x, const Tensor& y) { return nn::mse_loss(network(x), y); };
  const auto losses = zoo::train({900, 0.01, "LSTM"}, zoo::parameters({gates, sum_of_h}), loss, batch);

  // The same without memory and gates.
  const nn::Linear cell(2 + units, units, run.key(0)), sum_of_plain(units, 1, run.key(1));
  const auto plain = [&](const Tensor& x) {
    Tensor h = zeros({x.size(0), units});
    for (std::int64_t t = 0; t < x.size(1); ++t) h = tanh(cell(concat({x(all, t), h}, 1)));
    return sum_of_plain(h);
  };
  const auto plain_loss = [&](const Tensor& x, const Tensor& y) { return nn::mse_loss(plain(x), y); };
  const auto plain_losses = zoo::train({900, 0.01, "plain"}, zoo::parameters({cell, sum_of_plain}), plain_loss, batch);

  const auto [x, y] = zoo::adding_problem(1, 2, run.key(4));
  run.draw(loss(x, y), {.title = "Long short-term memory", .subtitle = "two steps", .detail = Detail::shape});
  run.plot(zoo::plot_of_losses(losses));

  const NoGrad no_grad;
  const auto [numbers, sums] = zoo::adding_problem(1000, length, run.key(5));
  run.baseline("always 1, the mean: squared error", mean(square(sums - 1.0)).item());
  run.baseline("plain recurrent network, squared error", plain_loss(numbers, sums).item());
  run.at_most("squared error", loss(numbers, sums).item(), 0.01);
}

}  // namespace

int main(int argc, char** argv) {
  return zoo::main(
      argc, argv,
      {6, "Long short-term memory (LSTM)", "add the two of 30 numbers that are marked, seen one after the other"},
      lstm);
}
