#include "autograd/graph/unfold.h"

#include <algorithm>
#include <optional>
#include <span>
#include <utility>

#include "autograd/graph/rebuild.h"
#include "autograd/graph/written_pullback.h"

namespace gradus {

Graph unfolded(const Graph& graph) {
  const bool with_gradients = std::ranges::any_of(graph.slots(), [](const Slot& s) { return bool(s.gradient); });
  // What an op is made of may be composite itself; a few rounds end it, since each op is made of simpler ones.
  Graph result = graph;
  for (bool found = true; found;) {
    found = false;
    result = detail::graph_again(detail::parts_of(result), [&](const Graph::Step& step, std::span<const Tensor> x) {
      std::optional<Tensor> composed = detail::composed_result(*step.rule, x);
      found = found || composed.has_value();
      return composed ? std::move(*composed) : detail::apply_rule(*step.rule, x);
    });
  }
  if (with_gradients) result.compute_gradients();
  return result;
}

Graph with_written_gradients(const Graph& graph) {
  const auto serves = [](const Graph::Step& step) { return step.rule->internal(); };
  if (std::ranges::none_of(graph.steps(), serves)) return graph;
  const bool with_gradients = std::ranges::any_of(graph.slots(), [](const Slot& s) { return bool(s.gradient); });
  detail::AppliedOps applied;
  Graph result = detail::graph_again(detail::parts_of(graph), [&](const Graph::Step& step, std::span<const Tensor> x) {
    if (std::optional<Tensor> written = detail::written_pullback(*step.rule, x, applied)) return *std::move(written);
    Tensor y = detail::apply_rule(*step.rule, x);
    if (const std::type_info* type = step.rule->op_struct().type) applied.add(*type, x, y);
    return y;
  });
  if (with_gradients) result.compute_gradients();
  return result;
}

}  // namespace gradus
