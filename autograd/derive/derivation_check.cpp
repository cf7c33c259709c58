#include "autograd/derive/derivation_check.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "autograd/array/reduce.h"
#include "autograd/base/error.h"

namespace gradus::detail {

namespace {

double epsilon_of(DType dtype) {
  return dtype == DType::float32 ? std::numeric_limits<float>::epsilon() : std::numeric_limits<double>::epsilon();
}

double sum_of_outputs(const Graph& graph, int slot, const std::vector<double>& numbers) {
  const Slot& leaf = graph.slots()[static_cast<std::size_t>(slot)];
  const Array moved = Array(leaf.shape, numbers).to(leaf.dtype);
  double total = 0.0;
  for (const Array& output : graph.run({{slot, moved}})) {
    for (const double y : output.to_vector()) total += y;
  }
  return total;
}

/// A central difference, and how far off it may be.
struct Difference {
  double slope = 0.0;
  double uncertainty = 0.0;
  bool breaks = false;  // a kink or a jump right there
};

/// The slopes on both sides of x differ: by the same over twice the distance, at a kink; by half as much, at a jump.  Where
/// the function bends smoothly it is twice as much.
bool is_break(double gap, double wide_gap, double rounding, double size) {
  const double apart = std::fabs(gap);
  if (!std::isfinite(wide_gap) || apart <= std::max(100.0 * rounding, 1e-6 * size)) return false;
  constexpr double hardly = 0.01;
  return std::fabs(wide_gap - gap) <= hardly * apart || std::fabs(wide_gap - 0.5 * gap) <= hardly * apart;
}

/// `f` is the function of one number of a leaf, which is x here.
template <class F>
Difference difference(const F& f, double x, double epsilon) {
  // The step at which truncation and rounding errors of a central difference are about equal.
  const double h = std::cbrt(epsilon) * std::max(1.0, std::fabs(x));
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  const auto slope_over = [&](double step, double above, double below) {
    return (above - below) / ((x + step) - (x - step));
  };
  const double here = f(x);
  const double above = f(x + h);
  const double below = f(x - h);
  if (!std::isfinite(here) || !std::isfinite(above) || !std::isfinite(below)) return {nan, nan, false};
  const double slope = slope_over(h, above, below);
  // A difference twice as wide is off by four times as much, and by another rounding.
  const double far_above = f(x + 2.0 * h);
  const double far_below = f(x - 2.0 * h);
  const double bend = std::fabs(slope_over(2.0 * h, far_above, far_below) - slope);
  const double rounding = epsilon * (std::max(std::fabs(above), std::fabs(below)) + std::fabs(slope * x)) / h;
  const double center = epsilon * std::fabs(x) * std::fabs((above - here) - (here - below)) / (h * h);
  const double size = std::max(std::fabs(above - here), std::fabs(here - below)) / h;
  const double gap = ((above - here) - (here - below)) / h;
  const double wide_gap = ((far_above - here) - (here - far_below)) / (2.0 * h);
  bool breaks = is_break(gap, wide_gap, epsilon * std::fabs(here) / h, size);
  if (breaks) {  // right there, or only within the step?
    const double near = x == 0.0 ? 500.0 * epsilon : std::max(1e-10, 16.0 * epsilon) * std::fabs(x);
    const double near_gap = ((f(x + near) - here) - (here - f(x - near))) / near;
    breaks = std::fabs(near_gap) >= 0.5 * std::fabs(gap);
  }
  return {slope, (std::isfinite(bend) ? bend : 0.0) + rounding + center, breaks};
}

void compare(const Graph& graph, DerivationCheck& check) {
  const Slot& leaf = graph.slots()[static_cast<std::size_t>(check.slot)];
  const std::vector<double> gradient = leaf.gradient.to_vector();
  std::vector<double> numbers = leaf.value.to_vector();
  std::vector<double> slopes;
  std::vector<double> uncertainties;
  for (double& x : numbers) {
    const double here = x;
    const auto f = [&](double moved) {
      x = moved;
      return sum_of_outputs(graph, check.slot, numbers);
    };
    Difference d = difference(f, here, epsilon_of(leaf.dtype));
    if (!std::isfinite(gradient[slopes.size()])) d.slope = std::numeric_limits<double>::quiet_NaN();
    slopes.push_back(d.slope);
    uncertainties.push_back(d.uncertainty);
    check.breaks.push_back(d.breaks);
    x = here;
  }
  check.difference = Array(leaf.shape, slopes);
  check.uncertainty = Array(leaf.shape, uncertainties);
}

}  // namespace

std::vector<DerivationCheck> compare_with_differences(const Graph& graph, std::int64_t most_numbers) {
  std::vector<DerivationCheck> checks;
  bool can_run = true;
  const auto& slots = graph.slots();
  for (std::size_t i = 0; i < slots.size(); ++i) {
    const Slot& leaf = slots[i];
    if (leaf.step >= 0 || !leaf.gradient.defined()) continue;
    DerivationCheck check{static_cast<int>(i), leaf.gradient, {}};
    if (can_run && leaf.shape.size() <= most_numbers && leaf.value.has_data()) {
      try {
        compare(graph, check);
      } catch (const GraphError&) {
        can_run = false;  // functions of the user's
      }
    }
    checks.push_back(std::move(check));
  }
  return checks;
}

}  // namespace gradus::detail
