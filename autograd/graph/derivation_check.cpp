#include "autograd/graph/derivation_check.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "autograd/array/reduce.h"
#include "autograd/base/error.h"

namespace gradus::detail {

namespace {

/// The step at which truncation and rounding errors of a central difference are about equal.
double step_at(double x, DType dtype) {
  const double epsilon =
      dtype == DType::float32 ? std::numeric_limits<float>::epsilon() : std::numeric_limits<double>::epsilon();
  return std::cbrt(epsilon) * std::max(1.0, std::fabs(x));
}

double sum_of_outputs(const Graph& graph, const Slot& leaf, const std::vector<double>& numbers) {
  const Array moved = Array(leaf.shape, numbers).to(leaf.dtype);
  double total = 0.0;
  for (const Array& output : graph.run({{leaf.id, moved}})) {
    for (const double y : output.to_vector()) total += y;
  }
  return total;
}

Array difference(const Graph& graph, const Slot& leaf) {
  std::vector<double> numbers = leaf.value.to_vector();
  std::vector<double> slopes;
  for (double& x : numbers) {
    const double here = x;
    const double h = step_at(here, leaf.dtype);
    x = here + h;
    const double above = x;
    const double f_above = sum_of_outputs(graph, leaf, numbers);
    x = here - h;
    const double f_below = sum_of_outputs(graph, leaf, numbers);
    slopes.push_back((f_above - f_below) / (above - x));
    x = here;
  }
  return Array(leaf.shape, slopes);
}

}  // namespace

std::vector<DerivationCheck> compare_with_differences(const Graph& graph, std::int64_t most_numbers) {
  std::vector<DerivationCheck> checks;
  bool can_run = true;
  const auto& slots = graph.slots();
  for (std::size_t i = 0; i < slots.size(); ++i) {
    const Slot& leaf = slots[i];
    if (leaf.step >= 0 || !leaf.gradient) continue;
    DerivationCheck check{static_cast<int>(i), leaf.gradient, {}};
    if (can_run && leaf.shape.size() <= most_numbers && leaf.value.has_data()) {
      try {
        check.difference = difference(graph, leaf);
      } catch (const GraphError&) {
        can_run = false;  // functions of the user's
      }
    }
    checks.push_back(std::move(check));
  }
  return checks;
}

}  // namespace gradus::detail
