// A variational autoencoder with linear maps reaches the likelihood of probabilistic PCA, which is known in closed form.
#include <gradus/nn.h>

#include <cmath>
#include <numbers>

#include "verify.h"
using namespace gradus;

int main() {
  const double two_pi = 2.0 * std::numbers::pi;
  const Key key{.seed = 13};
  const Tensor maps{{1.5, -0.5, 0.8, 0.0, 1.0}, {0.0, 1.0, -1.0, 0.7, 0.5}};
  const Tensor raw =
      matmul(normal({500, 2}, 0.0, 1.0, key.part(0)), maps) + 0.4 * normal({500, 5}, 0.0, 1.0, key.part(1));
  const Tensor x = raw - mean(raw, 0);

  const nn::Linear encoder(5, 2, key.part(2)), decoder(2, 5, key.part(3));
  const Tensor log_s = parameter(zeros({2})),
               log_v = parameter(0.0);  // of the code's deviations and the noise's variance
  const auto loss = [&](const Tensor& code, const Tensor& errors) {
    const Tensor divergence = sum(square(code) + exp(2.0 * log_s) - 1.0 - 2.0 * log_s, 1);
    return 0.5 * mean(errors / exp(log_v) + 5.0 * (log_v + std::log(two_pi)) + divergence);
  };
  nn::Adam adam({{encoder.parameters()}, {decoder.parameters()}, {{log_s, log_v}}});
  for (std::uint64_t step = 0; step < 1500; ++step) {
    adam.set_rate(0.05 * (1.0 - static_cast<double>(step) / 1500.0));
    adam.zero_grad();
    const Tensor code = encoder(x), drawn = code + exp(log_s) * normal({500, 2}, 0.0, 1.0, key.part(4).part(step));
    loss(code, sum(square(x - decoder(drawn)), 1)).backward();
    adam.step();
  }

  // What the draws are on average: the error of the mean code, and what its deviations add.
  const Tensor code = encoder(x), spread = sum(exp(2.0 * log_s) * square(decoder.weight()));
  const double bound = -loss(code, sum(square(x - decoder(code)), 1) + spread).item();
  const std::vector<double> e = eigvalsh(matmul(transpose(x), x) / 500.0).to_vector();
  const double noise = (e[0] + e[1] + e[2]) / 3.0;
  const double best = -0.5 * (5.0 * std::log(two_pi) + std::log(e[3] * e[4]) + 3.0 * std::log(noise) + 5.0);
  return within("above the best likelihood", bound - best, 1e-12) && within("below it", best - bound, 2e-3) ? 0 : 1;
}
