#include "zoo_adding.h"

using namespace gradus;

namespace zoo {

std::array<Tensor, 2> adding_problem(std::int64_t count, std::int64_t length, const Key& key) {
  const auto half = static_cast<double>(length / 2);
  const Tensor numbers = uniform({count, length}, 0.0, 1.0, key.part(0));
  const Tensor first = floor(uniform({count, 1}, 0.0, half, key.part(1)));
  const Tensor second = floor(uniform({count, 1}, half, static_cast<double>(length), key.part(2)));
  const Tensor time = arange(static_cast<double>(length));
  const Tensor marks = equal(time, first) + equal(time, second);
  return {ops::stack({numbers, marks}, 2), sum(numbers * marks, 1, true)};
}

void add_beside_plain(Run& run, const Adder& adder, std::int64_t units) {
  constexpr std::int64_t length = 30;
  const auto batch = [&](std::uint64_t k) { return adding_problem(32, length, run.key(3).part(k)); };
  const auto loss_of = [](const auto& answer) {
    return [&answer](const Tensor& x, const Tensor& y) { return nn::mse_loss(answer(x), y); };
  };
  const auto loss = loss_of(adder.answer);
  const auto losses = train({900, 0.01, adder.name}, adder.parameters, loss, batch);

  // The same without memory and gates.
  const nn::Linear cell(2 + units, units, run.key(0)), sum_of_h(units, 1, run.key(1));
  const auto plain = [&](const Tensor& x) {
    Tensor h = zeros({x.size(0), units});
    for (std::int64_t t = 0; t < x.size(1); ++t) h = tanh(cell(concat({x(all, t), h}, 1)));
    return sum_of_h(h);
  };
  const auto plain_loss = loss_of(plain);
  train({900, 0.01, "plain"}, parameters({cell, sum_of_h}), plain_loss, batch);

  const auto example = adding_problem(1, 2, run.key(4));
  run.outline(loss(example[0], example[1]), adder.title, "two steps");
  run.plot(plot_of_losses(losses));

  const NoGrad no_grad;
  const auto unseen = adding_problem(1000, length, run.key(5));
  run.baseline("always 1, the mean: squared error", mean(square(unseen[1] - 1.0)).item());
  run.baseline("plain recurrent network, squared error", plain_loss(unseen[0], unseen[1]).item());
  run.at_most("squared error", loss(unseen[0], unseen[1]).item(), 0.01);
}

}  // namespace zoo
