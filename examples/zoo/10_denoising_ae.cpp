// The denoising auto-encoder (Vincent and others 2008, who blotted points out; here noise is added): it is shown spoilt pictures
// and asked for the clean ones.  It cannot copy what it sees, so it has to know what pictures look like.  The best that a linear
// map can do is Wiener's filter, by least squares on the same kind of pairs.
#include "zoo_training.h"

using namespace gradus;

namespace {

constexpr std::int64_t points = 144;  // of a picture of 12 × 12: a digit of a small font, somewhere in it

/// (noisy, clean), a picture in each row.
std::array<Tensor, 2> pictures(std::int64_t count, const Key& key) {
  const Tensor clean = flatten(nn::toy::digits(count, key.part(0)).x, 1);
  return {clean + normal({count, points}, 0.0, 0.5, key.part(1)), clean};
}

void denoising(zoo::Run& run) {
  const nn::MLP network({points, 128, points}, "relu", "sigmoid", run.key(0));
  const auto loss = [&](const Tensor& noisy, const Tensor& clean) { return nn::mse_loss(network(noisy), clean); };
  zoo::train({.steps = 600, .rate = 0.003}, network.parameters(), loss,
             [&](std::uint64_t k) { return pictures(64, run.key(1).part(k)); });
  const auto one = pictures(1, run.key(2));
  run.outline(loss(one[0], one[1]), "A denoising auto-encoder", "", /*depth=*/1);

  const NoGrad no_grad;
  const auto [noisy, clean] = pictures(1000, run.key(3));
  const auto [given, wanted] = pictures(5000, run.key(4));  // for the linear map, other pairs than the network saw
  const Tensor cleaned = network(noisy);
  run.plot_pictures(reshape(concat({noisy[range(6)], cleaned[range(6)], clean[range(6)]}), {18, 12, 12}), 6);

  const auto error = [clean = clean](const Tensor& guess) { return mean(square(guess - clean)).item(); };
  const auto with_one = [](const Tensor& x) { return concat({x, ones({x.size(0), 1})}, 1); };
  const Tensor wiener = lstsq(with_one(given), wanted).x;
  const double linear_error = error(matmul(with_one(noisy), wiener));
  const Tensor blurred = avg_pool2d(reshape(noisy, {-1, 1, 12, 12}), 3, {.stride = 1, .padding = 1});
  run.baseline("the noisy pictures themselves, mean squared error", error(noisy));
  run.baseline("the mean of each 3 x 3 points", error(reshape(blurred, {-1, points})));
  run.baseline("the best linear map", linear_error);
  run.at_most("mean squared error", error(cleaned), 0.7 * linear_error);
}

}  // namespace

int main(int argc, char** argv) {
  return zoo::main(argc, argv, {10, "Denoising auto-encoder (DAE)", "clean pictures of digits that are full of noise"},
                   denoising);
}
