// A network u with −u″ = π² sin πx and u = 0 at 0 and 1.
#include <gradus/autograd.h>
#include <gradus/nn.h>

#include <cstdio>
#include <numbers>
using namespace gradus;

int main() {
  const double pi = std::numbers::pi;
  const nn::MLP net({1, 24, 24, 1});
  const Tensor x = reshape(linspace(0.0, 1.0, 32), {-1, 1}), one = ones_like(x);
  const auto u = [&](const Tensor& t) { return t * (1.0 - t) * net(t); };
  const auto slope = [&](const Tensor& t) { return recorded_jvp(u, t, one).tangent; };
  nn::Adam adam(net.parameters(), 0.01);
  for (int step = 0; step < 500; ++step) {
    adam.zero_grad();
    mean(square(recorded_jvp(slope, x, one).tangent + pi * pi * sin(pi * x))).backward();
    adam.step();
  }
  std::printf("%.3g\n", max(abs(u(x) - sin(pi * x))).item());
}
