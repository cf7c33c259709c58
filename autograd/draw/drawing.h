// What of a graph is drawn, as what, and which parts belong side by side: everything a drawing decides before it is
// written in some language.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "../graph/graph.h"
#include "dot.h"
#include "gradient_scale.h"
#include "palette.h"
#include "view.h"

namespace gradus {

/// How a slot is drawn.
enum class NodeForm : std::uint8_t {
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
  int place = 0;  // among the arrows that lead to the same slot
  int copy = 0;   // which drawing of a leaf it comes from, where each use has its own
};

/// The numbers of an array on a card.
struct CardNumbers {
  std::string line;                            // all in one
  std::vector<std::vector<std::string>> grid;  // rows; of a single number none, and an empty row between two matrices
};

/// What a node says.  Nothing is escaped.
struct NodeLabels {
  std::string title, caption;
  std::string shape;            // of a card that is not the only kind of node, else empty
  CardNumbers value, gradient;  // of a card
  CardNumbers after;            // of a card, if the style tells what it will be
  std::string mark;             // "vanishing", "dead"; mostly none
  std::string size;             // "gradient norm 1.2e−7", where the numbers are not written out; else empty
};

/// What the card of a module says.
struct ModuleLabels {
  std::string title;    // "layer2", "layer2 … layer13 ×12"
  std::string caption;  // "Linear"; may be empty
  std::string line;     // "16 → 16, 272 parameters"; may be empty
};

/// Whether it is one number that is there.
[[nodiscard]] inline bool is_known(const Array& number) {
  return number.defined() && number.has_data() && number.size() == 1;
}

/// LR, TB, RL or BT, as both DOT and Mermaid call a direction.
[[nodiscard]] constexpr std::string_view direction_code(Direction direction) {
  constexpr std::string_view codes[] = {"LR", "TB", "RL", "BT"};
  return codes[static_cast<std::size_t>(direction)];
}

class Drawing {
 public:
  /// Both must outlive it.  Throws ValueError for a style that is for another graph.
  Drawing(const Graph& graph, const DotStyle& style);

