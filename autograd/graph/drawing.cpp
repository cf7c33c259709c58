#include "autograd/graph/drawing.h"

#include <algorithm>
#include <span>
#include <string_view>

#include "autograd/graph/text.h"

namespace gradus {

namespace {

constexpr std::int64_t few = 4;             // values up to this size are written out
constexpr std::size_t longest_name = 1000;  // code points
constexpr std::size_t longest_title = 32;   // of formulas
constexpr std::size_t longest_part = 20;    // of an argument there

std::size_t at(int i) { return static_cast<std::size_t>(i); }

/// The last part of "layer1.weight".
std::string_view last_component(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  return dot == std::string_view::npos ? name : name.substr(dot + 1);
}

std::string_view word_of_parameter(std::string_view name) {
  const std::string_view last = last_component(name);
  if (last.starts_with('w') || last.starts_with('W')) return "weight";
  if (last.starts_with('b') || last.starts_with('B')) return "bias";
  return "parameter";
}

}  // namespace

Drawing::Drawing(const Graph& graph, const DotStyle& style)
    : graph_(graph), detail_(style.detail), scalar_(style.detail == Detail::value) {
  find_what_is_drawn();
  find_links();
  find_uses();
  find_prediction();
  const std::size_t n = graph_.slots().size();
  looks_.resize(n);
  for (std::size_t i = 0; i < n; ++i) looks_[i] = choose_look(static_cast<int>(i));
  find_main_line();
}

void Drawing::find_what_is_drawn() {
  const auto& slots = graph_.slots();
  std::vector<bool> is_output(slots.size());
  for (const int output : graph_.outputs()) is_output[at(output)] = true;
  stands_for_.resize(slots.size());
  for (std::size_t i = 0; i < slots.size(); ++i) {
    const Slot& s = slots[i];
    const bool layout = s.step >= 0 && step_of(s).rule->kind() == OpKind::layout;
    const bool left_out = layout && s.name.empty() && !is_output[i];
    stands_for_[i] = left_out ? stands_for_[at(step_of(s).arguments.front())] : static_cast<int>(i);
    if (!left_out && s.shape.size() != 1) scalar_ = false;
  }
}

void Drawing::find_links() {
  for (const int head : reading_order()) {
    const std::vector<int>& arguments = step_of(slot(head)).arguments;
    for (std::size_t a = 0; a < arguments.size(); ++a) {
      links_.push_back({stands_for_[at(arguments[a])], head, slot(head).step, static_cast<int>(a)});
    }
  }
}

/// Results, each after its arguments, the first argument with all that it came from before the second.  The order of
/// recording will not do: a compiler may evaluate the right side of a + first.
std::vector<int> Drawing::reading_order() const {
  enum State : char { unseen, open, done };
  std::vector<State> state(graph_.slots().size(), unseen);
  std::vector<int> order;
  std::vector<int> pending(graph_.outputs().rbegin(), graph_.outputs().rend());
  while (!pending.empty()) {
    const int i = stands_for_[at(pending.back())];
    if (state[at(i)] == unseen && slot(i).step >= 0) {
      state[at(i)] = open;
      const std::vector<int>& arguments = step_of(slot(i)).arguments;
      pending.insert(pending.end(), arguments.rbegin(), arguments.rend());
      continue;
    }
    pending.pop_back();
    if (state[at(i)] == open) order.push_back(i);
    state[at(i)] = done;
  }
  return order;
}

void Drawing::find_uses() {
  const std::size_t n = graph_.slots().size();
  first_consumer_.assign(n, -1);
  used_outside_loss_.assign(n, false);
  only_activated_.assign(n, true);
  depth_.assign(n, 0);
  for (const Link& link : links_) {
    int& first = first_consumer_[at(link.tail)];
    if (first < 0) first = link.head;
    if (!in_loss(link.head)) used_outside_loss_[at(link.tail)] = true;
    const Graph::Step& step = graph_.steps()[at(link.step)];
    if (step.rule->kind() != OpKind::activation) only_activated_[at(link.tail)] = false;
    depth_[at(link.head)] = std::max(depth_[at(link.head)], depth_[at(link.tail)] + 1);
  }
}

bool Drawing::in_loss(int i) const {
  const int scope = slot(i).scope;
  return scope >= 0 && graph_.modules()[at(scope)].kind == "loss";
}

/// The one computed value that enters the loss.  With several there is no telling.
void Drawing::find_prediction() {
  for (const Link& link : links_) {
    if (slot(link.tail).step < 0 || !in_loss(link.head) || in_loss(link.tail)) continue;
    if (prediction_ >= 0 && prediction_ != link.tail) {
      prediction_ = -1;
      return;
    }
    prediction_ = link.tail;
  }
}

Look Drawing::choose_look(int i) const {
  const Slot& s = slot(i);
  if (stands_for_[at(i)] != i) return Look::nothing;
  const bool show_numbers = detail_ == Detail::value && s.shape.size() <= few && s.value.has_data();
  if (s.step < 0) {
    if (s.role == Role::constant && s.name.empty() && s.shape.size() == 1) return Look::number;
    return scalar_ || show_numbers ? Look::card : Look::leaf;
  }
  if (scalar_ || show_numbers) return Look::card;
  const Role drawn = role(i);
  return drawn == Role::output || drawn == Role::loss ? Look::pill_card : Look::pill;
}

void Drawing::find_main_line() {
  main_line_.assign(graph_.slots().size(), false);
  if (graph_.outputs().empty()) return;
  for (int i = stands_for_[at(graph_.outputs().back())];;) {
    main_line_[at(i)] = true;
    if (slot(i).step < 0) return;
    // Of leaves, data goes before parameters and constants.
    const auto rank = [&](int k) { return 2 * depth_[at(k)] + (slot(k).role == Role::input ? 1 : 0); };
    int next = -1;
    for (const int argument : step_of(slot(i)).arguments) {
      const int tail = stands_for_[at(argument)];
      if (next < 0 || rank(tail) > rank(next)) next = tail;
    }
    if (next < 0) return;
    i = next;
  }
}

bool Drawing::beside(int i) const {
  const Slot& s = slot(i);
  if (scalar_ || s.step >= 0 || first_consumer(i) < 0 || on_main_line(i)) return false;
  return s.role != Role::input || !used_outside_loss_[at(i)];
}

std::vector<int> Drawing::first_column() const {
  std::vector<int> column;
  std::vector<bool> seen(graph_.slots().size());
  for (const Link& link : links_) {
    if (slot(link.tail).step >= 0 || depth_[at(link.head)] != 1 || seen[at(link.tail)]) continue;
    seen[at(link.tail)] = true;
    column.push_back(link.tail);
  }
  return column;
}

std::string Drawing::title(int i) const {
  const Slot& s = slot(i);
  if (!s.name.empty()) return text::cut(text::subscripted(s.name), longest_name);
  if (look(i) == Look::number) return text::typeset(graph_.formula(i).text());
  if (i == prediction_) return "ŷ";
  if (s.role == Role::loss) return graph_.modules()[at(s.scope)].name;
  if (s.step < 0) return s.id;
  if (look(i) == Look::pill_card) return "output";
  const std::string formula = text::typeset(graph_.formula(i, longest_part).text());
  if (text::code_points(formula) <= longest_title) return formula;
  return text::cut(text::typeset(graph_.formula(i, 0).text()), longest_title);
}

std::string_view Drawing::word(int i) const {
  const Slot& s = slot(i);
  const bool for_loss = first_consumer(i) >= 0 && !used_outside_loss_[at(i)];
  if (i == prediction_) return "prediction";
  switch (s.role) {
    case Role::input:
      return for_loss ? "target" : "input";
    case Role::parameter:
      return word_of_parameter(s.name);
    case Role::constant:
      return "constant";
    case Role::output:
      return "output";
    case Role::loss:
      return "loss";
    case Role::value:
      return !s.name.empty() && first_consumer(i) >= 0 && only_activated_[at(i)] ? "pre-activation" : "";
    case Role::activation:
      break;
  }
  return "";
}

std::string Drawing::symbol(const Slot& slot) const {
  const Rule& rule = *step_of(slot).rule;
  const std::string_view symbol = rule.symbol();
  // A sign that stands before or behind its argument says little alone.
  if (step_of(slot).arguments.size() == 1 && (symbol == "^" || symbol == "−")) {
    const Formula x(std::string("x"));
    return text::typeset(rule.formula(std::span<const Formula>(&x, 1)).text());
  }
  return std::string(symbol);
}

}  // namespace gradus
