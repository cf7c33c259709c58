#include "autograd/graph/unfold.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <typeinfo>
#include <utility>

#include "autograd/graph/rebuild.h"
#include "autograd/graph/written_pullback.h"
#include "autograd/math/ops.h"

namespace gradus {

Graph unfolded(const Graph& graph) {
  const bool with_gradients = std::ranges::any_of(graph.slots(), [](const Slot& s) { return s.gradient.defined(); });
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
  const bool with_gradients = std::ranges::any_of(graph.slots(), [](const Slot& s) { return s.gradient.defined(); });
  detail::AppliedOps applied;
  Graph result = detail::graph_again(detail::parts_of(graph), [&](const Graph::Step& step, std::span<const Tensor> x) {
    if (std::optional<Tensor> written = detail::written_pullback(*step.rule, x, applied)) {
      // A name belongs to the step, not to an argument that it comes down to.
      const bool named = !graph.slots()[static_cast<std::size_t>(step.result)].name.empty();
      return named && (written->is_leaf() || !written->name().empty()) ? ops::identity(*written) : *std::move(written);
    }
    Tensor y = detail::apply_rule(*step.rule, x);
    if (const std::type_info* type = step.rule->op_struct().type) applied.add(*type, x, y);
    return y;
  });
  if (with_gradients) result.compute_gradients();
  return result;
}

}  // namespace gradus
