// A network that solves −u″ = π² sin πx with u = 0 at both ends: u″ in both modes, and the exact solution sin πx.
#include <gradus/nn.h>

#include <numbers>

#include "verify.h"
using namespace gradus;

int main() {
  const double pi = std::numbers::pi;
  const nn::MLP net({1, 24, 24, 1}, nn::tanh_of, ops::identity<Tensor>, Key{.seed = 7});
  const Tensor x = reshape(linspace(0.0, 1.0, 32), {-1, 1}), one = ones_like(x);
  const auto u = [&](const Tensor& t) { return t * (1.0 - t) * net(t); };
  const auto by_tangents = [&] {
    return recorded_jvp([&](const Tensor& t) { return recorded_jvp(u, t, one).tangent; }, x, one).tangent;
  };
  const auto by_gradients = [&] {
    const Tensor t = variable(x);
    return recorded_grad(sum(recorded_grad(sum(u(t)), t)), t);
  };
  const auto loss = [&](TensorList p) {
    return nn::functional_call(net, p, [&] { return mean(square(by_tangents() + pi * pi * sin(pi * x))); });
  };

  const GradientReport report = check_gradients(loss, net.parameters());
  const double modes = apart(by_tangents(), by_gradients());
  const auto best = minimize(loss, net.parameters(), {.method = MinimizeMethod::lbfgs, .max_iterations = 150});
  const Tensor solved = nn::functional_call(net, best.x, [&] { return u(x); });
  const bool right = within("gradient, wrong", report.ok ? 0.0 : 1.0, 0.0) &&
                     within("between the modes", modes, 1e-13) && within("solution", apart(solved, sin(pi * x)), 1e-3);
  return right ? 0 : 1;
}
