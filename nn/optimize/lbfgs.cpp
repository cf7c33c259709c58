#include "nn/optimize/lbfgs.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "autograd/base/error.h"
#include "autograd/minimize/line_search.h"

namespace gradus::nn {

using gradus::detail::dot_of;
using gradus::detail::largest;

namespace {

Array row_of(const std::vector<double>& x) {
  return Array({static_cast<std::int64_t>(x.size())}, std::span<const double>(x));
}

}  // namespace

LBFGS::LBFGS(const ParameterGroups& parameters, double rate, const LBFGSOptions& options)
    : Optimizer(parameters, rate, {.kind = "lbfgs"}), options_(options) {
  require_not_negative("gradient's tolerance", options.tolerance_grad);
  require_not_negative("change's tolerance", options.tolerance_change);
  if (options.max_iter < 1 || options.max_eval < 0 || options.history_size < 1) {
    throw ValueError(fmt::format("[lbfgs] {} iterations, {} evaluations and {} past steps: there must be one at least",
                                 options.max_iter, options.max_eval, options.history_size));
  }
  if (options_.max_eval == 0) options_.max_eval = options_.max_iter * 5 / 4;
}

void LBFGS::update(Slot&) { throw GraphError("[lbfgs] a step asks for the loss more than once: call step(loss)"); }

LBFGS::Numbers LBFGS::numbers() const {
  Numbers all;
  for (const Tensor& p : parameters()) std::ranges::copy(p.to_vector(), std::back_inserter(all));
  return all;
}

void LBFGS::set_numbers(std::span<const double> x) {
  for (Slot& slot : slots()) {
    const auto count = static_cast<std::size_t>(slot.parameter.size());
    slot.parameter.set_value(Array(slot.parameter.shape(), x.first(count)));
    x = x.subspan(count);
  }
}

LBFGS::Place LBFGS::look(const std::function<Tensor()>& loss) {
  zero_grad();
  Tensor value = loss();
  Place place{value.item(), {}};
  std::move(value).backward();
  for (const Slot& slot : slots()) {
    if (!slot.parameter.has_grad()) {  // the loss does not depend on it
      place.gradient.resize(place.gradient.size() + static_cast<std::size_t>(slot.parameter.size()));
      continue;
    }
    std::ranges::copy(slot.parameter.grad().to_vector(), std::back_inserter(place.gradient));
  }
  return place;
}

// The last step s = t d, and y, what the gradient changed by, if they curve upwards; and s·y / y·y.
void LBFGS::remember(const Numbers& gradient) {
  Pair pair{direction_, gradient};
  for (std::size_t i = 0; i < gradient.size(); ++i) {
    pair.s[i] *= along_;
    pair.y[i] -= gradient_[i];
  }
  const double curvature = dot_of(pair.s, pair.y);
  if (!(curvature > 1e-10)) return;
  scale_ = curvature / dot_of(pair.y, pair.y);
  if (std::ssize(pairs_) == options_.history_size) pairs_.pop_front();
  pairs_.push_back(std::move(pair));
}

// −H g, H as the pairs make it (Nocedal and Wright 2006, algorithm 7.4).
LBFGS::Numbers LBFGS::direction_from(const Numbers& gradient) const {
  Numbers d(gradient.size());
  std::ranges::transform(gradient, d.begin(), [](double g) { return -g; });
  const auto add = [&](double a, const Numbers& x) {
    for (std::size_t i = 0; i < d.size(); ++i) d[i] += a * x[i];
  };
  std::vector<double> alphas(pairs_.size());
  for (std::size_t k = pairs_.size(); k-- > 0;) {
    alphas[k] = dot_of(pairs_[k].s, d) / dot_of(pairs_[k].s, pairs_[k].y);
    add(-alphas[k], pairs_[k].y);
  }
  for (double& x : d) x *= scale_;
  for (std::size_t k = 0; k < pairs_.size(); ++k) {
    add(alphas[k] - dot_of(pairs_[k].y, d) / dot_of(pairs_[k].s, pairs_[k].y), pairs_[k].s);
  }
  return d;
}

// Goes along the direction, and looks what is there; how far it went.
double LBFGS::advance(Place& here, const std::function<Tensor()>& loss, double along, int& evaluations,
                      bool look_again) {
  Numbers x = numbers();
  if (options_.strong_wolfe) {
    gradus::detail::Objective objective;
    objective.value_and_gradient = [&](std::span<const double> at, std::span<double> gradient) {
      set_numbers(at);
      const Place there = look(loss);
      std::ranges::copy(there.gradient, gradient.begin());
      return there.loss;
    };
    const gradus::detail::Evaluations asked(objective);
    const gradus::detail::Visited from{x, here.loss, here.gradient};
    const gradus::detail::Visited found = gradus::detail::search(asked, from, direction_, along);
    set_numbers(found.x);
    here = {found.value, found.gradient};
    evaluations += asked.count();
    double moved = 0.0;
    for (std::size_t i = 0; i < x.size(); ++i) moved += (found.x[i] - x[i]) * direction_[i];
    return moved / dot_of(direction_, direction_);
  }
  for (std::size_t i = 0; i < x.size(); ++i) x[i] += along * direction_[i];
  set_numbers(x);
  if (look_again) {
    here = look(loss);
    ++evaluations;
  }
  return along;
}

double LBFGS::step(const std::function<Tensor()>& loss) {
  Place here = look(loss);
  const double first = here.loss;
  int evaluations = 1;
  for (int k = 1; k <= options_.max_iter && !(largest(here.gradient) <= options_.tolerance_grad); ++k) {
    double along = rate();
    if (iterations_++ == 0) {
      double size = 0.0;
      for (const double g : here.gradient) size += std::abs(g);
      along *= std::min(1.0, 1.0 / size);
    } else {
      remember(here.gradient);
    }
    direction_ = direction_from(here.gradient);
    gradient_ = here.gradient;
    along_ = along;
    if (!(dot_of(here.gradient, direction_) <= -options_.tolerance_change)) break;
    const double before = here.loss;
    along_ = advance(here, loss, along, evaluations, k < options_.max_iter);
    if (evaluations >= options_.max_eval || std::abs(along_) * largest(direction_) <= options_.tolerance_change ||
        std::abs(here.loss - before) < options_.tolerance_change) {
      break;
    }
  }
  return first;
}

std::vector<NamedArray> LBFGS::state() const {
  std::vector<NamedArray> out{
      {"rate", Array(rate())},           {"iterations", Array(static_cast<double>(iterations_))},
      {"scale", Array(scale_)},          {"along", Array(along_)},
      {"direction", row_of(direction_)}, {"gradient", row_of(gradient_)}};
  for (std::size_t k = 0; k < pairs_.size(); ++k) {
    out.push_back({fmt::format("{}.s", k), row_of(pairs_[k].s)});
    out.push_back({fmt::format("{}.y", k), row_of(pairs_[k].y)});
  }
  return out;
}

void LBFGS::load_state(std::span<const NamedArray> state) {
  const std::size_t count = numbers().size();
  const auto take = [&](std::string_view name) -> const Array& {
    const auto found = std::ranges::find(state, name, &NamedArray::name);
    if (found == state.end()) throw ValueError(fmt::format("[lbfgs] the state has no '{}'", name));
    return found->array;
  };
  const auto row = [&](std::string_view name) {
    Numbers x = take(name).to_vector();
    if (x.size() == count) return x;
    throw ShapeError(fmt::format("[lbfgs] '{}' of the state has {} numbers, the parameters {}", name, x.size(), count));
  };
  LBFGS loaded = *this;
  loaded.set_rate(take("rate").item());
  loaded.iterations_ = take("iterations").to_vector<std::int64_t>().at(0);
  loaded.scale_ = take("scale").item();
  loaded.along_ = take("along").item();
  loaded.pairs_.clear();
  if (loaded.iterations_ > 0) {
    loaded.direction_ = row("direction");
    loaded.gradient_ = row("gradient");
  }
  for (std::size_t k = 0; 2 * k + 6 < state.size(); ++k) {
    loaded.pairs_.push_back({row(fmt::format("{}.s", k)), row(fmt::format("{}.y", k))});
  }
  *this = std::move(loaded);
}

}  // namespace gradus::nn
