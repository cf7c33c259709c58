// Training steps by the hundred thousand: memory stays where it was, and the weights are those of a backward pass by hand.
#include <gradus/nn.h>

#include <cmath>
#include <cstdlib>
#include <fstream>

#include "verify.h"
using namespace gradus;

/// The pages that the process has in memory.
double resident() {
  double all = 0.0, here = 0.0;
  std::ifstream("/proc/self/statm") >> all >> here;
  return here;
}

int main(int argc, char** argv) {
  const int steps = argc > 1 ? std::atoi(argv[1]) : 100000;
  const Tensor x = linspace(-1.0, 1.0, 8), y = x * x;
  const Tensor w = parameter(Tensor{0.5, -0.3, 0.8}), b = parameter(Tensor{0.1, 0.2, -0.1}),
               v = parameter(Tensor{0.4, -0.6, 0.2});
  std::vector<double> w1 = w.to_vector(), b1 = b.to_vector(), v1 = v.to_vector();
  const auto loss = compile([&](const Tensor& in, const Tensor& target) {
    const Tensor out = matmul(tanh(in(all, newaxis) * w + b), v);
    Tensor error = mse(out, target);
    error.backward();
    return error;
  });
  nn::SGD optimizer({w, b, v}, 0.1);
  double before = 0.0;
  for (int step = 0; step < steps; ++step) {
    if (step == steps / 10) before = resident();
    optimizer.zero_grad();
    loss(x, y);
    optimizer.step();
  }
  const double growth = resident() - before;

  const std::vector<double> in = x.to_vector(), target = y.to_vector();
  for (int step = 0; step < steps; ++step) {
    std::array<double, 3> gw{}, gb{}, gv{};
    for (std::size_t n = 0; n < 8; ++n) {
      std::array<double, 3> h{};
      double out = 0.0;
      for (std::size_t k = 0; k < 3; ++k) out += v1[k] * (h[k] = std::tanh(in[n] * w1[k] + b1[k]));
      const double g = 2.0 * (out - target[n]) / 8.0;
      for (std::size_t k = 0; k < 3; ++k) {
        const double s = g * v1[k] * (1.0 - h[k] * h[k]);
        gv[k] += g * h[k], gw[k] += s * in[n], gb[k] += s;
      }
    }
    for (std::size_t k = 0; k < 3; ++k) w1[k] -= 0.1 * gw[k], b1[k] -= 0.1 * gb[k], v1[k] -= 0.1 * gv[k];
  }
  const bool right =
      within("weights", std::max({apart(w, Tensor(w1)), apart(b, Tensor(b1)), apart(v, Tensor(v1))}), 1e-11) &&
      within("pages more", growth, 64.0);
  return right ? 0 : 1;
}
