#include "autograd/derive/number_range.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "autograd/base/index.h"
#include "autograd/tensor/rule.h"

namespace gradus::detail {

namespace {

/// The number at a place of the result, with all arguments scaled.
double scaled_result(const Rule& rule, const std::vector<Array>& x, double scale, std::size_t place) {
  std::vector<Array> moved;
  for (const Array& a : x) {
    std::vector<double> numbers = a.to_vector();
    for (double& number : numbers) number *= scale;
    moved.push_back(Array(a.shape(), numbers).to(a.dtype()));
  }
  return rule.evaluate(moved).to_vector()[place];
}

/// With smaller arguments, or with larger ones, the result leaves 0 as the smallest of numbers, or infinity as the largest:
/// what a clamped or a singular function does not.
bool is_out_of_range(const Rule& rule, const std::vector<Array>& x, double y, std::size_t place, double far) {
  const auto same = [&](double z) { return z == y; };
  double in = far;
  if (same(scaled_result(rule, x, in, place))) return false;
  double out = 1.0;
  for (int k = 0; k < 60; ++k) {
    const double middle = std::sqrt(in * out);
    (same(scaled_result(rule, x, middle, place)) ? out : in) = middle;
  }
  const double last = std::fabs(scaled_result(rule, x, in, place));
  const bool narrow = x[0].dtype() == DType::float32;
  const double smallest = narrow ? std::numeric_limits<float>::min() : std::numeric_limits<double>::min();
  const double largest = narrow ? std::numeric_limits<float>::max() : std::numeric_limits<double>::max();
  return y == 0.0 ? last <= smallest : last >= 0.9 * largest && std::isfinite(last);
}

}  // namespace

std::string words_on_range(const Graph& graph, const Graph::Step& step, const std::string& name) {
  constexpr std::int64_t most = 64;
  const Slot& result = graph.slots()[at(step.result)];
  if (!result.value.defined() || !result.value.has_data() || result.shape.size() > most ||
      step.rule->clone() == nullptr)
    return {};
  const std::vector<double> y = result.value.to_vector();
  if (std::ranges::none_of(y, [](double number) { return number == 0.0 || std::isinf(number); })) return {};
  std::vector<Array> x;
  for (const int argument : step.arguments) {
    const Slot& slot = graph.slots()[at(argument)];
    if (!slot.value.defined() || !slot.value.has_data() || slot.shape.size() > most) return {};
    const std::vector<double> numbers = slot.value.to_vector();
    if (std::ranges::any_of(numbers, [](double number) { return !std::isfinite(number); })) return {};
    x.push_back(slot.value);
  }
  for (std::size_t place = 0; place < y.size(); ++place) {
    if (y[place] != 0.0 && !std::isinf(y[place])) continue;
    const auto out_of_range = [&](double far) { return is_out_of_range(*step.rule, x, y[place], place, far); };
    if (!out_of_range(1e-30) && !out_of_range(1e30)) continue;
    const bool small = y[place] == 0.0;
    return fmt::format("{} {} for its type of number, {}. What follows from it is rounding, not mathematics.{}",
                       y.size() == 1 ? name : "A number of " + name, small ? "is too small" : "is too large",
                       small ? "and was rounded to 0" : "and became infinite",
                       small ? " log_sigmoid, log_softmax and logsumexp keep the logarithm of such a number." : "");
  }
  return {};
}

}  // namespace gradus::detail
