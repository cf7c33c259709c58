#include "autograd/draw/gradient_scale.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>

#include "autograd/base/index.h"
#include "autograd/math/ops.h"
#include "autograd/tensor/op_traits.h"
#include "autograd/tensor/ops/reductions.h"
#include "autograd/tensor/rule.h"

namespace gradus {

namespace {

using detail::at;

constexpr int other_layer = 2;  // distances: a bias lies one nearer than the weight beside it

bool all_zero(const std::vector<double>& numbers, std::size_t first, std::size_t step) {
  for (std::size_t i = first; i < numbers.size(); i += step) {
    if (numbers[i] != 0.0) return false;
  }
  return true;
}

}  // namespace

GradientScale::GradientScale(const Graph& graph) : graph_(graph) {
  for (const Slot& slot : graph.slots()) sums_.push_back(slot.gradient.defined() ? sum_of(slot.gradient) : Sum());
  find_seed();
  find_distances();
  find_extremes();
}

void GradientScale::find_seed() {
  Sum seeds;
  for (const int output : graph_.outputs()) seeds.add(sums_[at(output)]);
  if (const double norm = seeds.norm(); std::isfinite(norm) && norm > 0.0) seed_ = norm;
}

void GradientScale::find_distances() {
  distances_.assign(graph_.slots().size(), -1);
  for (const int output : graph_.outputs()) distances_[at(output)] = 0;
  for (std::size_t k = graph_.steps().size(); k-- > 0;) {
    const Graph::Step& step = graph_.steps()[k];
    const int here = distances_[at(step.result)];
    if (here < 0) continue;
    const int before = here + (only_adds(step) ? 0 : 1);
    for (const int argument : step.arguments) {
      int& there = distances_[at(argument)];
      if (there < 0 || there > before) there = before;
    }
  }
}

/// What hands a gradient on as it is, but for its sign, puts no depth between two parameters.
bool GradientScale::only_adds(const Graph::Step& step) {
  return step.rule->kind() == OpKind::layout || detail::is_op<Add, Sub, Neg, Sum>(*step.rule);
}

void GradientScale::find_extremes() {
  const int furthest_away = distances_.empty() ? 0 : *std::ranges::max_element(distances_);
  nearer_.resize(at(std::max(furthest_away, 0)) + 1);
  int nearest = furthest_away, furthest_parameter = 0;
  const auto widen = [](Extremes& e, double smallest, double largest) {
    if (largest == 0.0) return;
    e.smallest = e.largest == 0.0 ? smallest : std::min(e.smallest, smallest);
    e.largest = std::max(e.largest, largest);
  };
  for (std::size_t i = 0; i < sums_.size(); ++i) {
    if (graph_.slots()[i].role != Role::parameter || distances_[i] < 0) continue;
    const double size = sums_[i].norm();
    if (!std::isfinite(size) || size == 0.0) continue;
    widen(nearer_[at(distances_[i])], size, size);
    nearest = std::min(nearest, distances_[i]);
    furthest_parameter = std::max(furthest_parameter, distances_[i]);
  }
  has_depth_ = furthest_parameter - nearest >= other_layer;
  for (std::size_t d = 1; d < nearer_.size(); ++d) widen(nearer_[d], nearer_[d - 1].smallest, nearer_[d - 1].largest);
}

GradientScale::Sum GradientScale::sum_of(const Array& gradient) {
  Sum sum;
  if (!gradient.has_data()) return sum;
  const std::vector<double> numbers = gradient.to_vector();
  sum.count = numbers.size();
  for (const double x : numbers) {
    if (!std::isfinite(x)) {
      sum.largest = x;
      return sum;
    }
    sum.largest = std::max(sum.largest, std::fabs(x));
  }
  if (sum.largest == 0.0) return sum;
  for (const double x : numbers) sum.squares += (x / sum.largest) * (x / sum.largest);
  return sum;
}

void GradientScale::Sum::add(const Sum& other) {
  count += other.count;
  if (!std::isfinite(largest) || other.largest == 0.0) return;
  if (!std::isfinite(other.largest)) {
    largest = other.largest;
    return;
  }
  const double most = std::max(largest, other.largest);
  const double here = largest / most, there = other.largest / most;
  squares = squares * here * here + other.squares * there * there;
  largest = most;
}

double GradientScale::Sum::norm() const {
  if (!std::isfinite(largest)) return std::isnan(largest) ? largest : std::fabs(largest);
  return largest * std::sqrt(squares);
}

GradientScale::Mark GradientScale::mark_of(const Sum& sum) const {
  Mark mark;
  mark.known = sum.count > 0;
  if (!mark.known) return mark;
  mark.size = sum.norm();
  mark.zero = mark.size == 0.0;
  if (!std::isfinite(mark.size)) {
    mark.level = furthest;
    mark.word = "not finite";
  } else if (!mark.zero) {
    const double steps = std::round(std::log10(mark.size) - std::log10(seed_));
    mark.level = static_cast<int>(std::clamp(steps, -1.0 * furthest, 1.0 * furthest));
  }
  return mark;
}

std::string GradientScale::diagnosis(double size, int distance) const {
  constexpr double far = 1000.0;
  if (size == 0.0 || !std::isfinite(size) || distance < 0) return "";
  Extremes others{seed_, seed_};
  if (has_depth_) others = distance < other_layer ? Extremes() : nearer_[at(distance - other_layer)];
  if (others.largest == 0.0) return "";
  if (size <= others.largest / far && size < seed_) return "vanishing";
  return size >= far * others.smallest && size >= far * seed_ ? "exploding" : "";
}

GradientScale::Mark GradientScale::of(int slot) const {
  Mark mark = mark_of(sums_[at(slot)]);
  const bool is_parameter = graph_.slots()[at(slot)].role == Role::parameter;
  if (mark.known && is_parameter && mark.word.empty()) mark.word = diagnosis(mark.size, distances_[at(slot)]);
  if (std::string dead = dead_units(slot); !dead.empty()) mark.word = std::move(dead);
  return mark;
}

GradientScale::Mark GradientScale::of(std::span<const int> parameters) const {
  Sum all;
  int nearest = -1;
  for (const int slot : parameters) {
    all.add(sums_[at(slot)]);
    const int distance = distances_[at(slot)];
    if (distance >= 0 && (nearest < 0 || distance < nearest)) nearest = distance;
  }
  Mark mark = mark_of(all);
  if (mark.known && mark.word.empty()) mark.word = diagnosis(mark.size, nearest);
  return mark;
}

/// A unit of a ReLU is dead when it is zero for every example and hands no gradient back: it cannot learn any more.  A
/// unit is a column; an array of fewer axes is one unit.
std::string GradientScale::dead_units(int slot) const {
  const Slot& result = graph_.slots()[at(slot)];
  if (result.step < 0) return "";
  const Graph::Step& step = graph_.steps()[at(result.step)];
  const detail::OpTraits* traits = step.rule->op_struct().traits;
  if (traits == nullptr || !traits->can_die) return "";
  const Slot& argument = graph_.slots()[at(step.arguments.front())];
  if (!argument.gradient.defined() || !argument.gradient.has_data() || result.shape.size() == 0) return "";
  std::vector<double> values;
  if (result.value.has_data()) {
    values = result.value.to_vector();
  } else if (argument.value.has_data()) {
    values = step.rule->evaluate(std::span<const Array>(&argument.value, 1)).to_vector();
  } else {
    return "";
  }
  const std::vector<double> gradient = argument.gradient.to_vector();
  const int rank = result.shape.rank();
  const std::size_t units = rank < 2 ? 1 : static_cast<std::size_t>(result.shape[rank - 1]);
  std::size_t dead = 0;
  for (std::size_t unit = 0; unit < units; ++unit) {
    if (all_zero(values, unit, units) && all_zero(gradient, unit, units)) ++dead;
  }
  if (dead == units) return "dead";
  return dead == 0 ? "" : fmt::format("{} of {} dead", dead, units);
}

}  // namespace gradus
