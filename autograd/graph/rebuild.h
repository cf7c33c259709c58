// A graph recorded again from its leaves: from a file, or with each op in the place of another.
#pragma once
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "../tensor/rule.h"
#include "../tensor/tensor.h"
#include "graph.h"

namespace gradus::detail {

/// While one lives, what this thread records belongs to a scope that others share, or to none.
class InScope {
 public:
  explicit InScope(Scope* scope);
  ~InScope();
  InScope(const InScope&) = delete;
  InScope& operator=(const InScope&) = delete;

 private:
  Scope* before_;
};

/// A scope for each module, in which things can be recorded again.
[[nodiscard]] std::vector<Counted<Scope>> scopes_of(std::span<const GraphModule> modules);

/// What a graph is made of, wherever it comes from.
struct GraphParts {
  std::span<const Slot> slots;  // leaves with their values
  std::span<const Graph::Step> steps;
  std::span<const GraphModule> modules;  // each behind its parent
  std::span<const int> outputs;
};
[[nodiscard]] GraphParts parts_of(const Graph& graph);

/// A leaf of the same kind.
[[nodiscard]] Tensor leaf_again(const Slot& slot, const Array& value, const std::string& name);

/// The op of a rule applied to tensors, recorded as if the user had called it.  Throws what the op throws for shapes that
/// do not fit, and GraphError for a rule made of the user's functions.
[[nodiscard]] Tensor apply_rule(const Rule& rule, std::span<const Tensor> x);

/// The result of a composite op in terms of simpler ones, as the op states it, recorded; nothing for an elementary op.
[[nodiscard]] std::optional<Tensor> composed_result(const Rule& rule, std::span<const Tensor> x);

/// The result of a step for other arguments.
using StepAgain = std::function<Tensor(const Graph::Step& step, std::span<const Tensor> arguments)>;

/// The graph computed again from leaves of the same names, kinds and values.  What a step records belongs to the module
/// of its result, and its result has its name.
[[nodiscard]] Graph graph_again(const GraphParts& parts, const StepAgain& again);

}  // namespace gradus::detail
