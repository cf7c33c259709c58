#include "zoo_training.h"

using namespace gradus;

namespace zoo {

std::vector<Tensor> parameters(std::initializer_list<std::reference_wrapper<const nn::Module>> modules) {
  std::vector<Tensor> list;
  for (const nn::Module& module : modules) {
    for (const Tensor& tensor : module.parameters()) list.push_back(tensor);
  }
  return list;
}

std::vector<double> train(nn::Optimizer& optimizer, int steps, const std::function<Tensor(int step)>& loss) {
  std::vector<double> losses;
  for (int step = 0; step < steps; ++step) {
    const Tensor now = loss(step);
    optimizer.zero_grad();
    now.backward();
    optimizer.step();
    losses.push_back(now.item());
    if (step % (steps / 5) == 0 || step + 1 == steps) fmt::print("step {:5}: loss {:.4f}\n", step, now.item());
  }
  return losses;
}

std::vector<double> train_by(const Training& training, const std::vector<Tensor>& parameters,
                             const std::function<double(std::uint64_t k)>& step) {
  nn::Adam adam(parameters, training.rate);
  std::vector<double> losses;
  for (std::uint64_t k = 1; k <= training.steps; ++k) {
    if (k == training.steps * 3 / 4) adam.set_rate(training.rate / 5.0);
    adam.zero_grad();
    losses.push_back(step(k));
    adam.step();
    if (k % (training.steps / 6) == 0) {
      fmt::print("{}{}step {:4}: loss {:.4f}\n", training.name, training.name.empty() ? "" : ", ", k, losses.back());
    }
  }
  return losses;
}

Tensor ridge(const Tensor& states, const Tensor& targets, double cost) {
  const Tensor squared = matmul(transpose(states), states) + cost * eye(states.size(1));
  return solve(squared, matmul(transpose(states), targets));
}

Plot plot_of_losses(const std::vector<double>& losses) {
  Plot plot("Training", "step", "loss");
  plot.line(arange(static_cast<double>(losses.size())), losses).logarithmic_y();
  return plot;
}

}  // namespace zoo
