// The support vector machine (Cortes and Vapnik 1995): of all lines between two classes the one with the widest margin, where
// points inside the margin cost something: λ/2·|w|² + mean max(0, 1 − y·(w·x)).  It is convex, so plain descent along a
// subgradient gets there (with the steps 1/(λt) of Pegasos, 2007).  How near it is can be proven: no solution is below the dual
// problem's value.
#include <algorithm>

#include "zoo.h"

using namespace gradus;

namespace {

constexpr double lambda = 0.01;

/// The best value of the dual problem, max Σα/n − |Σ αᵢyᵢxᵢ|²/(2λn²) with 0 ≤ α ≤ 1, one α after the other (Hsieh 2008).
double dual_optimum(const Tensor& x, const Tensor& y) {
  const std::int64_t n = x.size(0);
  const double scale = lambda * static_cast<double>(n);
  const Tensor signed_points = unsqueeze(y, 1) * x;
  const std::vector<double> q = (matmul(signed_points, transpose(signed_points)) / scale).to_vector();
  std::vector<double> alpha(static_cast<std::size_t>(n), 0.0);
  std::vector<double> reach(alpha.size(), 0.0);  // Q·α: y·(w·x) of every point
  for (int sweep = 0; sweep < 3000; ++sweep) {
    for (std::size_t i = 0; i < alpha.size(); ++i) {
      const double* row = &q[i * alpha.size()];
      const double better = std::clamp(alpha[i] + (1.0 - reach[i]) / row[i], 0.0, 1.0);
      for (std::size_t j = 0; j < alpha.size(); ++j) reach[j] += (better - alpha[i]) * row[j];
      alpha[i] = better;
    }
  }
  const Tensor a(alpha);
  return (mean(a) - 0.5 * mean(a * Tensor(reach))).item();
}

void support_vectors(zoo::Run& run) {
  // Two clouds that overlap.  The third number of each point is 1: its weight is the bias, which costs here as the others do.
  constexpr std::int64_t points = 200;
  const Tensor y(where(arange(points) < points / 2.0, -1.0, 1.0));
  const Tensor cloud = normal({points, 2}, 0.0, 1.0, run.key(0)) + unsqueeze(y, 1) * Tensor{1.2, 0.6} + 0.3;
  const Tensor x = concat({cloud, ones({points, 1})}, 1);

  const auto objective = [&](const Tensor& weights) {
    return 0.5 * lambda * sum(square(weights)) + nn::hinge_loss(matmul(x, weights), y);
  };
  Tensor w = parameter(zeros({3}), "w");
  Tensor best = w.value();
  for (int step = 1; step <= 3000; ++step) {
    const Tensor loss = objective(w);
    if (step == 1 || step % 500 == 0) fmt::print("step {:4}: {:.6f}\n", step, loss.item());
    w.descend(1.0 / (lambda * step), grad(loss, w));
    if (objective(w).item() < objective(best).item()) best = w.value();
  }
  w.set_value(best);
  run.draw(objective(w).set_name("objective"), "A support vector machine");

  const std::vector<double> line = w.to_vector();  // w₁x₁ + w₂x₂ + w₃ = 0, and ±1 on the edges of the margin
  const Tensor across{-4.0, 4.0};
  const auto edge = [&](double value) { return (value - line[2] - line[0] * across) / line[1]; };
  run.plot(Plot("A support vector machine")
               .points(x(y < 0.0, 0), x(y < 0.0, 1))
               .points(x(y > 0.0, 0), x(y > 0.0, 1))
               .line(across, edge(0.0))
               .dashed_line(across, edge(1.0))
               .dashed_line(across, edge(-1.0))
               .y_range(-4.0, 4.0));
  const double inside = sum(matmul(x, w) * y < 1.0).item();
  fmt::print("{} of {} points lie inside the margin or on the wrong side\n", inside, points);
  const double dual = dual_optimum(x, y);
  run.baseline("the optimum, by the dual problem", dual);
  run.at_most("above the optimum by", objective(w).item() - dual, 1e-4);
}

}  // namespace

int main(int argc, char** argv) {
  return zoo::main(argc, argv,
                   {30, "Support vector machine (SVM)", "the widest margin between two clouds that overlap"},
                   support_vectors);
}
