#include "tests/differential/torch_training.h"

#include <torch/torch.h>

#include <functional>
#include <map>
#include <memory>

namespace gradus::differential {

namespace {

using torch::Tensor;
using Made = std::unique_ptr<torch::optim::Optimizer>;
using Maker = std::function<Made(const std::vector<Tensor>&)>;
using Loss = std::function<Tensor(const std::vector<Tensor>&)>;

const std::map<std::string, Maker>& optimizers() {
  using namespace torch::optim;
  using P = std::vector<Tensor>;
  static const std::map<std::string, Maker> all{
      {"sgd", [](const P& p) { return std::make_unique<SGD>(p, SGDOptions(0.01)); }},
      {"sgd, weight decay", [](const P& p) { return std::make_unique<SGD>(p, SGDOptions(0.01).weight_decay(0.1)); }},
      {"sgd, momentum", [](const P& p) { return std::make_unique<SGD>(p, SGDOptions(0.01).momentum(0.9)); }},
      {"sgd, dampening",
       [](const P& p) {
         return std::make_unique<SGD>(p, SGDOptions(0.01).momentum(0.9).dampening(0.25).weight_decay(0.01));
       }},
      {"sgd, nesterov",
       [](const P& p) { return std::make_unique<SGD>(p, SGDOptions(0.01).momentum(0.9).nesterov(true)); }},
      {"adagrad", [](const P& p) { return std::make_unique<Adagrad>(p, AdagradOptions(0.1)); }},
      {"adagrad, all options",
       [](const P& p) {
         return std::make_unique<Adagrad>(
             p, AdagradOptions(0.1).lr_decay(0.01).weight_decay(0.1).initial_accumulator_value(0.5).eps(1e-3));
       }},
      {"rmsprop", [](const P& p) { return std::make_unique<RMSprop>(p, RMSpropOptions(0.01)); }},
      {"rmsprop, momentum",
       [](const P& p) { return std::make_unique<RMSprop>(p, RMSpropOptions(0.01).momentum(0.5)); }},
      {"rmsprop, centered",
       [](const P& p) { return std::make_unique<RMSprop>(p, RMSpropOptions(0.01).centered(true)); }},
      {"rmsprop, all options",
       [](const P& p) {
         return std::make_unique<RMSprop>(
             p, RMSpropOptions(0.01).alpha(0.9).eps(1e-3).weight_decay(0.1).momentum(0.5).centered(true));
       }},
      {"adam", [](const P& p) { return std::make_unique<Adam>(p, AdamOptions(0.05)); }},
      {"adam, weight decay",
       [](const P& p) {
         return std::make_unique<Adam>(p, AdamOptions(0.05).betas({0.8, 0.99}).eps(1e-3).weight_decay(0.1));
       }},
      {"adam, amsgrad",
       [](const P& p) {
         return std::make_unique<Adam>(p, AdamOptions(0.05).betas({0.9, 0.9}).amsgrad(true));
       }},
      {"adamw", [](const P& p) { return std::make_unique<AdamW>(p, AdamWOptions(0.05)); }},
      {"adamw, all options",
       [](const P& p) {
         return std::make_unique<AdamW>(p,
                                        AdamWOptions(0.05).betas({0.8, 0.9}).eps(1e-3).weight_decay(0.5).amsgrad(true));
       }},
      {"lbfgs", [](const P& p) { return std::make_unique<LBFGS>(p, LBFGSOptions(0.1)); }},
      {"lbfgs, few iterations",
       [](const P& p) { return std::make_unique<LBFGS>(p, LBFGSOptions(0.1).max_iter(3).history_size(2)); }},
  };
  return all;
}

const std::map<std::string, Loss>& losses() {
  namespace F = torch::nn::functional;
  using X = std::vector<Tensor>;
  static const std::map<std::string, Loss> all{
      {"triplet", [](const X& x) { return F::triplet_margin_loss(x[0], x[1], x[2]); }},
      {"triplet, swap",
       [](const X& x) {
         return F::triplet_margin_loss(x[0], x[1], x[2],
                                       F::TripletMarginLossFuncOptions().margin(2.0).p(3.0).swap(true));
       }},
      {"margin ranking",
       [](const X& x) {
         return F::margin_ranking_loss(x[0], x[1], torch::sign(x[2]), F::MarginRankingLossFuncOptions().margin(0.5));
       }},
      {"poisson", [](const X& x) { return F::poisson_nll_loss(x[0], torch::abs(x[1])); }},
      {"poisson, full",
       [](const X& x) {
         return F::poisson_nll_loss(x[0], 3.0 * torch::abs(x[1]), F::PoissonNLLLossFuncOptions().full(true));
       }},
      {"poisson, rate",
       [](const X& x) {
         return F::poisson_nll_loss(torch::exp(x[0]), torch::abs(x[1]),
                                    F::PoissonNLLLossFuncOptions().log_input(false));
       }},
  };
  return all;
}

Tensor tensor_of(const std::vector<double>& x) { return torch::tensor(x, torch::kFloat64); }

std::vector<double> numbers_of(const Tensor& x) {
  const Tensor flat = x.detach().contiguous().flatten();
  return {flat.data_ptr<double>(), flat.data_ptr<double>() + flat.numel()};
}

}  // namespace

std::vector<std::vector<double>> torch_steps(const std::string& optimizer, const std::vector<double>& start,
                                             const std::vector<double>& target, const std::vector<double>& weight,
                                             int steps) {
  const auto found = optimizers().find(optimizer);
  if (found == optimizers().end()) return {};
  Tensor p = tensor_of(start).requires_grad_(true);
  const Tensor to = tensor_of(target), w = tensor_of(weight);
  const Made made = found->second({p});
  std::vector<std::vector<double>> path;
  for (int t = 0; t < steps; ++t) {
    made->step([&] {
      made->zero_grad();
      const Tensor away = p - to;
      const Tensor loss = (w * away * away).sum() + torch::sin(p.slice(0, 0, -1) * p.slice(0, 1)).sum();
      loss.backward();
      return loss;
    });
    path.push_back(numbers_of(p));
  }
  return path;
}

TorchLoss torch_loss(const std::string& loss, std::int64_t rows, const std::vector<std::vector<double>>& arguments) {
  const auto found = losses().find(loss);
  if (found == losses().end()) return {};
  std::vector<Tensor> x;
  for (const std::vector<double>& one : arguments) x.push_back(tensor_of(one).reshape({rows, -1}));
  x[0] = x[0].detach().requires_grad_(true);
  const Tensor value = found->second(x);
  value.backward();
  return {value.item<double>(), numbers_of(x[0].grad())};
}

}  // namespace gradus::differential
