// A model of modules of one's own: drawn with their names, written as JSON, read and run again, bit for bit.
#include <gradus/nn.h>

#include "verify.h"
using namespace gradus;

struct Residual : nn::Module {
  std::shared_ptr<nn::Linear> up, down;
  explicit Residual(std::int64_t width)
      : up(std::make_shared<nn::Linear>(width, 2 * width)), down(std::make_shared<nn::Linear>(2 * width, width)) {
    add_part("up", up);
    add_part("down \"<b>&", down);
  }
  [[nodiscard]] std::string kind() const override { return "Residual"; }
  Tensor forward(const Tensor& x) override { return x + (*down)(gelu((*up)(x))); }
};

int main() {
  const nn::Sequential model(nn::Linear(3, 4), std::make_shared<Residual>(4), std::make_shared<Residual>(4));
  const Tensor x = variable(normal({2, 3}, 0.0, 1.0, Key{.seed = 9}), "x");
  Graph graph(sum(model(x)));
  graph.compute_gradients();
  const Graph again = from_json(to_json(graph));
  const Tensor other = normal({2, 3}, 0.0, 1.0, Key{.seed = 10});

  const std::string drawing = to_dot(graph), folded = to_dot(graph, {.detail = Detail::shape, .depth = 1});
  const auto names = [&](const std::string& text) { return drawing.find(text) != std::string::npos ? 0.0 : 1.0; };
  const bool right =
      within("run again", apart(graph.run({{"x", other.value()}})[0], sum(model(other))), 0.0) &&
      within("read and run", apart(again.run({{"x", other.value()}})[0], sum(model(other))), 0.0) &&
      within("names that are missing", names("up") + names("down") + names("Residual") + names("&lt;b&gt;&amp;"),
             0.0) &&
      within("folded against whole", static_cast<double>(folded.size()) / static_cast<double>(drawing.size()), 0.7) &&
      within("gradient, wrong", check_gradients([&](const Tensor& z) { return model(z); }, x).ok ? 0.0 : 1.0, 0.0);
  return right ? 0 : 1;
}
