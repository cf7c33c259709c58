// The auto-encoder (AE): a network that is to give back what it was shown, through a waist too narrow to pass it on as it is.
// So it has to find what there is to say: here points of ten numbers lie along a curve, and how far along it is all there is.
#include <cmath>
#include <numbers>

#include "zoo_training.h"

using namespace gradus;

namespace {

/// Points along three quarters of a turn of a helix that stands askew in a space of ten dimensions, with noise.
Tensor helix(std::int64_t points, const Tensor& directions, const Key& key) {
  const Tensor t = uniform({points}, 0.0, 1.5 * std::numbers::pi, key.part(0));
  const Tensor curve = ops::stack({cos(t), sin(t), 0.3 * t}, 1);
  return matmul(curve, directions) + normal({points, 10}, 0.0, 0.02, key.part(1));
}

void auto_encoder(zoo::Run& run) {
  const Tensor directions = transpose(qr(normal({10, 3}, 0.0, 1.0, run.key(0))).Q);
  const Tensor points = helix(300, directions, run.key(1));
  const Tensor unseen = helix(300, directions, run.key(2));

  const nn::MLP encoder({10, 24, 1}, tanh<Tensor>, tanh<Tensor>, run.key(3));
  const nn::MLP decoder({1, 24, 24, 10}, tanh<Tensor>, ops::identity<Tensor>, run.key(4));
  const auto error = [&](const Tensor& x) { return nn::mse_loss(decoder(encoder(x)), x); };
  nn::Adam adam(zoo::parameters({encoder, decoder}), 0.005);
  const auto losses = zoo::train(adam, 1500, [&](int) { return error(points); });
  run.outline(error(unseen), "An auto-encoder", "ten numbers through one", /*depth=*/1);

  run.plot(Plot("An auto-encoder", "step", "mean squared error").line(arange(1500), losses).logarithmic_y());

  // The best that a linear waist of one number can do: the direction of the largest variance.
  const Tensor centre = mean(points, 0);
  const Tensor direction = svd(points - centre).Vh[0];
  const Tensor along = outer(matmul(unseen - centre, direction), direction);
  const double pca = nn::mse_loss(along + centre, unseen).item();

  // A classic waist (Ackley, Hinton and Sejnowski 1985, in a Boltzmann machine): one of eight, through three units.
  fmt::print("one of eight through three units\n");
  const Tensor eight = eye(8);
  const nn::MLP waist({8, 3, 8}, sigmoid<Tensor>, ops::identity<Tensor>, run.key(5));
  nn::Adam waist_adam(waist.parameters(), 0.05);
  std::vector<std::int64_t> which{0, 1, 2, 3, 4, 5, 6, 7};
  zoo::train(waist_adam, 2000, [&](int) { return nn::cross_entropy(waist(eight), which); });
  const Indices given_back = argmax(waist(eight), 1);
  double right = 0.0;
  for (const std::int64_t k : which) right += given_back[k] == k ? 1.0 : 0.0;

  run.baseline("mean squared error of noise alone", 0.02 * 0.02);
  run.baseline("mean squared error by the first principal component", pca);
  run.at_most("mean squared error", error(unseen).item(), 0.1 * pca);
  run.at_least("of eight given back through three units", right, 8);
}

}  // namespace

int main(int argc, char** argv) {
  return zoo::main(argc, argv, {8, "Auto-encoder (AE)", "give back points of ten numbers through a single one"},
                   auto_encoder);
}
