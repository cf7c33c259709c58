// The variational auto-encoder (Kingma and Welling 2014): pictures come out of a code that nobody saw.  The encoder says, for
// each picture, where in the code's plane it may have come from: a normal distribution with a mean and a deviation.  A point
// is drawn from it as mean + deviation · noise, so that gradients reach both (the noise needs none), and decoded.  What is
// minimized, −ELBO, bounds −log p(picture) from above: the nats it takes to tell the picture, given the code, and the code.
#include "zoo_training.h"

using namespace gradus;

namespace {

/// Pictures of 8 × 8 points, each 1 (drawn black) or 0 by chance: the likelier 1 the nearer to a centre, which is anywhere.
Tensor blobs(std::int64_t count, const Key& key) {
  const Tensor centre = uniform({count, 2, 1}, 1.0, 6.0, key.part(0));
  const Tensor near = exp(-0.4 * square(arange(8.0) - centre));  // [count, 2, 8]
  const Tensor black = flatten(unsqueeze(near(all, 0), 2) * unsqueeze(near(all, 1), 1), 1);
  return uniform({count, 64}, 0.0, 1.0, key.part(1)) < black;
}

void vae(zoo::Run& run) {
  const nn::MLP encoder({64, 64, 4}, nn::tanh_of, ops::identity<Tensor>, run.key(0));
  const nn::MLP decoder({2, 64, 64}, nn::tanh_of, ops::identity<Tensor>, run.key(1));

  /// The mean and the logarithm of the deviation, [count, 2] each.
  const auto encode = [&](const Tensor& x) {
    const Tensor code = encoder(x);
    return std::pair(code(all, range(2)), code(all, range(2, {})));
  };
  const auto minus_elbo = [&](const Tensor& x, const Tensor& noise) {
    const auto [mean_of_code, log_deviation] = encode(x);
    const Tensor code = mean_of_code + exp(log_deviation) * noise;
    const Tensor picture = nn::bce_with_logits_loss(decoder(code), x, Reduction::sum);
    // The KL divergence of N(mean, deviation²) from N(0, 1), which codes are drawn from when pictures are made.
    const Tensor kl = 0.5 * sum(square(mean_of_code) + exp(2.0 * log_deviation) - 1.0) - sum(log_deviation);
    return (picture + kl) / static_cast<double>(x.size(0));
  };
  zoo::train({.steps = 1500, .rate = 0.005}, zoo::parameters({encoder, decoder}), minus_elbo, [&](std::uint64_t k) {
    return std::array{blobs(64, run.key(2).part(k)), normal({64, 2}, 0.0, 1.0, run.key(3).part(k))};
  });
  run.outline(minus_elbo(blobs(1, run.key(4)), normal({1, 2}, 0.0, 1.0, run.key(5))), "A variational auto-encoder");

  // The plane of codes: what is decoded at nine by nine places of it, those that are often used.
  const NoGrad no_grad;
  const Tensor places = linspace(-1.6, 1.6, 9);
  const auto plane = meshgrid({places, flip(places)});
  const Tensor codes = ops::stack({flatten(plane[0]), flatten(plane[1])}, 1);
  run.plot_pictures(reshape(sigmoid(decoder(codes)), {-1, 8, 8}), 9);

  const Tensor test = blobs(2000, run.key(6)), share = mean(blobs(4000, run.key(7)), 0);
  const double alone = -mean(sum(xlogy(test, share) + xlogy(1.0 - test, 1.0 - share), 1)).item();
  run.baseline("each point by itself, nats", alone);
  run.at_most("-ELBO, nats", minus_elbo(test, normal({2000, 2}, 0.0, 1.0, run.key(8))).item(), 0.88 * alone);
}

}  // namespace

int main(int argc, char** argv) {
  return zoo::main(
      argc, argv,
      {9, "Variational auto-encoder (VAE)", "find the two numbers that pictures of 8 x 8 points were made from"}, vae);
}
