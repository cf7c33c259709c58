// What of a graph is drawn when not everything is: modules as one card each, repeated ones once, and a part of the rest.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "../graph/graph.h"
#include "../graph/module_tree.h"
#include "dot.h"
#include "repeats.h"

namespace gradus {

/// The nodes that a drawing has are numbered: slots first, by their own numbers, then modules drawn as cards, then the
/// card that stands for what was left out.
class View {
 public:
  View(const Graph& graph, const DotStyle& style);

  /// The node that a slot is drawn as: itself; for a layout op its argument; for what lies in a card that card; for what
  /// lies in the second of repeated modules its like in the first.
  [[nodiscard]] int node_of(int slot) const { return node_of_[static_cast<std::size_t>(slot)]; }
  [[nodiscard]] bool is_drawn(int slot) const { return node_of(slot) == slot; }
  /// Itself, or for a layout op what it lays out; of a product with a vector, which is recorded as one of matrices between
  /// two reshapes, the slots inside stand for its ends (not in drawings with anchors: derivations speak of each).
  [[nodiscard]] int stands_for(int slot) const { return stands_for_[static_cast<std::size_t>(slot)]; }

  /// The step whose op the result of a step is drawn with: its own, or that product.
  [[nodiscard]] int drawn_step(int step) const { return drawn_step_[static_cast<std::size_t>(step)]; }
  [[nodiscard]] bool has_vector_products() const noexcept { return vector_products_; }

  /// Whether a slot is a part of a sum that its only consumer goes on with; it is drawn as that one's node.
  [[nodiscard]] bool is_partial_sum(int slot) const { return joined_[static_cast<std::size_t>(slot)] >= 0; }

  [[nodiscard]] int module_node(int module) const { return slots() + module; }
  [[nodiscard]] int rest() const { return slots() + static_cast<int>(graph_.modules().size()); }
  [[nodiscard]] bool is_slot(int node) const { return node < slots(); }

  [[nodiscard]] bool is_box(int module) const { return state(module) == State::box; }
  [[nodiscard]] bool is_card(int module) const { return state(module) == State::card; }
  /// The innermost box around the module or what it is part of, itself if it is one; -1: none.
  [[nodiscard]] int box_of(int module) const;
  /// The row of equal modules that a box or card stands for.
  [[nodiscard]] const Repeat& row(int module) const { return rows_[static_cast<std::size_t>(module)]; }
  /// Whether a box, or one around it, stands for several modules, so that its numbers would be those of one alone.
  [[nodiscard]] bool stands_for_several(int module) const {
    return module >= 0 && several_[static_cast<std::size_t>(module)];
  }
  /// How many numbers a module learns.
  [[nodiscard]] std::int64_t parameters(int module) const;
  [[nodiscard]] const ModuleTree& tree() const noexcept { return tree_; }

  /// Whether an arrow between two slots is drawn: not one that repeats another, or ends in what is left out, or comes
  /// from there when no card stands for it.
  [[nodiscard]] bool has_arrow(int tail, int head) const;

  [[nodiscard]] const DrawnSize& size() const noexcept { return size_; }
  /// Nodes that there was no room for.
  [[nodiscard]] std::size_t left_out() const noexcept { return left_out_; }
  /// Whether a card stands for them: it is one of the nodes there is room for, the first but for the result.
  [[nodiscard]] bool has_card_of_the_rest() const noexcept { return left_out_ > 0 && card_of_the_rest_; }

 private:
  enum class State : std::uint8_t { box, card, inside, repeated };

  /// How many slots lie no deeper than in modules of a depth, and how many modules lie at it.
  struct Levels {
    std::vector<std::size_t> open, cards;
    /// How many nodes are drawn when the modules at a depth are cards.
    [[nodiscard]] std::size_t nodes(int depth) const {
      return open[static_cast<std::size_t>(depth)] + cards[static_cast<std::size_t>(depth)];
    }
  };

  [[nodiscard]] int slots() const { return static_cast<int>(graph_.slots().size()); }
  [[nodiscard]] State state(int module) const { return states_[static_cast<std::size_t>(module)]; }
  [[nodiscard]] bool is_repeated(int module) const { return module >= 0 && state(module) == State::repeated; }
  void find_what_stands_for_what(bool fold_products);
  void find_partial_sums();
  void find_vector_products(const std::vector<bool>& is_output);
  void find_rows(bool fold);
  /// Whether the module is drawn as a card at any depth, and not only because of one around it.
  [[nodiscard]] bool is_always_card(int module) const;
  [[nodiscard]] bool lies_in_card(int module) const {
    return module >= 0 && in_card_[static_cast<std::size_t>(module)];
  }
  void find_always_cards();
  [[nodiscard]] Levels count_levels();
  void set_states(int depth);
  void find_nodes();
  [[nodiscard]] int in_first_of_row(int slot) const;
  void leave_out(std::size_t room);
  void describe(std::size_t whole, int depth);

  const Graph& graph_;
  ModuleTree tree_;
  std::vector<Repeat> rows_;
  std::vector<int> stands_for_;
  std::vector<int> drawn_step_;
  std::vector<int> joined_;  // of each slot, the sum that it is a part of; -1: none
  bool vector_products_ = false;
  bool losses_are_cards_;
  std::vector<bool> in_card_;  // whether the module, or one around it, is always a card
  std::vector<State> states_;
  std::vector<bool> several_;
  std::vector<int> node_of_;
  DrawnSize size_;
  std::size_t left_out_ = 0;
  bool card_of_the_rest_ = false;
};

}  // namespace gradus
