// The Kohonen map (1982): a grid of units, each with a place of its own among the data.  A point is won by the unit nearest to
// it, which moves towards the point and takes its neighbours in the grid along, at first nearly all of them, in the end few:
// so the grid spreads itself over the data without folds.
#include <cmath>

#include "zoo.h"

using namespace gradus;

namespace {

constexpr std::int64_t side = 10;

/// Where the units stand in the grid, [100, 2].
Tensor grid() {
  const auto axes = meshgrid({arange(side), arange(side)});
  return ops::stack({flatten(axes[0]), flatten(axes[1])}, 1);
}

struct Quality {
  double quantisation;  // the mean distance from a point to the unit that wins it
  double topographic;   // how often the second-nearest unit is no neighbour of the nearest: a fold
};
Quality quality(const Tensor& units, const Tensor& points) {
  const auto [distance, nearest] = topk(norm(unsqueeze(points, 1) - units, 2.0, 2), 2, 1, false);
  const Tensor places = take(grid(), nearest, 0);  // [points, 2, 2]: of the nearest unit and the second-nearest
  const Tensor apart = max(abs(places(all, 0) - places(all, 1)), 1);
  return {mean(distance(all, 0)).item(), mean(apart > 1.0).item()};
}

void kohonen(zoo::Run& run) {
  constexpr std::int64_t samples = 4000;
  const Tensor points = uniform({samples, 2}, 0.0, 1.0, run.key(0));
  const Tensor unseen = uniform({1000, 2}, 0.0, 1.0, run.key(1));
  const Tensor start = uniform({side * side, 2}, 0.0, 1.0, run.key(2));
  const Tensor places = grid();

  // The winner held fixed, ½ Σ h·|unit − point|², where h says how near a unit is to it in the grid; the step is its gradient.
  const auto pull = [&](const Tensor& units, const Tensor& point, double radius) {
    const Tensor apart = sum(square(units - point), 1);
    const std::int64_t winner = argmin(apart)[0];
    const Tensor near = exp(-sum(square(places - places[winner]), 1) / (2.0 * radius * radius));
    return 0.5 * sum(near * apart);
  };
  Tensor units = parameter(start, "units");
  for (std::int64_t k = 0; k < samples; ++k) {
    const double done = static_cast<double>(k) / samples;
    const double rate = 0.5 * std::pow(0.02 / 0.5, done);   // from 0.5 to 0.02
    const double radius = 5.0 * std::pow(0.5 / 5.0, done);  // from 5 to 0.5
    if (k % 1000 == 0) {
      const auto [quantisation, topographic] = quality(units, unseen);
      fmt::print("{:4} points: quantisation {:.3f}, topographic error {:.2f}\n", k, quantisation, topographic);
    }
    units.descend(rate, grad(pull(units, points[k], radius), units));
  }
  run.draw(pull(units, points[0], 0.5).set_name("pull"), "A Kohonen map", "one point's pull on all units");

  Plot plot("A Kohonen map");
  const Tensor net = reshape(units, {side, side, 2});
  for (std::int64_t k = 0; k < side; ++k) {
    plot.colour(0).line(net(k, all, 0), net(k, all, 1)).colour(0).line(net(all, k, 0), net(all, k, 1));
  }
  run.plot(plot.equal_units());

  const Quality random = quality(start, unseen);
  const Quality learnt = quality(units, unseen);
  run.baseline("quantisation by units at random", random.quantisation);
  run.baseline("topographic error of units at random", random.topographic);
  run.at_most("quantisation", learnt.quantisation, 0.048);
  run.at_most("topographic error", learnt.topographic, 0);
}

}  // namespace

int main(int argc, char** argv) {
  return zoo::main(argc, argv, {28, "Kohonen network (KN)", "spread a grid of 10 x 10 units over the unit square"},
                   kohonen);
}
