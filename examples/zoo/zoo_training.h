// Training as those programs of the zoo do it that follow a gradient.
#pragma once
#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string_view>
#include <tuple>
#include <vector>

#include "zoo.h"

namespace zoo {

/// The parameters of several modules, for one optimizer.
std::vector<gradus::Tensor> parameters(std::initializer_list<std::reference_wrapper<const gradus::nn::Module>> modules);

/// So many steps of an optimizer against the gradient of a loss, which is printed six times on the way; returns all losses.
/// `loss` is handed the number of the step, to choose its examples by.
std::vector<double> train(gradus::nn::Optimizer& optimizer, int steps,
                          const std::function<gradus::Tensor(int step)>& loss);

struct Training {
  std::uint64_t steps;
  double rate;                 // a fifth of it in the last quarter of the steps
  std::string_view name = "";  // of the network, where a program has several
};

/// Moves the parameters, by Adam, by what step(k) leaves in their gradients, for k = 1, 2, …; step returns the loss.  Six lines
/// say how it goes.  Returns all losses.
std::vector<double> train_by(const Training& training, const std::vector<gradus::Tensor>& parameters,
                             const std::function<double(std::uint64_t k)>& step);

/// A function of the arguments of loss, compiled, that adds the loss's gradients to those of the parameters and returns the loss.
template <class Loss>
auto backward_step(Loss loss) {
  return gradus::compile([loss](const std::same_as<gradus::Tensor> auto&... x) {
    const gradus::Tensor value = loss(x...);
    value.backward();
    return value;
  });
}

/// Minimizes loss(x…), where x… is what batch(k) has at step k = 1, 2, …: a std::array of tensors.  The loss is compiled: what
/// changes from step to step comes with the batch.
template <class Loss, class Batch>
std::vector<double> train(const Training& training, const std::vector<gradus::Tensor>& parameters, Loss loss,
                          Batch batch) {
  const auto step = backward_step(loss);
  return train_by(training, parameters, [&](std::uint64_t k) { return std::apply(step, batch(k)).item(); });
}

/// The weights W with which states·W comes nearest to targets where the squares of the weights cost something: least squares
/// with that price, ridge regression.
gradus::Tensor ridge(const gradus::Tensor& states, const gradus::Tensor& targets, double cost);

/// A plot of losses against the number of the step, on a logarithmic axis.
gradus::Plot plot_of_losses(const std::vector<double>& losses);

}  // namespace zoo
