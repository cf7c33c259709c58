// 3. Forward propagation: a⁽⁰⁾ = x, and layer by layer z = W a + b, a = f(z); by hand, and by the library.
#include <cmath>

#include "lesson.h"

using namespace gradus;

namespace {

std::vector<Plot> forward() {
  const nn::MLP model({2, 3, 1}, tanh<Tensor>, sigmoid<Tensor>, Key{.seed = 1});
  const std::vector<Tensor> p = model.parameters();  // W⁽¹⁾, b⁽¹⁾, W⁽²⁾, b⁽²⁾

  std::vector<double> a{0.5, -1.0};
  for (std::size_t layer = 0; layer < 2; ++layer) {
    const Tensor& w = p[2 * layer];
    const Tensor& b = p[2 * layer + 1];
    std::vector<double> next;
    for (std::int64_t row = 0; row < w.size(0); ++row) {
      double z = b[row].item();
      for (std::size_t k = 0; k < a.size(); ++k) z += w(row, k).item() * a[k];
      next.push_back(layer == 0 ? std::tanh(z) : 1.0 / (1.0 + std::exp(-z)));
      fmt::print("layer {}, unit {}: z = {:7.4f}, a = {:7.4f}\n", layer + 1, row + 1, z, next.back());
    }
    a = next;
  }
  const double y = model(Tensor{{0.5, -1.0}}).item();
  fmt::print("the library says {:.4f}; the two differ by less than 1e-12: {}\n", y, std::abs(y - a[0]) < 1e-12);

  // What the network says along a line through its inputs.
  const Tensor t = reshape(linspace(-3.0, 3.0, 200), {200, 1});
  return {Plot("A network of 2, 3 and 1 units", "x₁, while x₂ = −1", "a")
              .line(t, model(concat({t, full({200, 1}, -1.0)}, 1)))};
}

}  // namespace

int main(int argc, char** argv) { return lesson::main(argc, argv, forward); }
