// Capsules (Sabour, Frosst and Hinton 2017): a capsule is several numbers that say how a thing is there; how long they are as a
// vector says how sure it is.  Each of the small ones foretells what each digit's would be; the ones whose forecasts agree
// with what the digit gets count for more, in three rounds: routing by agreement.  All rounds are part of the gradient.
#include <cmath>

#include "zoo_training.h"

using namespace gradus;

namespace {

// 4 kinds of small capsules at each of 16 places.  Every capsule, small or a digit's, is 8 numbers.
constexpr std::int64_t kinds = 4, places = 16, size = 8, digits = 10;
constexpr int rounds = 3;

/// Pictures of digits at any place, and their labels one-hot.
std::array<Tensor, 2> pictures(std::int64_t count, const Key& key) {
  const nn::Dataset data = nn::toy::digits(count, key, {.noise = 0.25});
  return {data.x, take(eye(digits), data.labels, 0)};
}

/// The same direction, with a length below 1: long vectors nearly 1, short ones nearly 0.
Tensor squash(const Tensor& v) {
  const Tensor squared = sum(square(v), -1, true);
  return v * sqrt(squared + 1e-7) / (1.0 + squared);
}

void capsules(zoo::Run& run) {
  const nn::Conv2d strokes(1, 12, 5, {}, run.key(0));                                    // 12 × 12 becomes 8 × 8
  const nn::Conv2d small(12, kinds * size, 3, {.stride = 2, .padding = 1}, run.key(1));  // and that 4 × 4
  const Tensor forecast = parameter(normal({kinds * places, size, digits * size}, 0.0, 0.3, run.key(2)), "forecast");

  /// How long each digit's capsule is, [count, digits].
  const auto network = [&](const Tensor& x) {
    const std::int64_t count = x.size(0);
    const Tensor parts = reshape(small(relu(strokes(x))), {count, kinds, size, places});
    const Tensor low = squash(reshape(permute(parts, {1, 3, 0, 2}), {kinds * places, count, size}));
    // [count, digits, small capsules, size]
    const Tensor foretold =
        permute(reshape(matmul(low, forecast), {kinds * places, count, digits, size}), {1, 2, 0, 3});
    Tensor agreement = zeros({count, digits, kinds * places}), high;
    for (int round = 0; round < rounds; ++round) {
      const Tensor share = softmax(agreement, 1);  // each small capsule divides itself among the digits
      high = squash(squeeze(matmul(unsqueeze(share, 2), foretold), 2));
      agreement += squeeze(matmul(foretold, unsqueeze(high, 3)), 3);
    }
    return sqrt(sum(square(high), 2) + 1e-7);
  };
  // The right digit's is to be longer than 0.9, the others' shorter than 0.1; these count half, lest all shrink at first.
  const auto loss = [&](const Tensor& x, const Tensor& right) {
    const Tensor length = network(x);
    return mean(sum(right * square(relu(0.9 - length)) + 0.5 * (1.0 - right) * square(relu(length - 0.1)), 1));
  };
  const nn::Linear logistic(144, digits, run.key(3));
  const auto logistic_loss = [&](const Tensor& x, const Tensor& right) {
    return nn::cross_entropy(logistic(flatten(x, 1)), right);
  };

  const auto one = pictures(1, run.key(5));
  run.outline(loss(one[0], one[1]), "Capsules", "three rounds of routing, untrained");
  const auto batch = [&](std::uint64_t k) { return pictures(32, run.key(4).part(k)); };
  std::vector<Tensor> parameters = zoo::parameters({strokes, small});
  parameters.push_back(forecast);
  const auto losses = zoo::train({700, 0.004, "capsules"}, parameters, loss, batch);
  zoo::train({700, 0.01, "logistic"}, logistic.parameters(), logistic_loss, batch);

  run.plot({zoo::plot_of_losses(losses), Plot("A digit").picture(one[0][0][0].value())}, 2);
  const NoGrad no_grad;
  const auto [x, y] = pictures(1000, run.key(6));
  const auto share_right = [y = y](const Tensor& scores) { return mean(gather(y, 1, argmax(scores, 1, true))).item(); };
  run.baseline("logistic regression, share right", share_right(logistic(flatten(x, 1))));
  run.at_least("share right", share_right(network(x)), 0.98);
}

}  // namespace

int main(int argc, char** argv) {
  return zoo::main(argc, argv, {27, "Capsule network (CN)", "read digits that stand anywhere, by how parts agree"},
                   capsules);
}
