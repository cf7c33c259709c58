#include "autograd/derive/derivation_paths.h"

#include <cmath>
#include <unordered_set>
#include <vector>

#include "autograd/base/index.h"
#include "autograd/tensor/rule.h"

namespace gradus::detail {

namespace {

/// The engine's own answer, where the numbers alone do not tell.
double pulled(const Graph& graph, const Graph::Step& step, std::size_t k, double gradient) {
  const auto value_of = [&](int slot) {
    const Slot& s = graph.slots()[at(slot)];
    return s.value.defined() && s.value.has_data() ? s.value : Array::zeros(s.shape, s.dtype);
  };
  std::vector<Array> x;
  for (const int argument : step.arguments) x.push_back(value_of(argument));
  std::vector<Array> out(x.size());
  const Slot& result = graph.slots()[at(step.result)];
  step.rule->pull(Array::full(result.shape, gradient, result.dtype), x, value_of(step.result), 1U << k, out.data());
  return out[k].item();
}

}  // namespace

double handed_on(const Graph& graph, const Graph::Step& step, std::size_t k, double gradient) {
  const double derivative = step.derivatives[k].item();
  if (gradient == 0.0) return 0.0;
  if (derivative == 0.0 && !std::isfinite(gradient)) return pulled(graph, step, k, gradient);
  return gradient * derivative;
}

bool has_other_paths(const Graph& graph, const Graph::Step& step, std::size_t k, int origin) {
  constexpr std::size_t most_looked_at = 1'000;
  std::vector<int> open;
  for (std::size_t j = 0; j < step.arguments.size(); ++j) {
    if (j != k) open.push_back(step.arguments[j]);
  }
  std::unordered_set<int> seen;
  while (!open.empty()) {
    const int slot = open.back();
    open.pop_back();
    if (slot == origin) return true;
    const int made_by = graph.slots()[at(slot)].step;
    if (made_by < 0 || slot < origin || !seen.insert(slot).second) continue;  // slots are in the order of computation
    if (seen.size() > most_looked_at) return true;
    for (const int argument : graph.steps()[at(made_by)].arguments) open.push_back(argument);
  }
  return false;
}

}  // namespace gradus::detail
