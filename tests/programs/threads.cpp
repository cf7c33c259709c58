// Shared parameters, tapes and one compiled function in eight threads: the bits are those of one.
#include <cmath>
#include <thread>

#include "verify.h"
using namespace gradus;

int main() {
  const Tensor w = parameter(normal({6, 6}, 0.0, 0.4, Key{.seed = 4}));
  const auto loss = [&](const Tensor& x) { return sum(square(tanh(matmul(tanh(matmul(x, w)), w)))); };
  const auto compiled = compile([&](const Tensor& x) { return value_and_grad(loss, x).gradient; });
  const auto work = [&](std::uint64_t k) {
    const Tensor x = normal({5, 6}, 0.0, 1.0, Key{.seed = 5}.part(k));
    Tape tape;
    const Scalar a = tape.variable(x.to_vector()[0]), b = tape.variable(0.5);
    const std::vector<double> on_tape = tape.gradient(sin(a * b) + exp(a) / b, {a, b});
    return std::vector{grad(loss(x), w), compiled(x), Tensor(on_tape)};
  };

  std::vector<std::vector<Tensor>> alone(64), together(64);
  for (std::uint64_t k = 0; k < 64; ++k) alone[k] = work(k);
  std::vector<std::jthread> threads;
  for (std::uint64_t t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (std::uint64_t k = t; k < 64; k += 8) together[k] = work(k);
    });
  }
  threads.clear();

  double different = 0.0;
  for (std::size_t k = 0; k < 64; ++k) {
    for (std::size_t part = 0; part < 3; ++part) {
      different += alone[k][part].to_vector() == together[k][part].to_vector() ? 0.0 : 1.0;
    }
  }
  const Tensor x = normal({5, 6}, 0.0, 1.0, Key{.seed = 5});
  const bool right = within("results that differ", different, 0.0) &&
                     within("gradient, wrong", check_gradients(loss, x).ok ? 0.0 : 1.0, 0.0);
  return right ? 0 : 1;
}
