// Graph: a recorded computation laid out flat, steps over numbered slots.  What is drawn, explained, saved and run again.
#pragma once
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "../array/array.h"
#include "../base/export.h"
#include "../replay/plan_size.h"
#include "../tensor/rule.h"
#include "../tensor/tensor.h"
#include "run.h"

namespace gradus {

/// What a value is to the reader of the graph.
enum class Role : std::uint8_t { input, parameter, constant, value, activation, output, loss };

/// The word for a role: "input", "activation", in files and in the classes of pictures.
constexpr std::string_view name_of(Role role) {
  constexpr std::string_view names[] = {"input", "parameter", "constant", "value", "activation", "output", "loss"};
  return names[static_cast<int>(role)];
}

/// A value: a leaf or the result of a step.
struct Slot {
  std::string id;    // "tanh_3", "input_1": unique in the graph, the same on every run, never made from user text
  std::string name;  // as the user wrote it; empty when there is none
  Role role = Role::value;
  Shape shape;
  DType dtype = DType::float64;
  bool differentiated = false;  // whether a gradient flows to it: it came from a variable or a parameter, or is one
  Array value;                  // without numbers when the recording did not keep them (see Array::has_data)
  Array gradient;               // null: not computed
  int step = -1;                // the step that computes it; -1: a leaf
  int scope = -1;               // the innermost module it belongs to; -1: none
};

/// A module: a box around its steps in a drawing.
struct GraphModule {
  std::string name;  // "layer1"
  std::string kind;  // "Linear"
  std::string note;  // "2 → 16, 48 parameters"
  int parent = -1;
  ModuleRole role = ModuleRole::plain;
};

class GRADUS_API Graph {
 public:
  /// An op applied to slots.  An op that reads one slot twice has it twice among its arguments.
  struct Step {
    const Rule* rule = nullptr;
    std::vector<int> arguments;
    int result = -1;
    /// ∂result/∂argument k, where all values involved are single numbers; null elsewhere.
    std::vector<Array> derivatives;
  };

  /// Everything the outputs were computed from, in the order of computation.  Throws GraphError for an output that is
  /// empty.  The graph shares the values and keeps what it needs alive; it never changes afterwards.
  explicit Graph(std::span<const Tensor> outputs);
  explicit Graph(const Tensor& output) : Graph(std::span<const Tensor>(&output, 1)) {}
  Graph(std::initializer_list<Tensor> outputs) : Graph(std::span<const Tensor>(outputs.begin(), outputs.size())) {}

  /// Runs the backward pass from every output, seeded with ones, and fills in the gradient of every slot it reaches
  /// (zeros for a leaf that requires one and is not reached).
  void compute_gradients();

  [[nodiscard]] const std::vector<Slot>& slots() const noexcept { return slots_; }
  [[nodiscard]] const std::vector<Step>& steps() const noexcept { return steps_; }
  [[nodiscard]] const std::vector<GraphModule>& modules() const noexcept { return modules_; }
  [[nodiscard]] const std::vector<int>& outputs() const noexcept { return outputs_; }
  /// How the slot's value is written in terms of the named slots it came from: "x1·w1 + x2·w2".  What would be longer
  /// than about `longest` characters is shortened to its op's name: "tanh(…) + b".  Takes time that grows with
  /// `longest` only.
  [[nodiscard]] Formula formula(int slot, std::size_t longest = 200) const;

  /// Computes the outputs again, for other numbers in some of the leaves: graph.run({{"x", array}, {w, 2.0}}).  The bits
  /// are those of the eager computation.  A leaf that is not given has the value it was recorded with (slots()).
  ///
  /// The first run makes a plan: what is the same is computed once, elementwise steps run together block by block.  Later
  /// ones allocate next to nothing.  Different threads may run one graph at once; only compute_gradients() may not go on
  /// meanwhile.
  ///
  /// Every variable and parameter can be given, and a constant leaf where a recorded op reads it itself: what was computed
  /// from constants alone before is not recorded, and stays.  So do numbers that are no tensors (labels, a dropout mask).
  /// Throws GraphError for a name that no leaf has or several have, a slot that is no leaf, a leaf given twice, and a graph that cannot be run
  /// again: one with an op made of the user's functions (custom_op, checkpoint) or with a gradient hook; ShapeError for
  /// another shape than was recorded, and for another dtype.
  [[nodiscard]] std::vector<Array> run(std::span<const RunInput> inputs) const;
  [[nodiscard]] std::vector<Array> run(std::initializer_list<RunInput> inputs = {}) const;
  /// The same with the gradient of every variable and parameter: of the sum of all outputs, as compute_gradients() does.
  [[nodiscard]] GraphRun run_with_gradients(std::span<const RunInput> inputs) const;
  [[nodiscard]] GraphRun run_with_gradients(std::initializer_list<RunInput> inputs = {}) const;
  /// What one run consists of.  Throws what run() throws for a graph that cannot be run.
  [[nodiscard]] PlanSize plan_size(bool with_gradients = false) const;

 private:
  friend class GraphBuilder;
  friend class detail::Replay;
  std::vector<Slot> slots_;
  std::vector<Step> steps_;
  std::vector<GraphModule> modules_;
  std::vector<int> outputs_;
  std::vector<Tensor> roots_;                   // keep the records, and with them the rules, alive
  std::vector<const detail::Record*> records_;  // of each slot; null for a plain number
  std::shared_ptr<detail::Replay> replay_;      // shared by copies: the plans, once they are made
};

}  // namespace gradus
