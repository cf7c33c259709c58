// The adding problem: a GRU remembers the two marked numbers of a sequence, and gives their sum.
#include <gradus/nn.h>

#include "verify.h"
using namespace gradus;

int main() {
  const Key key{.seed = 14};
  const nn::GRU gru(2, 16, {.batch_first = true}, key.part(0));
  const nn::Linear head(16, 1, key.part(1));
  const auto predict = [&](const Tensor& x) { return head(gru(x).output(all, -1)); };
  // Numbers in one channel; in the other a mark in either half.
  const auto drawn = [](std::int64_t rows, const Key& k) {
    const Tensor values = uniform({rows, 10}, 0.0, 1.0, k.part(0)), places = arange(10);
    const Tensor marks = (places == floor(uniform({rows, 1}, 0.0, 5.0, k.part(1)))) +
                         (places == floor(uniform({rows, 1}, 5.0, 10.0, k.part(2))));
    return std::array{ops::stack({values, marks}, 2), sum(values * marks, 1, true)};
  };

  nn::Adam adam({{gru.parameters()}, {head.parameters()}}, 0.01);
  for (std::uint64_t step = 0; step < 500; ++step) {
    const auto [x, y] = drawn(64, key.part(2).part(step));
    adam.zero_grad();
    mse(predict(x), y).backward();
    adam.step();
  }
  const auto [x, y] = drawn(500, key.part(3));
  const nn::GRU small(2, 3, {.batch_first = true}, key.part(4));
  const Tensor few = drawn(2, key.part(5))[0];
  const auto loss = [&](TensorList p) { return nn::functional_call(small, p, [&] { return small(few).output; }); };
  return within("gradient, wrong up to order 2", check_gradients(loss, small.parameters(), 2).ok ? 0.0 : 1.0, 0.0) &&
                 within("error on new sequences, against 1/6", mse(predict(x), y).item(), 0.01)
             ? 0
             : 1;
}
