#include "zoo_tasks.h"

#include <nn/nn.h>

#include <cmath>

using namespace gradus;

namespace zoo {

Tensor bits_of(const Tensor& numbers, std::int64_t bits) {
  const Tensor shifted = floor(unsqueeze(numbers, 1) / exp2(arange(static_cast<double>(bits))));
  return shifted - 2.0 * floor(shifted / 2.0);
}

std::vector<std::int64_t> bars_and_stripes(std::int64_t side) {
  const std::int64_t row = (std::int64_t{1} << side) - 1;  // all points of the first row
  std::int64_t column = 0;                                 // all points of the first column
  for (std::int64_t k = 0; k < side; ++k) column |= std::int64_t{1} << (side * k);
  std::vector<std::int64_t> pictures{0, row * column};
  for (std::int64_t lines = 1; lines < row; ++lines) {  // which lines are black, but not none and not all
    std::int64_t stripes = 0;
    for (std::int64_t k = 0; k < side; ++k) stripes |= ((lines >> k) & 1) * (row << (side * k));
    pictures.push_back(stripes);
    pictures.push_back(lines * column);
  }
  return pictures;
}

std::vector<double> mackey_glass(std::size_t count, const Key& key) {
  constexpr std::size_t delay = 170, before = 10'000, each = 10;  // steps of 0.1; those before are not told
  std::vector<double> x = uniform({delay + 1}, 1.1, 1.3, key).to_vector();
  while (x.size() < before + each * count) {
    const double late = x[x.size() - 1 - delay];
    x.push_back(x.back() + 0.1 * (0.2 * late / (1.0 + std::pow(late, 10.0)) - 0.1 * x.back()));
  }
  std::vector<double> out;
  for (std::size_t k = before; k < x.size(); k += each) out.push_back(x[k] - 0.9);
  return out;
}

namespace memory {

namespace {

/// A vector times a matrix in each example: [n, a] and [n, a, b] give [n, b].
Tensor times(const Tensor& vector, const Tensor& matrix) { return squeeze(matmul(unsqueeze(vector, 1), matrix), 1); }

}  // namespace

Tensor read(const Tensor& memory, const Tensor& weights) { return times(weights, memory); }

Tensor written(const Tensor& memory, const Tensor& weights, const Tensor& erase, const Tensor& add) {
  const Tensor w = unsqueeze(weights, 2);
  return memory * (1.0 - w * unsqueeze(erase, 1)) + w * unsqueeze(add, 1);
}

Tensor likeness(const Tensor& memory, const Tensor& key) {
  return times(key, transpose(memory, 1, 2)) / (norm(memory, 2.0, 2) * norm(key, 2.0, 1, true) + 1e-3);
}

}  // namespace memory

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
