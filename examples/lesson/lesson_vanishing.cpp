// 8. In a deep network the gradient is a product with a factor for each layer.  Sigmoids make each at most 1/4, so that the
// first layers learn nothing; weights that start too small do the same.  A start that keeps variances (Glorot), ReLUs with
// theirs (He), and residual connections each keep the gradient alive.
#include <cmath>

#include "lesson.h"

using namespace gradus;

namespace {

constexpr std::int64_t width = 32;

/// The norm of the gradient by each of 20 layers' weights.
std::vector<double> norms(const std::string& name, const nn::Activation& f, double deviation, bool residual) {
  const Key key{.seed = 1};
  std::vector<Tensor> weights;
  Tensor h = normal({64, width}, 0.0, 1.0, key.part(100));
  for (std::uint64_t k = 0; k < 20; ++k) {
    weights.push_back(parameter(normal({width, width}, 0.0, deviation, key.part(k)), fmt::format("W{}", k + 1)));
    const Tensor a = f(matmul(h, weights.back()));
    h = residual ? h + a : a;
  }
  std::vector<double> out;
  for (const Tensor& g : grad(mean(square(h)), weights)) out.push_back(norm(g).item());
  fmt::print("{:33}: gradient of the first layer {:.0e}, of the last {:.0e}\n", name, out.front(), out.back());
  return out;
}

std::vector<Plot> vanishing() {
  const double size = static_cast<double>(width);
  const Tensor layer = arange(1.0, 21.0);
  Plot plot("How far the gradient reaches back", "layer", "norm of the gradient by its weights");
  plot.line(layer, norms("sigmoid, Glorot", "sigmoid", std::sqrt(1.0 / size), false), "sigmoid, Glorot");
  plot.line(layer, norms("tanh, a tenth of Glorot", "tanh", 0.1 * std::sqrt(1.0 / size), false), "tanh, too small");
  plot.line(layer, norms("tanh, Glorot", "tanh", std::sqrt(1.0 / size), false), "tanh, Glorot");
  plot.line(layer, norms("ReLU, He", "relu", std::sqrt(2.0 / size), false), "ReLU, He");
  plot.line(layer, norms("tanh, a tenth of Glorot, residual", "tanh", 0.1 * std::sqrt(1.0 / size), true),
            "too small, residual");
  return {plot.logarithmic_y()};
}

}  // namespace

int main(int argc, char** argv) { return lesson::main(argc, argv, vanishing); }
