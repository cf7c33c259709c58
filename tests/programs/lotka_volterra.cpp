// Lotka–Volterra by 1000 steps of Runge and Kutta, differentiated in four ways; the rates that made the data are found again.
#include <cmath>

#include "verify.h"
using namespace gradus;

/// Prey and predators 100 steps later; x is both, then four rates.
template <class S>
std::vector<S> advance(std::span<const S> x) {
  using State = std::array<S, 2>;
  const double h = 0.01;
  const auto slope = [&](const State& y) { return State{y[0] * (x[2] - x[3] * y[1]), y[1] * (x[4] * y[0] - x[5])}; };
  const auto moved = [](const State& y, double t, const State& k) { return State{y[0] + t * k[0], y[1] + t * k[1]}; };
  State y{x[0], x[1]};
  for (int step = 0; step < 100; ++step) {
    const State a = slope(y), b = slope(moved(y, h / 2, a)), c = slope(moved(y, h / 2, b)), d = slope(moved(y, h, c));
    y = moved(moved(moved(moved(y, h / 6, a), h / 3, b), h / 3, c), h / 6, d);
  }
  return {y[0], y[1]};
}

/// Both populations at ten times.
template <class S, class Advance>
std::vector<S> populations(std::span<const S> rates, const Advance& advance) {
  std::vector<S> y{S(10.0), S(5.0)};
  while (y.size() < 22) {
    const S x[] = {y.end()[-2], y.end()[-1], rates[0], rates[1], rates[2], rates[3]};
    for (const S& next : advance(std::span<const S>(x))) y.push_back(next);
  }
  return y;
}

int main() {
  const std::vector<double> truth{1.1, 0.4, 0.1, 0.4}, guess{1.0, 0.45, 0.12, 0.35};
  const std::vector<double> data = populations<double>(truth, advance<double>);
  const auto residuals = [&]<class S>(std::span<const S> rates) {
    std::vector<S> y = populations(rates, advance<S>);
    for (std::size_t k = 0; k < y.size(); ++k) y[k] = y[k] - data[k];
    return y;
  };
  const auto loss = [&]<class S, class Advance>(std::span<const S> rates, const Advance& advance) {
    const std::vector<S> y = populations(rates, advance);
    S total(0.0);
    for (std::size_t k = 0; k < y.size(); ++k) total = total + (y[k] - data[k]) * (y[k] - data[k]);
    return total;
  };

  // Forwards; backwards on a tape; on tensors; on tensors that forget what lies between checkpoints.
  using Rates = std::array<Tangents<4>, 4>;
  const auto forward =
      gradient_forward([&](const Rates& r) { return loss(std::span<const Tangents<4>>(r), advance<Tangents<4>>); },
                       std::array{1.0, 0.45, 0.12, 0.35});
  Tape tape;
  std::vector<Scalar> scalars;
  std::vector<Tensor> tensors;
  for (const double rate : guess) scalars.push_back(tape.variable(rate)), tensors.push_back(variable(rate));
  const Tensor backward(tape.gradient(loss(std::span<const Scalar>(scalars), advance<Scalar>), scalars));
  const auto again = [](TensorList x) { return checkpoint(advance<Tensor>, x); };
  const Tensor eager = ops::stack(grad(loss(TensorList(tensors), advance<Tensor>), tensors));
  const Tensor remade = ops::stack(grad(loss(TensorList(tensors), again), tensors));

  const auto found = least_squares(residuals, guess);
  const bool right = within("forwards", max(abs(Tensor(forward.gradient) / eager - 1.0)).item(), 1e-12) &&
                     within("on a tape", max(abs(backward / eager - 1.0)).item(), 1e-12) &&
                     within("checkpoints", max(abs(remade / eager - 1.0)).item(), 1e-12) &&
                     within("rates found", apart(Tensor(found.x), Tensor(truth)), 1e-10);
  return right ? 0 : 1;
}
