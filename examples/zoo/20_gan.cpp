// The generative adversarial network (Goodfellow and others 2014): a forger makes points out of noise, a judge is to tell them
// from real ones, and each learns from the other.  The forger's gradient comes through the judge.  Noise on what the judge
// sees (instance noise, Sønderby 2016), less and less of it, keeps the two from running in circles; so does little momentum.
#include <algorithm>

#include "zoo_training.h"

using namespace gradus;

namespace {

constexpr std::int64_t modes = 8;
constexpr double deviation = 0.1;

struct Judged {
  double modes_found;  // that more than 2 % of the points belong to
  double share_near;   // of the points within three standard deviations of a mode
};
Judged judged(const Tensor& points) {
  const Tensor distance = norm(unsqueeze(points, 1) - nn::toy::ring(modes, 2.0), 2.0, 2);
  const Tensor shares = mean(distance < 3.0 * deviation, 0);
  return {sum(shares > 0.02).item(), sum(shares).item()};
}

void gan(zoo::Run& run) {
  const nn::MLP forger({2, 64, 64, 2}, "relu", "identity", run.key(0));
  const nn::MLP judge({2, 64, 64, 1}, nn::LeakyRelu({{}, 0.2}), "identity", run.key(1));  // 0.2: slope below 0

  // The judge's logit is to be high for real points and low for forged ones; the forger wants it high for its own.
  const auto judge_loss = [&](const Tensor& real, const Tensor& forged) {
    return mean(softplus(-judge(real))) + mean(softplus(judge(forged)));
  };
  const auto forger_loss = [&](const Tensor& noise, const Tensor& blur) {
    return mean(softplus(-judge(forger(noise) + blur)));
  };
  const auto judge_step = zoo::backward_step(judge_loss);
  const auto forger_step = zoo::backward_step(forger_loss);
  const auto forge = compile([&](const Tensor& noise) { return forger(noise); });

  const auto real = [&](std::int64_t count, const Key& key) {
    return nn::toy::blobs(count, key, nn::toy::ring(modes, 2.0), deviation).x;
  };
  const Tensor test_noise = normal({2000, 2}, 0.0, 1.0, run.key(2));
  nn::Adam forger_adam(forger.parameters(), 0.001, {.beta1 = 0.5});
  nn::Adam judge_adam(judge.parameters(), 0.001, {.beta1 = 0.5});
  for (std::uint64_t step = 1; step <= 4000; ++step) {
    const Key key = run.key(3).part(step);
    const double blur = 0.3 * std::max(0.0, 1.0 - static_cast<double>(step) / 3200.0);
    const auto noise = [&](std::uint64_t k) { return normal({64, 2}, 0.0, 1.0, key.part(k)); };
    judge_adam.zero_grad();  // of what the forger's step left in the judge, too
    judge_step(real(64, key.part(0)) + blur * noise(1), forge(noise(2)) + blur * noise(3));
    judge_adam.step();
    forger_adam.zero_grad();
    forger_step(noise(4), blur * noise(5));
    forger_adam.step();
    if (step % 500 == 0) fmt::print("step {:4}: {} modes\n", step, judged(forge(test_noise)).modes_found);
  }
  run.outline(forger_loss(normal({1, 2}, 0.0, 1.0, run.key(4)), zeros({1, 2})), "A forger's loss",
              "its gradient comes through the judge");

  const Tensor points = real(2000, run.key(5)), forged = forge(test_noise);
  run.plot(Plot("Real points and forged ones")
               .points(points(all, 0), points(all, 1), "real")
               .points(forged(all, 0), forged(all, 1), "forged")
               .equal_units());
  // One normal distribution as wide as the ring, which lies around 0 and is as wide across as upwards.
  const Tensor one_cloud = sqrt(mean(square(points))) * test_noise;
  const auto [found, near] = judged(forged);
  run.baseline("share of points near a mode, of one normal distribution", judged(one_cloud).share_near);
  run.at_least("modes found", found, modes);
  run.at_least("share of forged points near a mode", near, 0.7);
}

}  // namespace

int main(int argc, char** argv) {
  return zoo::main(argc, argv,
                   {20, "Generative adversarial network (GAN)", "make points like those of eight clouds on a ring"},
                   gan);
}
