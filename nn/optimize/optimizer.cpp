#include "nn/optimize/optimizer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <unordered_map>
#include <utility>

#include "autograd/base/error.h"
#include "autograd/tensor/trace.h"

namespace gradus::nn {

Optimizer::~Optimizer() = default;

Optimizer::Optimizer(const ParameterGroups& parameters, double rate, Setup setup) : setup_(std::move(setup)) {
  set_rate(rate);
  require_not_negative("weight decay", setup_.weight_decay);
  for (const ParameterGroup& group : parameters.groups()) add(group);
  std::unordered_map<const void*, std::size_t> seen;
  for (std::size_t k = 0; k < slots_.size(); ++k) {
    const Tensor& p = slots_[k].parameter;
    if (!p.is_leaf() || !p.requires_grad()) {
      throw ValueError(fmt::format(
          "[{}] parameter {} is no leaf that is differentiated: it never has a gradient to follow", kind(), k));
    }
    const auto [first, is_new] = seen.emplace(p.record().get(), k);
    if (!is_new) {
      throw ValueError(fmt::format("[{}] parameters {} and {} are one tensor: it would be moved twice a step", kind(),
                                   first->second, k));
    }
  }
}

void Optimizer::add(const ParameterGroup& group) {
  require_not_negative("rate scale of a group", group.rate_scale);
  require_not_negative("weight decay", group.weight_decay.value_or(0.0));
  for (const Tensor& p : group.parameters) {
    slots_.push_back({p, 0.0, group.rate_scale, group.weight_decay.value_or(setup_.weight_decay)});
  }
}

void Optimizer::require_fraction(std::string_view name, double value) const {
  if (value >= 0.0 && value < 1.0) return;
  throw ValueError(fmt::format("[{}] the {} is {}: it must be at least 0 and below 1", kind(), name, value));
}

void Optimizer::require_not_negative(std::string_view name, double value) const {
  if (value >= 0.0 && std::isfinite(value)) return;
  throw ValueError(fmt::format("[{}] the {} is {}: it must be finite and not negative", kind(), name, value));
}

void Optimizer::set_rate(double rate) {
  require_not_negative("learning rate", rate);
  rate_ = rate;
}

void Optimizer::step() {
  if (gradus::detail::tracing() != nullptr) {
    gradus::detail::refuse_in_trace("step() of an optimizer", "compile the loss and its gradients, and step outside");
  }
  for (Slot& slot : slots_) {
    if (!slot.parameter.has_grad()) continue;
    slot.rate = rate_ * slot.rate_scale;
    ++slot.steps;
    update(slot);
  }
}

double Optimizer::step(const std::function<Tensor()>& loss) {
  zero_grad();
  Tensor value = loss();
  const double before = value.item();
  std::move(value).backward();
  step();
  return before;
}

void Optimizer::zero_grad() {
  for (Slot& slot : slots_) slot.parameter.zero_grad();
}

std::vector<Tensor> Optimizer::parameters() const {
  std::vector<Tensor> out;
  for (const Slot& slot : slots_) out.push_back(slot.parameter);
  return out;
}

std::vector<NamedArray> Optimizer::arrays_of(const Slot& slot, std::size_t number) const {
  std::vector<NamedArray> out{{fmt::format("{}.step", number), Array(static_cast<double>(slot.steps))}};
  if (!setup_.number.empty()) out.push_back({fmt::format("{}.{}", number, setup_.number), Array(slot.number)});
  for (std::size_t k = 0; slot.steps > 0 && k < setup_.state.size(); ++k) {
    out.push_back({fmt::format("{}.{}", number, setup_.state[k]), slot.state[k]});
  }
  return out;
}

std::vector<NamedArray> Optimizer::state() const {
  std::vector<NamedArray> out{{"rate", Array(rate_)}};
  for (std::size_t k = 0; k < slots_.size(); ++k) std::ranges::move(arrays_of(slots_[k], k), std::back_inserter(out));
  return out;
}

void Optimizer::load_state(std::span<const NamedArray> state) {
  std::unordered_map<std::string_view, const Array*> given;
  for (const NamedArray& one : state) given.emplace(one.name, &one.array);
  const auto take = [&](const std::string& name, const Shape& shape) -> const Array& {
    const auto at = given.find(name);
    if (at == given.end()) throw ValueError(fmt::format("[{}] the state has no '{}'", kind(), name));
    const Array& array = *at->second;
    given.erase(at);
    if (array.shape() == shape) return array;
    throw ShapeError(fmt::format("[{}] '{}' of the state is {}, it must be {}", kind(), name, to_string(array.shape()),
                                 to_string(shape)));
  };
  const double rate = take("rate", {}).item();
  require_not_negative("learning rate", rate);
  std::vector<Slot> loaded = slots_;
  for (std::size_t k = 0; k < loaded.size(); ++k) {
    Slot& slot = loaded[k];
    const double steps = take(fmt::format("{}.step", k), {}).item();
    if (!(steps >= 0.0 && steps < 1e15 && steps == std::floor(steps))) {
      throw ValueError(
          fmt::format("[{}] '{}.step' of the state is {}: it must be a whole number, at least 0", kind(), k, steps));
    }
    slot.steps = static_cast<std::int64_t>(steps);
    if (!setup_.number.empty()) slot.number = take(fmt::format("{}.{}", k, setup_.number), {}).item();
    slot.state = {};
    for (std::size_t i = 0; slot.steps > 0 && i < setup_.state.size(); ++i) {
      const Array& array = take(fmt::format("{}.{}", k, setup_.state[i]), slot.parameter.shape());
      slot.state[i] = array.to(slot.parameter.dtype());
    }
  }
  if (!given.empty()) {
    const auto first = std::ranges::min_element(given, {}, [](const auto& one) { return one.first; });
    throw ValueError(fmt::format("[{}] the state has '{}', which this optimizer does not keep", kind(), first->first));
  }
  slots_ = std::move(loaded);
  rate_ = rate;
}

}  // namespace gradus::nn
