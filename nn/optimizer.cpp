#include "nn/optimizer.h"

#include <fmt/format.h>

#include <cmath>
#include <cstddef>
#include <unordered_map>
#include <utility>

#include "autograd/array/elementwise.h"
#include "autograd/base/error.h"

namespace gradus::nn {

SGD::SGD(std::vector<Tensor> parameters, double rate, double momentum)
    : parameters_(std::move(parameters)), velocity_(parameters_.size()), momentum_(momentum) {
  set_rate(rate);
  std::unordered_map<const void*, std::size_t> seen;
  for (std::size_t k = 0; k < parameters_.size(); ++k) {
    if (!parameters_[k].is_leaf() || !parameters_[k].requires_grad()) {
      throw ValueError(
          fmt::format("[sgd] parameter {} is no leaf that is differentiated: it never has a gradient to follow", k));
    }
    const auto [first, is_new] = seen.emplace(parameters_[k].record().get(), k);
    if (!is_new) {
      throw ValueError(
          fmt::format("[sgd] parameters {} and {} are one tensor: it would be moved twice a step", first->second, k));
    }
  }
  if (!(momentum >= 0.0 && momentum < 1.0)) {
    throw ValueError(fmt::format("[sgd] the momentum is {}: it must be at least 0 and below 1", momentum));
  }
}

void SGD::set_rate(double rate) {
  if (!(rate >= 0.0) || !std::isfinite(rate)) {
    throw ValueError(fmt::format("[sgd] the learning rate is {}: it must be finite and not negative", rate));
  }
  rate_ = rate;
}

void SGD::step() {
  for (std::size_t k = 0; k < parameters_.size(); ++k) {
    Tensor& p = parameters_[k];
    if (!p.has_grad()) continue;
    Array v = p.grad();
    if (momentum_ != 0.0) {
      if (velocity_[k].defined()) v = momentum_ * velocity_[k] + v;
      velocity_[k] = v;
    }
    p.descend(rate_, v);
  }
}

void SGD::zero_grad() {
  for (Tensor& p : parameters_) p.zero_grad();
}

}  // namespace gradus::nn
