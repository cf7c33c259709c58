#include "autograd/derive/derivation_order.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "autograd/base/error.h"
#include "autograd/base/index.h"
#include "autograd/derive/derivation_paths.h"

namespace gradus {

namespace {

constexpr std::size_t most_hops = 100'000;
constexpr std::size_t most_kept = 1'000;

using detail::at;

/// Carries the gradients of one walk.
class Walker {
 public:
  Walker(const Graph& graph, Walk walk) : graph_(graph) {
    run_.walk = walk;
    run_.gradients.assign(graph.slots().size(), 0.0);
    run_.gradients[at(graph.outputs().front())] = 1.0;
  }

  OrderRun finish() {
    if (run_.walk == Walk::topological || run_.walk == Walk::overwriting) {
      for (std::size_t s = graph_.steps().size(); s-- > 0;) {
        const Graph::Step& step = graph_.steps()[s];
        for (std::size_t k = 0; k < step.arguments.size(); ++k) hop(step, k);
      }
    } else {
      recurse(run_.walk == Walk::visited_once);
    }
    return std::move(run_);
  }

 private:
  /// Follows an arrow, if it carries a gradient.
  bool hop(const Graph::Step& step, std::size_t k) {
    const int to = step.arguments[k];
    if (!graph_.slots()[at(to)].gradient.defined()) return false;
    const double gradient = run_.gradients[at(step.result)];
    const double derivative = step.derivatives[k].item();
    double& sum = run_.gradients[at(to)];
    const double before = sum;
    const double part = detail::handed_on(graph_, step, k, gradient);
    sum = run_.walk == Walk::overwriting ? part : before + part;
    if (run_.hop_count++ < most_kept) run_.hops.push_back({step.result, to, gradient, derivative, before, sum});
    return true;
  }

  /// def backward(node): for each argument: add its part, backward(argument).
  void recurse(bool once) {
    struct Call {
      int step;
      std::size_t next = 0;
    };
    std::vector<bool> visited(graph_.slots().size(), false);
    std::vector<Call> calls;
    const int last = graph_.slots()[at(graph_.outputs().front())].step;
    if (last >= 0) calls.push_back({last});  // a leaf by itself has nothing to hand on to
    while (!calls.empty()) {
      Call& call = calls.back();
      const Graph::Step& step = graph_.steps()[at(call.step)];
      if (call.next == step.arguments.size()) {
        calls.pop_back();
        continue;
      }
      const std::size_t k = call.next++;
      if (!hop(step, k)) continue;
      if (run_.hop_count >= most_hops) {
        run_.finished = false;
        return;
      }
      const int argument = step.arguments[k];
      const int made_by = graph_.slots()[at(argument)].step;
      if (made_by < 0 || (once && visited[at(argument)])) continue;
      visited[at(argument)] = true;
      calls.push_back({made_by});
    }
  }

  const Graph& graph_;
  OrderRun run_;
};

void check(const Graph& graph) {
  if (graph.outputs().size() != 1) {
    throw GraphError(
        fmt::format("[order] the graph has {} outputs: compare orders for one at a time", graph.outputs().size()));
  }
  const Slot& output = graph.slots()[at(graph.outputs().front())];
  if (!output.gradient.defined()) {
    throw GraphError("[order] the graph has no gradients: nothing in it requires one, or they were not computed");
  }
  for (const Graph::Step& step : graph.steps()) {
    for (std::size_t k = 0; k < step.arguments.size(); ++k) {
      const bool carries =
          graph.slots()[at(step.arguments[k])].gradient.defined() && graph.slots()[at(step.result)].gradient.defined();
      if (!carries) continue;
      const bool one =
          step.derivatives[k].defined() && step.derivatives[k].has_data() && step.derivatives[k].size() == 1;
      if (!one) {
        throw GraphError(
            fmt::format("[order] orders are compared where all values are single numbers; the argument of {} "
                        "is an array",
                        step.rule->name()));
      }
    }
  }
}

/// The results that read each slot.
std::vector<std::vector<int>> uses_of_slots(const Graph& graph) {
  std::vector<std::vector<int>> uses(graph.slots().size());
  for (const Graph::Step& step : graph.steps()) {
    for (const int argument : step.arguments) {
      if (graph.slots()[at(argument)].gradient.defined()) uses[at(argument)].push_back(step.result);
    }
  }
  return uses;
}

}  // namespace

bool OrderComparison::is_wrong(Walk walk, int slot) const {
  const double right = runs[0].gradients[at(slot)];
  const double found = runs[static_cast<std::size_t>(walk)].gradients[at(slot)];
  if (right == found || (std::isnan(right) && std::isnan(found))) return false;
  return !(std::fabs(right - found) <= 1e-9 * std::max(std::fabs(right), std::fabs(found)));
}

bool OrderComparison::is_wrong(Walk walk) const {
  return std::ranges::any_of(slots, [&](int slot) { return is_wrong(walk, slot); });
}

OrderComparison compare_orders(const Graph& graph) {
  check(graph);
  const std::vector<std::vector<int>> uses = uses_of_slots(graph);
  OrderComparison out;
  for (const Walk walk : {Walk::topological, Walk::overwriting, Walk::naive_recursion, Walk::visited_once}) {
    out.runs[static_cast<std::size_t>(walk)] = Walker(graph, walk).finish();
  }
  bool meeting_is_wrong = false;
  for (std::size_t i = 0; i < graph.slots().size(); ++i) {
    const int slot = static_cast<int>(i);
    if (uses[i].empty()) continue;
    out.slots.push_back(slot);
    if (uses[i].size() < 2) continue;
    out.only_leaves_meet = out.only_leaves_meet && graph.slots()[i].step < 0;
    const bool wrong = out.is_wrong(Walk::overwriting, slot);
    if (wrong || !meeting_is_wrong) out.meeting = slot;
    meeting_is_wrong = meeting_is_wrong || wrong;
  }
  if (out.meeting < 0) {
    throw GraphError(
        "[order] nothing in this graph is used twice: no paths meet, and every order gives the same gradients. Try one "
        "where a "
        "value is, such as (x*y)*(x + y)");
  }
  out.uses = uses[at(out.meeting)];
  return out;
}

}  // namespace gradus
