#include "zoo_tasks.h"

#include <nn/nn.h>

using namespace gradus;

namespace zoo {

namespace repeating {

namespace {

/// What the network is given.
Tensor said_and_asked(const Tensor& words) {
  const std::int64_t count = words.size(0), length = words.size(1);
  const Tensor marks = pad(eye(2), {bits, 0});
  const auto times = [&](std::int64_t n, const Tensor& mark) { return broadcast_to(mark, Shape{count, n, bits + 2}); };
  return concat({pad(words, {0, 2}), times(1, marks[0]), times(length, marks[1])}, 1);
}

}  // namespace

Tensor words(std::uint64_t k, const Key& key) {
  return bernoulli({32, 1 + static_cast<std::int64_t>(k % 4), bits}, 0.5, key.part(k));
}

bool is_asked(const Tensor& said, std::int64_t time) { return time > said.size(1) / 2; }

Tensor loss(const Network& network, const Tensor& words) {
  return nn::bce_with_logits_loss(network(said_and_asked(words)), words);
}

double share_wrong(const Network& network, std::int64_t length, const Key& key) {
  const NoGrad no_grad;
  const Tensor words = bernoulli({500, length, bits}, 0.5, key);
  return mean(not_equal(network(said_and_asked(words)) > 0.0, words)).item();
}

}  // namespace repeating

Tensor discs(const Tensor& numbers) {
  const Tensor place = arange(16.0);
  const auto number = [&](std::int64_t k) { return reshape(numbers(all, k), {-1, 1, 1}); };
  const Tensor x = place - (7.5 + 3.5 * number(0));                // [count, 1, 16]
  const Tensor y = unsqueeze(place, 1) - (7.5 + 3.5 * number(1));  // [count, 16, 1]
  const Tensor radius = 3.0 + number(2);
  return unsqueeze(sigmoid(4.0 * (radius - hypot(x, y))), 1);
}

}  // namespace zoo
