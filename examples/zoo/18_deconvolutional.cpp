// The deconvolutional network, named by Zeiler and others (2010), who infer sparse codes of pictures; this one, as Dosovitskiy's
// (2015), is a convolutional network backwards: a few numbers become a small picture with many channels, and transposed
// convolutions, which do to a value what a convolution does to its gradient, paint it larger and finer.  Here it is to draw a
// disc, given where it lies and how large it is: no linear map can.
#include "zoo_tasks.h"
#include "zoo_training.h"

using namespace gradus;

namespace {

void deconvolutional(zoo::Run& run) {
  const nn::MLP plan({3, 64, 256}, "relu", "relu", run.key(0));
  const nn::ConvTranspose2d rough(16, 8, 4, {.stride = 2, .padding = 1}, run.key(1));  // 4 × 4 becomes 8 × 8
  const nn::ConvTranspose2d fine(8, 1, 4, {.stride = 2, .padding = 1}, run.key(2));    // and that 16 × 16
  const auto network = [&](const Tensor& numbers) {
    return sigmoid(fine(relu(rough(reshape(plan(numbers), {-1, 16, 4, 4})))));
  };
  const auto numbers = [](std::int64_t count, const Key& key) { return uniform({count, 3}, -1.0, 1.0, key); };

  const auto loss = [&](const Tensor& x, const Tensor& y) { return nn::mse_loss(network(x), y); };
  zoo::train({.steps = 600, .rate = 0.005}, zoo::parameters({plan, rough, fine}), loss, [&](std::uint64_t k) {
    const Tensor x = numbers(32, run.key(3).part(k));
    return std::array{x, zoo::discs(x)};
  });
  run.outline(loss(zeros({1, 3}), zoo::discs(zeros({1, 3}))), "A deconvolutional network");

  const NoGrad no_grad;
  const Tensor test = numbers(500, run.key(4)), seen = numbers(2000, run.key(5));
  const Tensor right = flatten(zoo::discs(test), 1), seen_discs = flatten(zoo::discs(seen), 1);
  const auto error = [&](const Tensor& pictures) { return mean(square(reshape(pictures, {-1, 256}) - right)).item(); };
  const auto with_one = [](const Tensor& x) { return concat({x, ones({x.size(0), 1})}, 1); };
  const double linear = error(matmul(with_one(test), lstsq(with_one(seen), seen_discs).x));

  const Tensor few = test[range(8)];
  run.plot_pictures(squeeze(concat({network(few), zoo::discs(few)}), 1), 8);  // drawn; below, as they are
  run.baseline("the mean disc, mean squared error", error(mean(seen_discs, 0)));
  run.baseline("the best linear map", linear);
  run.at_most("mean squared error", error(network(test)), 0.2 * linear);
}

}  // namespace

int main(int argc, char** argv) {
  return zoo::main(argc, argv, {18, "Deconvolutional network (DN)", "draw a disc from its place and its size"},
                   deconvolutional);
}
