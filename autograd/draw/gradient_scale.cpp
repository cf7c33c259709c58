#include "autograd/draw/gradient_scale.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>

#include "autograd/base/index.h"
#include "autograd/math/ops.h"
#include "autograd/tensor/op_traits.h"
#include "autograd/tensor/rule.h"

namespace gradus {

namespace {

using detail::at;

bool all_zero(const std::vector<double>& numbers, std::size_t first, std::size_t step) {
  for (std::size_t i = first; i < numbers.size(); i += step) {
    if (numbers[i] != 0.0) return false;
  }
  return true;
}

}  // namespace

GradientScale::GradientScale(const Graph& graph) : graph_(graph) {
  std::vector<double> sizes;
  for (const Slot& slot : graph.slots()) {
    sums_.push_back(slot.gradient ? sum_of(slot.gradient) : Sum());
    const double rms = sums_.back().rms();
    if (std::isfinite(rms) && rms > 0.0) sizes.push_back(std::log10(rms));
  }
  if (sizes.empty()) return;
  const auto middle = sizes.begin() + static_cast<std::ptrdiff_t>(sizes.size() / 2);
  std::nth_element(sizes.begin(), middle, sizes.end());
  median_ = *middle;
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

double GradientScale::Sum::rms() const {
  if (!std::isfinite(largest)) return std::isnan(largest) ? largest : std::fabs(largest);
  return count == 0 ? 0.0 : largest * std::sqrt(squares / static_cast<double>(count));
}

GradientScale::Mark GradientScale::mark_of(const Sum& sum) const {
  Mark mark;
  mark.known = sum.count > 0;
  if (!mark.known) return mark;
  mark.size = sum.rms();
  if (!std::isfinite(mark.size)) {
    mark.level = furthest;
  } else if (mark.size == 0.0) {
    mark.level = -furthest;
  } else {
    const double steps = std::round(std::log10(mark.size) - median_);
    mark.level = static_cast<int>(std::clamp(steps, -1.0 * furthest, 1.0 * furthest));
  }
  if (mark.level == -furthest) mark.word = "vanishing";
  if (mark.level == furthest) mark.word = "exploding";
  return mark;
}

namespace {

/// Whether the slot holds what an op with no slope says, such as a comparison: no gradient is ever wanted there.
bool is_choice(const Graph& graph, int slot) {
  const int made_by = graph.slots()[at(slot)].step;
  if (made_by < 0) return false;
  const Graph::Step& step = graph.steps()[at(made_by)];
  if (step.rule->elementwise().op == nullptr) return false;
  const std::vector<Formula> names(step.arguments.size(), Formula(std::string("x")));
  for (std::size_t k = 0; k < names.size(); ++k) {
    if (step.rule->derivative(k, names, names[0]).text() != "0") return false;
  }
  return true;
}

}  // namespace

GradientScale::Mark GradientScale::of(int slot) const {
  Mark mark = mark_of(sums_[at(slot)]);
  if (is_choice(graph_, slot)) mark.word.clear();
  if (std::string dead = dead_units(slot); !dead.empty()) mark.word = std::move(dead);
  return mark;
}

GradientScale::Mark GradientScale::of(std::span<const int> slots) const {
  Sum all;
  for (const int slot : slots) all.add(sums_[at(slot)]);
  return mark_of(all);
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
  if (!argument.gradient || !argument.gradient.has_data() || result.shape.size() == 0) return "";
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
