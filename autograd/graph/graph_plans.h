// The plans of a graph: one for its outputs, one for its gradients too.  Each is made when it is first asked for.
#pragma once
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "../replay/plan.h"
#include "graph.h"

namespace gradus::detail {

class Replay {
 public:
  std::vector<Array> run(const Graph& graph, std::span<const RunInput> inputs, bool gradients);
  GraphRun with_names(const Graph& graph, std::vector<Array> results) const;
  const Plan& plan(const Graph& graph, bool gradients);

 private:
  struct Planned {
    std::once_flag once;
    std::unique_ptr<const Plan> plan;
    std::vector<int> slots;  // of each input of the program
  };
  void make(const Graph& graph, bool gradients, Planned& planned);
  [[nodiscard]] static int checked_leaf(const Graph& graph, int slot);
  [[nodiscard]] static int slot_of(const Graph& graph, const RunInput& input);
  [[nodiscard]] static Array fitting(const Slot& slot, const RunInput& input);

  Planned values_, gradients_;
};

}  // namespace gradus::detail
