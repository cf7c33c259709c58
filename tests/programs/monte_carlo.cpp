// Greeks of a call by Monte Carlo: the payoff of one path is recorded once, and run again with its gradient on 100,000.
#include <cmath>

#include "verify.h"
using namespace gradus;

int main() {
  const std::int64_t paths = 100000;
  Tape tape;
  const std::vector<Scalar> in{tape.variable(100.0), tape.variable(0.2), tape.variable(0.0)};  // spot, volatility, z
  Replay payoff(tape, in, fmax(in[0] * exp(in[1] * in[2] - 0.5 * in[1] * in[1]) - 105.0, 0.0));

  const Tensor z = normal({paths}, 0.0, 1.0, Key{.seed = 6});
  const Tensor inputs = ops::stack({full({paths}, 100.0), full({paths}, 0.2), z});
  std::vector<double> values(paths), slopes(3 * paths);
  payoff.gradients(paths, inputs.span<double>(), values, slopes);

  const auto [price, greeks] = gradient_forward(
      [](const auto& s, const auto& v) {
        const auto d = log(s / 105.0) / v + 0.5 * v;
        return s * norm_cdf(d) - 105.0 * norm_cdf(d - v);
      },
      std::array{100.0, 0.2});
  const std::vector<double> found = mean(Tensor(Shape{3, paths}, slopes), 1).to_vector();
  const bool right = within("price", std::abs(mean(Tensor(values)).item() - price), 0.15) &&
                     within("delta", std::abs(found[0] - greeks[0]), 0.006) &&
                     within("vega", std::abs(found[1] - greeks[1]), 0.8);
  return right ? 0 : 1;
}
