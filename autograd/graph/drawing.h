// What of a graph is drawn, as what, and which parts belong side by side: everything a drawing decides before it is
// written in some language.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "autograd/graph/collapse.h"
#include "autograd/graph/dot.h"
#include "autograd/graph/graph.h"

namespace gradus {

/// How a slot is drawn.
enum class Look : std::uint8_t {
  nothing,    // another node stands for it: the argument of a layout op, a card of a module
  number,     // a plain constant: its value alone
  card,       // name, value and gradient
  leaf,       // name and shape
  pill,       // an op
  pill_card,  // an op, and beside it a card for its result
};

/// An arrow to a step from one of its arguments, with the layout ops between them left out.
struct Link {
  int tail;
  int head;
  int step;
  int argument;
};

/// A link as it is drawn: between the nodes (of View) that stand for its ends.
struct Arrow {
  Link link;
  int from;
  int to;
};

/// What the card of a module says.
struct ModuleFace {
  std::string title;  // "layer2", "layer2 … layer13 ×12"
  std::string word;   // "Linear"; may be empty
  std::string line;   // "16 → 16, 272 parameters"; may be empty
};

class Drawing {
 public:
  Drawing(const Graph& graph, const DotStyle& style);

  [[nodiscard]] const Graph& graph() const noexcept { return graph_; }
  [[nodiscard]] const Slot& slot(int i) const { return graph_.slots()[static_cast<std::size_t>(i)]; }
  [[nodiscard]] const Graph::Step& step_of(const Slot& slot) const {
    return graph_.steps()[static_cast<std::size_t>(slot.step)];
  }
  /// Whether every value is a single number and shown, so that cards and local derivatives tell all.
  [[nodiscard]] bool scalar() const noexcept { return scalar_; }
  [[nodiscard]] Look look(int i) const { return looks_[static_cast<std::size_t>(i)]; }
  /// The role it is drawn in: the result that the loss judges is an output too.
  [[nodiscard]] Role role(int i) const { return i == prediction_ ? Role::output : slot(i).role; }
  /// One arrow for each operand, in the order in which one reads the formula of the outputs; at the card of a module
  /// one for each node at its other end.
  [[nodiscard]] const std::vector<Arrow>& arrows() const noexcept { return arrows_; }
  [[nodiscard]] const View& view() const noexcept { return view_; }
  /// "tanh_3", "module_2": never made from user text.
  [[nodiscard]] std::string node_id(int node) const;
  /// The first step's result that an arrow from this slot leads to; -1: none.
  [[nodiscard]] int first_consumer(int i) const { return first_consumer_[static_cast<std::size_t>(i)]; }
  /// Whether a leaf is drawn beside its first consumer and not before it.
  [[nodiscard]] bool beside(int i) const;
  /// Whether the node lies on the longest way to the result, which is drawn as a straight line.
  [[nodiscard]] bool on_main_line(int node) const { return main_line_[static_cast<std::size_t>(node)]; }
  /// Leaves of the first column, in the order in which they are used.
  [[nodiscard]] std::vector<int> first_column() const;
  /// How many columns the arrows cross, all together.
  [[nodiscard]] std::size_t crossed_columns() const;
  /// Whether so much is drawn that nobody reads it through: then formulas and tooltips are left out, which take longer
  /// to write than all the rest.
  [[nodiscard]] bool large() const noexcept { return view_.size().nodes > 5000; }
  /// Outputs, other than losses, that another node stands for.
  [[nodiscard]] std::vector<int> hidden_outputs() const;

  /// What stands at the head of a card: the name, else the number, the formula (in drawings of at most 5,000
  /// nodes) or the id.  Not escaped.
  [[nodiscard]] std::string title(int i) const;
  /// What the slot is, in a word: "input", "weight", "prediction"; often none.
  [[nodiscard]] std::string_view word(int i) const;
  /// What stands on the op of a step: "×", "tanh", "x²".  Not escaped.
  [[nodiscard]] std::string symbol(const Slot& slot) const;
  /// Of a module that is drawn as a card.
  [[nodiscard]] ModuleFace face_of_module(int module) const;
  /// The role a module's card is drawn in: that of the result it computes, else value.
  [[nodiscard]] Role role_of_module(int module) const;
  /// What stands on the box or card of a module: its name, or that of its kind, of repeated ones those of the first and
  /// the last, and how many they are.
  [[nodiscard]] std::string name_of_module(int module) const;

 private:
  void find_scalar();
  void find_links();
  [[nodiscard]] std::vector<int> reading_order() const;
  void find_arrows();
  void find_uses();
  void find_prediction();
  void find_main_line();
  [[nodiscard]] Look choose_look(int i) const;
  [[nodiscard]] bool in_loss(int i) const;

  const Graph& graph_;
  View view_;
  Detail detail_;
  bool scalar_;
  int prediction_ = -1;
  std::vector<Look> looks_;
  std::vector<Link> links_;
  std::vector<Arrow> arrows_;
  std::vector<int> first_consumer_;
  std::vector<bool> used_outside_loss_;
  std::vector<bool> only_activated_;  // every step that uses it is an activation
  std::vector<int> depth_;            // steps on the longest way from a leaf
  std::vector<bool> main_line_;
};

}  // namespace gradus
