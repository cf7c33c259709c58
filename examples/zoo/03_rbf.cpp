// The radial basis function network (Broomhead and Lowe 1988): a hidden unit does not weigh its inputs but measures how near
// they are to a place of its own, φᵢ(x) = exp(−|x − cᵢ|²/(2σᵢ²)), and the output is a weighted sum of these bumps.  Broomhead and
// Lowe fixed places and widths and solved for the weights by least squares; here all three are learnt by descent.
#include <cmath>
#include <numbers>

#include "zoo_training.h"

using namespace gradus;

namespace {

Tensor curve(const Tensor& x) { return sin(3.0 * std::numbers::pi * x) * (1.0 - square(x)); }
double rmse(const Tensor& a, const Tensor& b) { return sqrt(mean(square(a - b))).item(); }

void radial_basis(zoo::Run& run) {
  constexpr std::int64_t units = 16;
  const Tensor x = uniform({200, 1}, -1.0, 1.0, run.key(0));
  const Tensor y = curve(x) + normal({200, 1}, 0.0, 0.05, run.key(1));
  const Tensor grid = reshape(linspace(-1.0, 1.0, 401), {401, 1});

  Tensor centres = parameter(linspace(-1.0, 1.0, units), "centres");
  // 0.15: about the distance of neighbouring centres, 2/15; as logarithms, because a width is positive.
  Tensor log_widths = parameter(full({units}, std::log(0.15)), "log widths");
  Tensor weights = parameter(normal({units, 1}, 0.0, 0.1, run.key(2)), "weights");
  const auto network = [&](const Tensor& in) {
    const Tensor near = exp(-0.5 * square((in - centres) / exp(log_widths)));  // [points, units]
    return matmul(near, weights);
  };
  const auto loss = [&](int) { return nn::mse_loss(network(x), y); };
  nn::Adam adam({centres, log_widths, weights}, 0.02);
  zoo::train(adam, 2000, loss);
  const Tensor moved = abs(centres - linspace(-1.0, 1.0, units));
  fmt::print("a centre has moved by {:.3f} in the mean\n", mean(moved).item());
  run.outline(loss(0), "A radial basis function network");
  run.plot(Plot("A radial basis function network", "x", "y")
               .points(x, y)
               .line(grid, curve(grid), "the wave")
               .line(grid, network(grid), "learnt"));

  const auto line = [](const Tensor& in) { return concat({in, ones_like(in)}, 1); };
  run.baseline("RMSE of the best straight line", rmse(matmul(line(grid), lstsq(line(x), y).x), curve(grid)));
  run.at_most("RMSE from the curve without noise", rmse(network(grid), curve(grid)), 0.04);
}

}  // namespace

int main(int argc, char** argv) {
  return zoo::main(argc, argv,
                   {3, "Radial basis function network (RBF)", "a wave out of 200 points with noise, by 16 bumps"},
                   radial_basis);
}
