// Hamiltonian Monte Carlo on many chains at once: mean and covariance are those of the target, and leapfrog runs backwards.
#include "verify.h"
using namespace gradus;

int main() {
  const std::int64_t chains = 500, kept = 40;
  const Tensor mean{1.0, -2.0, 0.5}, covariance{{2.0, 0.6, 0.1}, {0.6, 1.0, -0.3}, {0.1, -0.3, 0.5}};
  const Tensor precision = inv(covariance);
  const auto energy = vmap([&](const Tensor& q) { return 0.5 * dot(q - mean, matmul(precision, q - mean)); });
  const auto force = [&](const Tensor& q) {
    return value_and_grad([&](const Tensor& x) { return sum(energy(x)); }, q).gradient;
  };
  const auto leapfrog = [&](Tensor q, Tensor p) {
    p -= 0.075 * force(q);
    for (int step = 0; step < 8; ++step) {
      q += 0.15 * p;
      p -= (step < 7 ? 0.15 : 0.075) * force(q);
    }
    return std::array{q, p};
  };

  const Key key{.seed = 3};
  Tensor q = normal({chains, 3}, 0.0, 1.0, key);
  std::vector<Tensor> samples;
  for (std::uint64_t round = 0; round < 10 + kept; ++round) {
    const Tensor p = normal({chains, 3}, 0.0, 1.0, key.part(2 * round));
    const auto [q1, p1] = leapfrog(q, p);
    const Tensor gain = energy(q) - energy(q1) + 0.5 * sum(square(p) - square(p1), 1);
    q = where((uniform({chains}, 0.0, 1.0, key.part(2 * round + 1)) < exp(gain))(all, newaxis), q1, q);
    if (round >= 10) samples.push_back(q);
  }

  const Tensor all_samples = concat(samples), centred = all_samples - gradus::mean(all_samples, 0);
  const auto [q1, p1] = leapfrog(q, ones_like(q));
  const auto [q2, p2] = leapfrog(q1, -p1);
  const bool right = within("mean", apart(gradus::mean(all_samples, 0), mean), 0.05) &&
                     within("covariance", apart(matmul(transpose(centred), centred) / 20000.0, covariance), 0.1) &&
                     within("reversed", apart(q2, q), 1e-13);
  return right ? 0 : 1;
}
