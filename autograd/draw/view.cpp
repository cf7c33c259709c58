#include "autograd/draw/view.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "autograd/base/index.h"
#include "autograd/math/ops.h"
#include "autograd/tensor/ops/linear_algebra.h"
#include "autograd/tensor/ops/structural.h"
#include "autograd/tensor/rule.h"

namespace gradus {

namespace {

using detail::at;

/// 1234567 as 1,234,567.
std::string with_commas(std::size_t n) {
  const std::string digits = std::to_string(n);
  std::string out;
  for (std::size_t k = 0; k < digits.size(); ++k) {
    if (k > 0 && (digits.size() - k) % 3 == 0) out += ',';
    out += digits[k];
  }
  return out;
}

}  // namespace

View::View(const Graph& graph, const DotStyle& style)
    : graph_(graph), tree_(graph), losses_are_cards_(style.detail != Detail::value) {
  find_what_stands_for_what(!style.anchors);
  joined_.assign(graph.slots().size(), -1);
  if (style.join_sums && !style.anchors) find_partial_sums();
  const int all = tree_.levels();
  int depth = style.depth < 0 ? all : std::min(style.depth, all);
  find_always_cards();
  find_rows(style.fold_repeats);
  Levels levels = count_levels();
  const std::size_t whole = levels.nodes(depth);
  const bool too_many = style.max_nodes > 0 && whole > style.max_nodes;
  if (too_many) {
    find_rows(true);
    levels = count_levels();
    while (depth > 0 && levels.nodes(depth) > style.max_nodes) --depth;
  }
  set_states(depth);
  find_nodes();
  size_.nodes = levels.nodes(depth);
  if (too_many && size_.nodes > style.max_nodes) leave_out(style.max_nodes);
  if (too_many) describe(whole, depth);
}

void View::find_always_cards() {
  in_card_.resize(graph_.modules().size());
  for (std::size_t m = 0; m < in_card_.size(); ++m) {
    const GraphModule& module = graph_.modules()[m];
    in_card_[m] = (losses_are_cards_ && module.role == ModuleRole::loss) || lies_in_card(module.parent);
  }
}

bool View::is_always_card(int module) const {
  return lies_in_card(module) && !lies_in_card(graph_.modules()[at(module)].parent);
}

void View::find_rows(bool fold) {
  if (fold) {
    rows_ = find_repeats(graph_, tree_);
    return;
  }
  rows_.resize(graph_.modules().size());
  for (std::size_t m = 0; m < rows_.size(); ++m) rows_[m] = {static_cast<int>(m), static_cast<int>(m), 1};
}

/// Layout ops are not drawn, unless somebody cares for their results.
void View::find_what_stands_for_what(bool fold_products) {
  const auto& slots = graph_.slots();
  std::vector<bool> is_output(slots.size());
  for (const int output : graph_.outputs()) is_output[at(output)] = true;
  stands_for_.resize(slots.size());
  for (std::size_t i = 0; i < slots.size(); ++i) {
    stands_for_[i] = static_cast<int>(i);
    const Slot& s = slots[i];
    if (s.step < 0 || !s.name.empty() || is_output[i]) continue;
    const Graph::Step& step = graph_.steps()[at(s.step)];
    if (step.rule->kind() == OpKind::layout) stands_for_[i] = stands_for_[at(step.arguments.front())];
  }
  drawn_step_.resize(graph_.steps().size());
  std::iota(drawn_step_.begin(), drawn_step_.end(), 0);
  if (fold_products) find_vector_products(is_output);
}

/// matmul reshapes a vector to a matrix of one row or column, and takes the axis from the product.
void View::find_vector_products(const std::vector<bool>& is_output) {
  const auto& slots = graph_.slots();
  const auto& steps = graph_.steps();
  std::vector<int> uses(slots.size());
  for (const Graph::Step& step : steps) {
    for (const int argument : step.arguments) ++uses[at(argument)];
  }
  const auto rule_of = [&](int slot) {
    return slots[at(slot)].step >= 0 ? steps[at(slots[at(slot)].step)].rule : nullptr;
  };
  const auto is_reshaped = [&](int slot) {
    const Rule* rule = rule_of(slot);
    return rule != nullptr && detail::is_op<Reshape>(*rule);
  };
  const auto is_product = [&](int slot) {
    const Rule* rule = rule_of(slot);
    return rule != nullptr && detail::is_op<MatMul>(*rule);
  };
  const auto is_inside = [&](int slot) {
    return uses[at(slot)] == 1 && slots[at(slot)].name.empty() && !is_output[at(slot)];
  };
  const auto argument_of = [&](int slot) { return steps[at(slots[at(slot)].step)].arguments.front(); };
  for (const Graph::Step& step : steps) {
    if (!detail::is_op<MatMul>(*step.rule)) continue;
    for (const int matrix : step.arguments) {
      const bool vector = is_reshaped(matrix) && is_inside(matrix) && slots[at(argument_of(matrix))].shape.rank() == 1;
      if (!vector) continue;
      stands_for_[at(matrix)] = stands_for_[at(argument_of(matrix))];
      vector_products_ = true;
    }
  }
  for (std::size_t s = 0; s < steps.size(); ++s) {
    const int result = steps[s].result;
    if (!is_reshaped(result) || !is_product(argument_of(result))) continue;
    const int product = argument_of(result);
    const int by = slots[at(product)].step;
    const bool of_vector =
        std::ranges::any_of(steps[at(by)].arguments, [&](int a) { return stands_for(a) != a && is_reshaped(a); });
    if (!of_vector || !is_inside(product)) continue;
    stands_for_[at(product)] = result;
    drawn_step_[s] = by;
  }
}

/// Of a + b + c the part a + b, if it has no name, no other use and the same shape, and lies in the same module.
void View::find_partial_sums() {
  constexpr int most_terms = 16;  // more arrows find no room at a card
  const auto& slots = graph_.slots();
  std::vector<int> uses(slots.size());
  std::vector<int> terms(slots.size(), 1);
  for (const Graph::Step& step : graph_.steps()) {
    for (const int argument : step.arguments) ++uses[at(argument)];
  }
  for (const int output : graph_.outputs()) ++uses[at(output)];
  const auto is_sum = [&](const Slot& slot) {
    return slot.step >= 0 && detail::is_op<Add>(*graph_.steps()[at(slot.step)].rule);
  };
  for (const Graph::Step& step : graph_.steps()) {
    const Slot& result = slots[at(step.result)];
    if (!is_sum(result)) continue;
    int& sum = terms[at(step.result)];
    sum = static_cast<int>(step.arguments.size());
    for (const int argument : step.arguments) {
      const Slot& part = slots[at(argument)];
      const bool is_part = is_sum(part) && part.name.empty() && uses[at(argument)] == 1 && part.scope == result.scope &&
                           part.shape == result.shape;
      if (!is_part) continue;
      joined_[at(argument)] = step.result;
      sum = std::min(sum + terms[at(argument)] - 1, most_terms + 1);
    }
  }
  // A sum that is too long stays as it is written.
  for (std::size_t i = slots.size(); i-- > 0;) {
    if (joined_[i] < 0) continue;
    terms[i] = terms[at(joined_[i])];
  }
  for (std::size_t i = 0; i < slots.size(); ++i) {
    if (terms[i] > most_terms) joined_[i] = -1;
  }
}

/// Which modules are boxes and which cards when those below a depth are collapsed.
void View::set_states(int depth) {
  const std::vector<GraphModule>& modules = graph_.modules();
  states_.resize(modules.size());
  several_.assign(modules.size(), false);
  for (std::size_t m = 0; m < modules.size(); ++m) {
    const int parent = modules[m].parent;
    const State outer = parent < 0 ? State::box : state(parent);
    const bool first = rows_[m].first == static_cast<int>(m);
    several_[m] = rows_[m].count > 1 || stands_for_several(parent);
    if (outer == State::repeated || outer == State::inside) {
      states_[m] = outer;
    } else if (outer == State::card) {
      states_[m] = State::inside;
    } else if (!first) {
      states_[m] = State::repeated;
    } else {
      const int module = static_cast<int>(m);
      states_[m] = tree_.depth(module) >= depth || is_always_card(module) ? State::card : State::box;
    }
  }
}

View::Levels View::count_levels() {
  set_states(tree_.levels());  // with every box open, so that repeated modules are known at every depth
  Levels levels;
  levels.open.resize(at(tree_.levels()) + 1);
  levels.cards.resize(levels.open.size());
  for (std::size_t i = 0; i < stands_for_.size(); ++i) {
    const int scope = graph_.slots()[i].scope;
    const bool drawn =
        stands_for_[i] == static_cast<int>(i) && joined_[i] < 0 && !is_repeated(scope) && !lies_in_card(scope);
    if (drawn) ++levels.open[at(tree_.depth(scope) + 1)];
  }
  for (int m = 0; m < static_cast<int>(states_.size()); ++m) {
    if (is_repeated(m) || (lies_in_card(m) && !is_always_card(m))) continue;
    ++levels.cards[at(tree_.depth(m))];
    if (is_always_card(m)) ++levels.open[at(tree_.depth(m) + 1)];
  }
  for (std::size_t d = 1; d < levels.open.size(); ++d) levels.open[d] += levels.open[d - 1];
  return levels;
}

void View::find_nodes() {
  node_of_.resize(stands_for_.size());
  std::vector<int> card(states_.size(), -1);
  for (std::size_t m = 0; m < states_.size(); ++m) {
    if (states_[m] == State::card) card[m] = module_node(static_cast<int>(m));
    if (states_[m] == State::inside) card[m] = card[at(graph_.modules()[m].parent)];
  }
  for (std::size_t i = 0; i < node_of_.size(); ++i) {
    const int slot = in_first_of_row(stands_for_[i]);
    const int scope = graph_.slots()[at(slot)].scope;
    node_of_[i] = scope >= 0 && card[at(scope)] >= 0 ? card[at(scope)] : slot;
  }
  // Parts come before the sums that they are in.
  for (std::size_t i = node_of_.size(); i-- > 0;) {
    if (joined_[i] >= 0) node_of_[i] = node_of_[at(joined_[i])];
  }
}

/// Rows lie in rows, each twice as long at least as what lies in it: there are few steps to go.
int View::in_first_of_row(int slot) const {
  while (true) {
    const int scope = graph_.slots()[at(slot)].scope;
    if (scope < 0 || state(scope) != State::repeated) return slot;
    int outermost = scope;
    for (int m = scope; m >= 0 && state(m) == State::repeated; m = graph_.modules()[at(m)].parent) outermost = m;
    const std::size_t place = static_cast<std::size_t>(tree_.place(slot, outermost));
    slot = tree_.slots(row(outermost).first)[place];
  }
}

int View::box_of(int module) const {
  while (module >= 0 && !is_box(module)) module = graph_.modules()[at(module)].parent;
  return module;
}

std::int64_t View::parameters(int module) const {
  std::int64_t n = 0;
  for (const int i : tree_.slots(module)) {
    const Slot& slot = graph_.slots()[at(i)];
    if (slot.role == Role::parameter) n += static_cast<std::int64_t>(slot.shape.size());
  }
  return n;
}

/// Keeps the nodes that are nearest to the outputs.
void View::leave_out(std::size_t room) {
  card_of_the_rest_ = room > 1;
  if (card_of_the_rest_) --room;
  std::vector<std::vector<int>> inside(states_.size());  // slots of the modules that are cards
  std::vector<bool> kept(at(rest()));
  std::vector<int> nearest;
  const auto keep = [&](int slot) {
    const int node = node_of(slot);
    if (nearest.size() >= room || kept[at(node)]) return;
    kept[at(node)] = true;
    nearest.push_back(node);
  };
  const auto keep_arguments = [&](int slot) {
    std::vector<int> sums{slot};  // it, and the parts of it that its node stands for
    while (!sums.empty()) {
      const int step = graph_.slots()[at(sums.back())].step;
      sums.pop_back();
      if (step < 0) continue;
      for (const int argument : graph_.steps()[at(drawn_step(step))].arguments) {
        if (is_partial_sum(argument)) sums.push_back(argument);
        keep(argument);
      }
    }
  };
  for (std::size_t k = graph_.outputs().size(); k-- > 0;) keep(graph_.outputs()[k]);
  for (std::size_t k = 0; k < nearest.size(); ++k) {
    const int node = nearest[k];
    if (is_slot(node)) {
      keep_arguments(node);
    } else {
      for (const int slot : tree_.slots(node - slots())) keep_arguments(slot);
    }
  }
  left_out_ = size_.nodes - nearest.size();
  size_.nodes = nearest.size() + (card_of_the_rest_ ? 1 : 0);
  for (int& node : node_of_) {
    if (!kept[at(node)]) node = rest();
  }
  for (std::size_t m = 0; m < states_.size(); ++m) {
    const bool lost = states_[m] == State::card && !kept[at(module_node(static_cast<int>(m)))];
    if (lost) states_[m] = State::inside;
  }
}

bool View::has_arrow(int tail, int head) const {
  const int to = node_of(head);
  if (node_of(tail) == rest() && !card_of_the_rest_) return false;
  // The first of equal modules has their arrows.
  return node_of(tail) != to && to != rest() && !is_repeated(graph_.slots()[at(head)].scope);
}

void View::describe(std::size_t whole, int depth) {
  const std::size_t drawn = size_.nodes - (has_card_of_the_rest() ? 1 : 0);
  std::string& text = size_.left_out;
  text = fmt::format("{} of {} nodes {} drawn", with_commas(drawn), with_commas(whole), drawn == 1 ? "is" : "are");
  if (depth < tree_.levels()) {
    text += depth == 0 ? ": modules as one card each, equal ones in a row once"
                       : fmt::format(": modules from depth {} on as one card each, equal ones in a row once", depth);
  } else if (std::find(states_.begin(), states_.end(), State::repeated) != states_.end()) {
    text += ": equal modules in a row once";
  }
  if (left_out_ == 0) return;
  text += fmt::format("{} the {} farthest from the result not at all", text.find(':') == std::string::npos ? ":" : ",",
                      with_commas(left_out_));
}

}  // namespace gradus
