// The gated recurrent unit (Cho and others 2014): the LSTM's idea with one state and two gates.  What the gate keeps of h is
// kept as it is, and the rest is replaced by a candidate; a second gate says how much of h the candidate may look at.
#include "zoo_tasks.h"
#include "zoo_training.h"

using namespace gradus;

namespace {

constexpr std::int64_t units = 24;
constexpr std::int64_t length = 30;

void gru(zoo::Run& run) {
  const nn::Linear gates(2 + units, 2 * units, run.key(0)), candidate(2 + units, units, run.key(1));
  const nn::Linear sum_of_h(units, 1, run.key(2));
  const auto network = [&](const Tensor& x) {
    Tensor h = zeros({x.size(0), units});
    for (std::int64_t t = 0; t < x.size(1); ++t) {
      const Tensor z = reshape(sigmoid(gates(concat({x(all, t), h}, 1))), {-1, 2, units});
      const Tensor keep = z(all, 0), look = z(all, 1);
      h = keep * h + (1.0 - keep) * tanh(candidate(concat({x(all, t), look * h}, 1)));
    }
    return sum_of_h(h);
  };
  const auto batch = [&](std::uint64_t k) { return zoo::adding_problem(32, length, run.key(3).part(k)); };
  const auto loss = [&](const Tensor& x, const Tensor& y) { return nn::mse_loss(network(x), y); };
  const auto losses = zoo::train({900, 0.01, "GRU"}, zoo::parameters({gates, candidate, sum_of_h}), loss, batch);

  // The same without gates.
  const nn::Linear cell(2 + units, units, run.key(0)), sum_of_plain(units, 1, run.key(1));
  const auto plain = [&](const Tensor& x) {
    Tensor h = zeros({x.size(0), units});
    for (std::int64_t t = 0; t < x.size(1); ++t) h = tanh(cell(concat({x(all, t), h}, 1)));
    return sum_of_plain(h);
  };
  const auto plain_loss = [&](const Tensor& x, const Tensor& y) { return nn::mse_loss(plain(x), y); };
  const auto plain_losses = zoo::train({900, 0.01, "plain"}, zoo::parameters({cell, sum_of_plain}), plain_loss, batch);

  const auto [x, y] = zoo::adding_problem(1, 2, run.key(4));
  run.draw(loss(x, y), {.title = "A gated recurrent unit", .subtitle = "two steps", .detail = Detail::shape});
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
      {7, "Gated recurrent unit (GRU)", "add the two of 30 numbers that are marked, seen one after the other"}, gru);
}