  [[nodiscard]] const Graph& graph() const noexcept { return graph_; }
  [[nodiscard]] const Slot& slot(int i) const { return graph_.slots()[static_cast<std::size_t>(i)]; }
  [[nodiscard]] const Graph::Step& step_of(const Slot& slot) const {
    return graph_.steps()[static_cast<std::size_t>(view_.drawn_step(slot.step))];
  }
  /// The numbers of a slot, as far as they are known.
  [[nodiscard]] const Array& value(int i) const {
    return computed_.empty() ? slot(i).value : computed_[static_cast<std::size_t>(i)];
  }
  /// Whether every value is a single number and shown, so that cards and local derivatives tell all.
  [[nodiscard]] bool scalar() const noexcept { return scalar_; }
  [[nodiscard]] NodeForm form(int i) const { return forms_[static_cast<std::size_t>(i)]; }
  /// The role it is drawn in: the result that the loss judges is an output too.
  [[nodiscard]] Role role(int i) const { return i == prediction_ ? Role::output : slot(i).role; }
  /// One arrow for each operand, in the order in which one reads the formula of the outputs; at the card of a module
  /// one for each node at its other end.
  [[nodiscard]] const std::vector<Arrow>& arrows() const noexcept { return arrows_; }
  [[nodiscard]] const View& view() const noexcept { return view_; }
  /// The roles that something is drawn in, each once, in the order of Role.
  [[nodiscard]] std::vector<Role> drawn_roles() const;
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
  [[nodiscard]] std::string_view caption(int i) const;
  /// What stands on an arrow: the local derivative, or a shape that no card at its tail tells; often nothing.
  [[nodiscard]] std::string label(const Arrow& arrow) const;
  /// The more gradient flows along an arrow between single numbers, the thicker it is: 1.1 to 2.6.
  [[nodiscard]] double width(const Arrow& arrow) const;
  /// How often a slot is drawn: leaves, if the style says so, once for each arrow that comes from them.
  [[nodiscard]] int copies(int i) const { return copies_[static_cast<std::size_t>(i)]; }
  /// Whether an arrow leads from one slot's node to that of another, or of a sum that this one is a part of.
  [[nodiscard]] bool is_between_slots(const Arrow& arrow) const {
    const int head = arrow.link.head;
    return arrow.from == arrow.link.tail &&
           (arrow.to == head || (view_.is_slot(arrow.to) && view_.is_partial_sum(head)));
  }
  /// Whether a parameter's gradient is said to vanish or explode.
  [[nodiscard]] bool has_diagnosis() const;
  /// How many arrows lead to a slot that shares its card with no other: they arrive side by side.
  [[nodiscard]] int arriving(int i) const { return arriving_[static_cast<std::size_t>(i)]; }
  /// The colours of a slot's node: those of a role, on the fill that its gradient has.
  [[nodiscard]] palette::Ink ink(int i, Role role) const;
  /// The same for the card of a module, by all its parameters.
  [[nodiscard]] palette::Ink ink_of_module(int module) const;
  /// All that a node says of a slot.
  [[nodiscard]] NodeLabels labels(int i) const;
  /// What the style calls a computed value without a name; often nothing.
  [[nodiscard]] std::string_view given_symbol(int i) const;
  /// The role an op is drawn in where its result is not: activation or value.
  [[nodiscard]] Role role_of_op(const Slot& slot) const {
    return step_of(slot).rule->kind() == OpKind::activation ? Role::activation : Role::value;
  }
  /// What stands on the op of a step: "×", "tanh", "x²".  Not escaped.
  [[nodiscard]] std::string symbol(const Slot& slot) const;
  /// Of a module that is drawn as a card.
  [[nodiscard]] ModuleLabels labels_of_module(int module) const;
  /// The role a module's card is drawn in: that of the result it computes, else value.
  [[nodiscard]] Role role_of_module(int module) const;
  /// What stands on the box or card of a module: its name, or that of its kind, of repeated ones those of the first and
  /// the last, and how many they are.
  [[nodiscard]] std::string name_of_module(int module) const;

 private:
  void find_values();
  void find_scalar();
  void find_links();
  [[nodiscard]] std::vector<int> reading_order() const;
  void find_arrows();
  void find_uses();
  void find_prediction();
  void find_main_line();
  [[nodiscard]] NodeForm choose_form(int i) const;
  [[nodiscard]] GradientScale::Mark mark(int i) const;
  [[nodiscard]] GradientScale::Mark mark_of_module(int module) const;
  [[nodiscard]] const Array& derivative(const Link& link) const {
    return graph_.steps()[static_cast<std::size_t>(link.step)].derivatives[static_cast<std::size_t>(link.argument)];
  }
  [[nodiscard]] bool in_loss(int i) const;
  [[nodiscard]] std::string formula_title(int i) const;
  [[nodiscard]] Formula operand(int argument, std::size_t longest, int depth) const;
  [[nodiscard]] Formula in_names(int i, std::size_t longest, int depth) const;

  const Graph& graph_;
  View view_;
  const DotStyle& style_;
  std::vector<Array> computed_;         // of each slot, where a style asks for more numbers than a recording keeps
  std::optional<GradientScale> scale_;  // of a drawing that is coloured by it
  bool scalar_;
  int prediction_ = -1;
  std::vector<NodeForm> forms_;
  std::vector<Link> links_;
  std::vector<Arrow> arrows_;
  std::vector<int> arriving_;
  std::vector<int> copies_;
  std::vector<int> first_consumer_;
  std::vector<bool> used_outside_loss_;
  std::vector<bool> only_activated_;  // every step that uses it is an activation
  std::vector<int> depth_;            // steps on the longest way from a leaf
  std::vector<bool> main_line_;
};

}  // namespace gradus
