// 7. The worked example of Matt Mazur ("A Step by Step Backpropagation Example", 2015): two inputs, two hidden and two output
// neurons, all with sigmoids, and one step of gradient descent at a rate of 0.5.
#include "lesson.h"

using namespace gradus;

namespace {

std::vector<Plot> mazur() {
  const Tensor x{0.05, 0.10};
  const Tensor target{0.01, 0.99};
  Tensor w1 = parameter(Tensor{{0.15, 0.20}, {0.25, 0.30}}, "W1");
  Tensor w2 = parameter(Tensor{{0.40, 0.45}, {0.50, 0.55}}, "W2");
  const Tensor b1 = Tensor(0.35);
  const Tensor b2 = Tensor(0.60);
  const auto outputs = [&] { return sigmoid(matmul(w2, sigmoid(matmul(w1, x) + b1)) + b2); };
  const auto error = [&] { return sum(0.5 * square(target - outputs())); };
  const auto show = [](const char* name, const Tensor& t) {
    fmt::print("{:9}", name);
    for (const double number : t.to_vector()) fmt::print(" {:.9f}", number);
    fmt::print("\n");
  };
  show("net h", matmul(w1, x) + b1);
  show("out h", sigmoid(matmul(w1, x) + b1));
  show("out o", outputs());
  show("E", error());
  const std::vector<Tensor> gradients = grad(error(), std::vector<Tensor>{w1, w2});
  show("dE/dw1-4", gradients[0]);
  show("dE/dw5-8", gradients[1]);
  w1.descend(0.5, gradients[0]);
  w2.descend(0.5, gradients[1]);
  show("new w1-4", w1);
  show("new w5-8", w2);
  show("new E", error());

  std::vector<double> steps, errors;
  for (int step = 1; step < 10'000; ++step) {
    if (step < 100 || step % 100 == 0) {
      steps.push_back(step);
      errors.push_back(error().item());
    }
    const std::vector<Tensor> down = grad(error(), std::vector<Tensor>{w1, w2});
    w1.descend(0.5, down[0]);
    w2.descend(0.5, down[1]);
  }
  fmt::print("after 10,000 steps: E = {:.9f}\n", error().item());
  return {Plot("Mazur's example", "step", "E").line(steps, errors).logarithmic_x().logarithmic_y()};
}

}  // namespace

int main(int argc, char** argv) { return lesson::main(argc, argv, mazur); }
