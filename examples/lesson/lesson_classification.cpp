// 5. Classification: the outputs are scores, softmax makes probabilities of them, and cross-entropy is the mean surprise at
// the right class, −log p.  The boundary lies where two classes are equally probable.
#include "lesson.h"

using namespace gradus;

namespace {

std::vector<Plot> classification() {
  const nn::Dataset points = nn::toy::blobs(150, Key{.seed = 1}, 4.0 * nn::toy::ring(3) / 3.0, 0.6);
  nn::MLP model({2, 16, 3}, tanh<Tensor>, ops::identity<Tensor>, Key{.seed = 2});
  nn::Adam adam(model.parameters(), 0.02);
  for (int step = 0; step <= 200; ++step) {
    const Tensor loss = nn::cross_entropy(model(points.x), points.labels);
    if (step % 50 == 0) fmt::print("step {:3}: cross-entropy {:.3f}\n", step, loss.item());
    adam.zero_grad();
    loss.backward();
    adam.step();
  }
  const Tensor p = softmax(model(Tensor{{1.3, 0.0}}));
  fmt::print("the middle of the first class: p = {:.2f}, {:.2f}, {:.2f}\n", p(0, 0).item(), p(0, 1).item(),
             p(0, 2).item());

  const auto axes = meshgrid({linspace(-3.0, 3.0, 40), linspace(-3.0, 3.0, 40)});
  const Indices classes = argmax(model(ops::stack({flatten(axes[0]), flatten(axes[1])}, 1)), 1);
  Plot plot("Three classes and where the network separates them");
  plot.regions(Tensor(Shape{40, 40}, std::vector<double>(classes.begin(), classes.end())).value(), {-3.0, 3.0},
               {-3.0, 3.0});
  for (int c = 0; c < 3; ++c) {
    const Tensor mask(squeeze(points.y) == static_cast<double>(c));
    plot.points(points.x(mask, 0), points.x(mask, 1));
  }
  return {plot.equal_units()};
}

}  // namespace

int main(int argc, char** argv) { return lesson::main(argc, argv, classification); }
