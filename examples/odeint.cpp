// Differential equations y′ = f(t, y): Runge and Kutta's steps in tensors, so that a solution is differentiated as anything
// else is; Dormand and Prince's, whose length follows the error; and the adjoint equation, which keeps no step at all.
#include <autograd/autograd.h>
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>

using namespace gradus;

namespace {

using Slope = std::function<Tensor(double t, const Tensor& y)>;
using SlopeWithParameters = std::function<Tensor(double t, const Tensor& y, const Tensor& parameters)>;

/// The solution at `end` by the classical method of order 4 in equal steps.
Tensor rk4(const Slope& f, Tensor y, double t, double end, int steps) {
  const double h = (end - t) / steps;
  for (int step = 0; step < steps; ++step, t += h) {
    const Tensor a = f(t, y);
    const Tensor b = f(t + h / 2, y + h / 2 * a);
    const Tensor c = f(t + h / 2, y + h / 2 * b);
    const Tensor d = f(t + h, y + h * c);
    y = y + h / 6 * (a + 2.0 * b + 2.0 * c + d);
  }
  return y;
}

/// The solution at `end`, which may lie before t, by the pair of orders 5 and 4 of Dormand and Prince (1980).  A step is as
/// long as keeps the difference of the two within the tolerance, relative to 1 and to y.
Tensor dormand_prince(const Slope& f, Tensor y, double t, double end, double tolerance = 1e-10) {
  constexpr std::array<double, 7> times{0.0, 1.0 / 5, 3.0 / 10, 4.0 / 5, 8.0 / 9, 1.0, 1.0};
  constexpr double weights[7][6] = {{},
                                    {1.0 / 5},
                                    {3.0 / 40, 9.0 / 40},
                                    {44.0 / 45, -56.0 / 15, 32.0 / 9},
                                    {19372.0 / 6561, -25360.0 / 2187, 64448.0 / 6561, -212.0 / 729},
                                    {9017.0 / 3168, -355.0 / 33, 46732.0 / 5247, 49.0 / 176, -5103.0 / 18656},
                                    {35.0 / 384, 0.0, 500.0 / 1113, 125.0 / 192, -2187.0 / 6784, 11.0 / 84}};
  constexpr std::array<double, 7> errors{71.0 / 57600,      0.0,        -71.0 / 16695, 71.0 / 1920,
                                         -17253.0 / 339200, 22.0 / 525, -1.0 / 40};
  double h = (end - t) / 100;
  while (t != end) {
    const bool last = std::abs(h) >= std::abs(end - t);
    if (last) h = end - t;
    std::array<Tensor, 7> k;
    Tensor next;
    for (std::size_t stage = 0; stage < 7; ++stage) {
      next = y;
      for (std::size_t i = 0; i < stage; ++i) {
        if (weights[stage][i] != 0.0) next = next + h * weights[stage][i] * k[i];
      }
      k[stage] = f(t + times[stage] * h, next);
    }
    // How long a step is decided by numbers; it is not differentiated.
    Tensor error = zeros_like(y);
    for (std::size_t i = 0; i < 7; ++i) error += h * errors[i] * k[i].detach();
    const Tensor allowed = tolerance * (1.0 + maximum(abs(y.detach()), abs(next.detach())));
    const double size = norm(error / allowed).item() / std::sqrt(static_cast<double>(y.size()));
    if (size <= 1.0) {
      y = next;
      t = last ? end : t + h;
    }
    h *= std::clamp(0.9 * std::pow(size, -0.2), 0.2, 5.0);
  }
  return y;
}

/// The same as one op, which keeps the solution alone.  The gradient is that of the adjoint equation, solved backwards in
/// time beside y itself: a′ = −aᵀ ∂f/∂y for a = ∂L/∂y, and −aᵀ ∂f/∂p adds up to the gradient by the parameters.
Tensor solution_by_adjoint(const SlopeWithParameters& f, const Tensor& y, const Tensor& parameters, double t,
                           double end) {
  const auto forward = [=](TensorList x) {
    return dormand_prince([&](double time, const Tensor& now) { return f(time, now, x[1]); }, x[0], t, end);
  };
  const auto backward = [=](const Tensor& g, TensorList x, const Tensor& result) {
    const std::int64_t n = result.size();
    const auto slope = [&](double time, const Tensor& state) {
      const auto [value, pullback] =
          vjp([&](const Tensor& now, const Tensor& p) { return f(time, now, p); }, {state(range(n)), x[1]});
      const std::vector<Tensor> pulled = pullback(state(range(n, 2 * n)));
      return concat({value, -pulled[0], -pulled[1]});
    };
    const Tensor start = dormand_prince(slope, concat({result, g, zeros_like(x[1])}), end, t);
    return std::vector{start(range(n, 2 * n)), start(range(2 * n, {}))};
  };
  return custom_op("odeint", forward, backward, {y, parameters});
}

/// y″ = −ω²·y as two equations; ω is p[0].
Tensor oscillator(double, const Tensor& y, const Tensor& p) { return ops::stack({y[1], -square(p[0]) * y[0]}); }

/// Van der Pol's y″ = μ·(1 − y²)·y′ − y; μ is p[0].
Tensor van_der_pol(double, const Tensor& y, const Tensor& p) {
  return ops::stack({y[1], p[0] * (1.0 - square(y[0])) * y[1] - y[0]});
}

/// Where y[0] is at `end`, and its gradients by the start and the parameter, in all three ways.
void show(const char* name, const SlopeWithParameters& f, const Tensor& start, const Tensor& parameter, double end) {
  const auto of = [&](const Tensor& p) { return [&](double t, const Tensor& y) { return f(t, y, p); }; };
  const auto by_steps = [&](const Tensor& y, const Tensor& p) { return rk4(of(p), y, 0.0, end, 4000)[0]; };
  const auto by_pairs = [&](const Tensor& y, const Tensor& p) { return dormand_prince(of(p), y, 0.0, end)[0]; };
  const auto by_adjoint = [&](const Tensor& y, const Tensor& p) { return solution_by_adjoint(f, y, p, 0.0, end)[0]; };
  const auto row = [&](const char* way, const detail::ValueAndGrad& found) {
    const std::vector<double> y = found.gradients[0].to_vector();
    fmt::print("{:<13} {:<15} {:>10.6f} {:>10.6f} {:>10.6f} {:>10.6f}\n", name, way, found.value.item(), y[0], y[1],
               found.gradients[1].to_vector()[0]);
  };
  row("steps", value_and_grad(by_steps, {start, parameter}));
  row("step control", value_and_grad(by_pairs, {start, parameter}));
  row("adjoint", value_and_grad(by_adjoint, {start, parameter}));
}

}  // namespace

