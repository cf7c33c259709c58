// The deep convolutional network (LeCun and others 1989): small filters slide over the picture, the same weights everywhere.
// What it has learned in one place it knows in all, and has few weights to learn; the largest answer of all places says
// whether a thing is there, not where.  A fully connected network with more weights has to learn each place anew.
#include "zoo_training.h"

using namespace gradus;

namespace {

/// Pictures of digits at any place, noise all over, and their labels one-hot.
std::array<Tensor, 2> digits(std::int64_t count, const Key& key) {
  const nn::Dataset data = nn::toy::digits(count, key, {.noise = 0.4});
  return {data.x, take(eye(10), data.labels, 0)};
}

void dcn(zoo::Run& run) {
  const nn::Conv2d strokes(1, 6, 3, {.padding = 1}, run.key(0));
  const nn::Conv2d shapes(6, 12, Pair(5, 3), {.padding = 1}, run.key(1));  // digits are 10 × 6; after pooling 5 × 3
  const nn::Linear classes(12, 10, run.key(2));
  const auto network = [&](const Tensor& x) {
    const Tensor seen = max_pool2d(relu(strokes(x)), 2);  // [count, 6, 6, 6]
    return classes(max(shapes(seen), {2, 3}));
  };
  const nn::MLP connected({144, 10, 10}, "relu", "identity", run.key(3));
  const nn::Linear logistic(144, 10, run.key(4));

  const auto parameters = zoo::parameters({strokes, shapes, classes});
  std::int64_t size = 0;
  for (const Tensor& p : parameters) size += p.size();
  fmt::print("{} parameters; fully connected: {}\n", size, connected.parameter_count());

  const auto batch = [&](std::uint64_t k) { return digits(32, run.key(5).part(k)); };
  const auto loss = [&](const Tensor& x, const Tensor& y) { return nn::cross_entropy(network(x), y); };
  const auto losses = zoo::train({900, 0.01, "convolutional"}, parameters, loss, batch);
  const auto connected_loss = [&](const Tensor& x, const Tensor& y) {
    return nn::cross_entropy(connected(flatten(x, 1)), y);
  };
  zoo::train({900, 0.01, "fully connected"}, connected.parameters(), connected_loss, batch);
  const auto logistic_loss = [&](const Tensor& x, const Tensor& y) {
    return nn::cross_entropy(logistic(flatten(x, 1)), y);
  };
  zoo::train({900, 0.01, "logistic"}, logistic.parameters(), logistic_loss, batch);

  const auto one = digits(1, run.key(6));
  run.outline(loss(one[0], one[1]), "A deep convolutional network");
  const NoGrad no_grad;
  const auto [x, y] = digits(2000, run.key(7));
  run.plot({zoo::plot_of_losses(losses), Plot("A digit").picture(one[0][0][0].value())}, 2);
  const auto share_right = [y = y](const Tensor& scores) { return mean(gather(y, 1, argmax(scores, 1, true))).item(); };
  const double connected_right = share_right(connected(flatten(x, 1)));
  run.baseline("logistic regression, share right", share_right(logistic(flatten(x, 1))));
  run.baseline("fully connected, share right", connected_right);
  run.at_least("share right", share_right(network(x)), 0.92);
  run.at_least("more than fully connected", share_right(network(x)), connected_right + 0.2);
}

}  // namespace

int main(int argc, char** argv) {
  return zoo::main(argc, argv, {17, "Deep convolutional network (DCN)", "read digits that stand anywhere, under noise"},
                   dcn);
}
