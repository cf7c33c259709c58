// The recurrent neural network (Elman 1990): it reads one thing after the other, and hands its state on to itself.  Unrolled
// in time it is a deep network with the same weights in every layer; the gradient goes back through all of them (Elman's: one).
// Here it adds two numbers written in bits, the low ones first: what its state has to learn is to carry.
#include "zoo_tasks.h"
#include "zoo_training.h"

using namespace gradus;

namespace {

constexpr std::int64_t bits = 7;
constexpr std::int64_t times = bits + 1;  // the sum has one more
constexpr std::int64_t units = 16;

/// What is read, two bits at each time: [count, times, 2].
Tensor both_in_bits(const Tensor& a, const Tensor& b) {
  return ops::stack({zoo::bits_of(a, times), zoo::bits_of(b, times)}, 2);
}

void rnn(zoo::Run& run) {
  const nn::Linear cell(2 + units, units, run.key(0));
  const nn::Linear answer(units, 1, run.key(1));

  // h ← tanh(W [x, h] + b), and at each time a bit is read off h.
  const auto network = [&](const Tensor& x) {
    Tensor h = zeros({x.size(0), units});
    std::vector<Tensor> sum_bits;
    for (std::int64_t t = 0; t < x.size(1); ++t) {
      h = tanh(cell(concat({x(all, t), h}, 1)));
      sum_bits.push_back(answer(h));
    }
    return concat(sum_bits, 1);
  };
  const auto loss = [&](const Tensor& x, const Tensor& y) { return nn::bce_with_logits_loss(network(x), y); };
  // Three bits of one sum, drawn.
  const Tensor three{3.0}, one{1.0};
  run.outline(loss(both_in_bits(three, one)(all, range(3)), zoo::bits_of(three + one, 3)), "A recurrent network",
              "3 + 1, unrolled over three bits, untrained");

  const auto losses =
      zoo::train({.steps = 800, .rate = 0.01}, zoo::parameters({cell, answer}), loss, [&](std::uint64_t k) {
        // Two rows of 32 whole numbers below 2⁷: what is to be added.
        const Tensor ab = floor(uniform({2, 32}, 0.0, 128.0, run.key(2).part(k)));
        return std::array{both_in_bits(ab[0], ab[1]), zoo::bits_of(ab[0] + ab[1], times)};
      });
  run.plot(zoo::plot_of_losses(losses));

  // Every sum of two numbers of seven bits, 2¹⁴ of them; most were among the 25,600 that it was trained on.
  const NoGrad no_grad;
  const auto grid = meshgrid({arange(128.0), arange(128.0)});
  const Tensor a = flatten(grid[0]), b = flatten(grid[1]), exact = zoo::bits_of(a + b, times), x = both_in_bits(a, b);
  const auto right = [&](const Tensor& y) { return mean(all_of(equal(y, exact), 1)).item(); };
  run.baseline("share of sums right without a memory, each bit the exclusive or of two",
               right(abs(x(all, all, 0) - x(all, all, 1))));
  run.at_least("share of all 16,384 sums right in every bit", right(network(x) > 0.0), 0.99);
}

}  // namespace

int main(int argc, char** argv) {
  return zoo::main(
      argc, argv, {5, "Recurrent neural network (RNN)", "add two numbers of seven bits, one bit after the other"}, rnn);
}