int main() {
  // Half as long a step, a sixteenth of the error: y′ = −y, whose solution is e^−t.
  fmt::print("error of rk4 in 10, 20, 40 steps:");
  double before = 0.0;
  for (const int steps : {10, 20, 40}) {
    const Tensor y = rk4([](double, const Tensor& now) { return -now; }, ones({1}), 0.0, 2.0, steps);
    const double error = std::abs(y.item() - std::exp(-2.0));
    fmt::print(" {:.2e}", error);
    if (before != 0.0) fmt::print(" (1/{:.0f})", before / error);
    before = error;
  }

  fmt::print("\n\n{:<29} {:>10} {:>10} {:>10} {:>10}\n", "", "y", "by y(0)", "by y′(0)", "by p");
  // The oscillator's position is y·cos ωt + y′/ω·sin ωt.
  const double w = 1.5, t = 4.0, c = std::cos(w * t), s = std::sin(w * t);
  fmt::print("{:<13} {:<15} {:>10.6f} {:>10.6f} {:>10.6f} {:>10.6f}\n", "oscillator", "in closed form", c + 0.5 / w * s,
             c, s / w, -t * s + 0.5 * (t * c / w - s / (w * w)));
  show("oscillator", oscillator, Tensor{1.0, 0.5}, Tensor{w}, t);
  show("van der Pol", van_der_pol, Tensor{2.0, 0.0}, Tensor{1.2}, 5.0);
}
