#include "autograd/draw/drawing.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <span>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "autograd/base/error.h"
#include "autograd/base/index.h"

namespace gradus {

namespace {

using detail::at;

palette::Ink ink_of(const GradientScale::Mark& mark, const palette::Ink& plain) {
  return mark.zero ? palette::ink_of_zero(plain) : palette::ink_of_size(mark.level, plain);
}

}  // namespace

Drawing::Drawing(const Graph& graph, const DotStyle& style)
    : graph_(graph), view_(graph, style), style_(style), scalar_(style.detail == Detail::value) {
  if (!style.symbols.empty() && style.symbols.size() != graph.slots().size()) {
    throw ValueError(fmt::format("[draw] {} symbols for {} values", style.symbols.size(), graph.slots().size()));
  }
  if (!style.after.empty() && style.after.size() != graph.slots().size()) {
    throw ValueError(fmt::format("[draw] {} arrays after for {} values", style.after.size(), graph.slots().size()));
  }
  if (style.coloring == Coloring::gradient) scale_.emplace(graph);
  find_values();
  find_scalar();
  find_links();
  find_arrows();
  find_uses();
  find_prediction();
  const std::size_t n = graph_.slots().size();
  forms_.resize(n);
  for (std::size_t i = 0; i < n; ++i) forms_[i] = choose_form(static_cast<int>(i));
  find_main_line();
}

/// A recording keeps the results of at most 16 numbers (record.h); larger ones are computed again.
void Drawing::find_values() {
  constexpr std::int64_t kept = 16;
  if (style_.detail != Detail::value || style_.elements <= kept) return;
  computed_.reserve(graph_.slots().size());
  for (const Slot& s : graph_.slots()) computed_.push_back(s.value);
  std::vector<Array> arguments;
  for (const Graph::Step& step : graph_.steps()) {
    Array& result = computed_[at(step.result)];
    if (result.defined() && result.has_data()) continue;
    arguments.clear();
    for (const int argument : step.arguments) arguments.push_back(computed_[at(argument)]);
    const bool known = std::ranges::all_of(arguments, [](const Array& a) { return a.defined() && a.has_data(); });
    if (known) result = step.rule->evaluate(arguments);
  }
}

void Drawing::find_scalar() {
  for (int i = 0; scalar_ && i < static_cast<int>(graph_.slots().size()); ++i) {
    const bool number = slot(i).shape.size() == 1 && !view_.stands_for_several(slot(i).scope);
    if (view_.is_drawn(i) && !number) scalar_ = false;
  }
}

void Drawing::find_links() {
  for (const int head : reading_order()) {
    const std::vector<int>& arguments = step_of(slot(head)).arguments;
    for (std::size_t a = 0; a < arguments.size(); ++a) {
      links_.push_back({view_.stands_for(arguments[a]), head, view_.drawn_step(slot(head).step), static_cast<int>(a)});
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
    const int i = view_.stands_for(pending.back());
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

void Drawing::find_arrows() {
  std::unordered_set<std::uint64_t> seen;
  arrows_.reserve(links_.size());
  arriving_.assign(graph_.slots().size(), 0);
  copies_.assign(graph_.slots().size(), 1);
  std::vector<int> used(graph_.slots().size());
  for (const Link& link : links_) {
    if (!view_.has_arrow(link.tail, link.head)) continue;
    Arrow arrow{link, view_.node_of(link.tail), view_.node_of(link.head)};
    const bool both_slots = view_.is_slot(arrow.from) && view_.is_slot(arrow.to);
    const std::uint64_t ends =
        std::uint64_t{static_cast<std::uint32_t>(arrow.from)} << 32U | static_cast<std::uint32_t>(arrow.to);
    if (!both_slots && !seen.insert(ends).second) continue;
    if (view_.is_slot(arrow.to)) arrow.place = arriving_[at(arrow.to)]++;
    if (style_.copies && arrow.from == link.tail && slot(link.tail).step < 0) {
      arrow.copy = used[at(link.tail)]++;
      copies_[at(link.tail)] = arrow.copy + 1;
    }
    arrows_.push_back(arrow);
  }
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
  return scope >= 0 && graph_.modules()[at(scope)].role == ModuleRole::loss;
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

NodeForm Drawing::choose_form(int i) const {
  const Slot& s = slot(i);
  if (!view_.is_drawn(i)) return NodeForm::nothing;
  const bool numbers = style_.detail == Detail::value && !view_.stands_for_several(s.scope);
  const bool show_numbers =
      numbers && (s.shape.size() == 1 || s.shape.size() <= style_.elements) && value(i).has_data();
  if (s.step < 0) {
    if (s.role == Role::constant && s.name.empty() && s.shape.size() == 1) return NodeForm::number;
    return scalar_ || show_numbers ? NodeForm::card : NodeForm::leaf;
  }
  if (scalar_ || show_numbers) return NodeForm::card;
  const Role drawn = role(i);
  return drawn == Role::output || drawn == Role::loss ? NodeForm::pill_card : NodeForm::pill;
}

void Drawing::find_main_line() {
  main_line_.assign(at(view_.rest()) + 1, false);
  if (graph_.outputs().empty()) return;
  for (int i = view_.stands_for(graph_.outputs().back());;) {
    main_line_[at(view_.node_of(i))] = true;
    if (slot(i).step < 0) return;
    // Of leaves, data goes before parameters and constants.
    const auto rank = [&](int k) { return 2 * depth_[at(k)] + (slot(k).role == Role::input ? 1 : 0); };
    int next = -1;
    for (const int argument : step_of(slot(i)).arguments) {
      const int tail = view_.stands_for(argument);
      if (next < 0 || rank(tail) > rank(next)) next = tail;
    }
    if (next < 0) return;
    i = next;
  }
}

bool Drawing::beside(int i) const {
  const Slot& s = slot(i);
  if (scalar_ || s.step >= 0 || !view_.is_drawn(i) || first_consumer(i) < 0 || on_main_line(i)) return false;
  if (view_.node_of(first_consumer(i)) == view_.rest()) return false;
  return s.role != Role::input || !used_outside_loss_[at(i)];
}

std::vector<int> Drawing::first_column() const {
  std::vector<int> column;
  std::vector<bool> seen(graph_.slots().size());
  for (const Arrow& arrow : arrows_) {
    const int tail = arrow.link.tail;
    if (!view_.is_drawn(tail) || slot(tail).step >= 0 || depth_[at(arrow.link.head)] != 1 || seen[at(tail)]) continue;
    seen[at(tail)] = true;
    column.push_back(tail);
  }
  return column;
}

std::size_t Drawing::crossed_columns() const {
  std::size_t columns = 0;
  for (const Arrow& arrow : arrows_) {
    const bool slots = arrow.from == arrow.link.tail && arrow.to == arrow.link.head;
    columns += slots ? at(depth_[at(arrow.to)] - depth_[at(arrow.from)]) : 1;
  }
  return columns;
}

std::vector<int> Drawing::hidden_outputs() const {
  std::vector<int> out;
  for (const int i : graph_.outputs()) {
    const bool hidden = !view_.is_drawn(i) && view_.node_of(i) != view_.rest();
    if (hidden && slot(i).role != Role::loss && std::find(out.begin(), out.end(), i) == out.end()) out.push_back(i);
  }
  return out;
}

std::vector<Role> Drawing::drawn_roles() const {
  constexpr Role all[] = {Role::input,      Role::parameter, Role::constant, Role::value,
                          Role::activation, Role::output,    Role::loss};
  bool drawn[std::size(all)] = {};
  const auto note = [&](Role role) { drawn[std::ranges::find(all, role) - std::begin(all)] = true; };
  for (int i = 0; i < static_cast<int>(forms_.size()); ++i) {
    const bool op = form(i) == NodeForm::pill || form(i) == NodeForm::pill_card;
    if (op) note(role_of_op(slot(i)));
    if (form(i) != NodeForm::nothing && form(i) != NodeForm::pill) note(role(i));
  }
  for (int m = 0; m < static_cast<int>(graph_.modules().size()); ++m) {
    if (view_.is_card(m) && role_of_module(m) != Role::value) note(role_of_module(m));
  }
  for (const int output : hidden_outputs()) note(role(output));
  std::vector<Role> out;
  for (std::size_t k = 0; k < std::size(all); ++k) {
    if (drawn[k]) out.push_back(all[k]);
  }
  return out;
}

std::string Drawing::node_id(int node) const {
  if (view_.is_slot(node)) return slot(node).id;
  return node == view_.rest() ? "left_out" : fmt::format("module_{}", node - view_.module_node(0) + 1);
}

double Drawing::width(const Arrow& arrow) const {
  const Array& gradient = slot(arrow.link.head).gradient;
  const Array& local = derivative(arrow.link);
  if (!is_known(gradient) || !is_known(local)) return 1.4;
  const double flow = std::fabs(local.item() * gradient.item());
  return flow >= 0.0 ? 1.1 + 1.5 * std::min(1.0, flow / 1.5) : 1.1;  // 1.1 also when it is not a number
}

Role Drawing::role_of_module(int module) const {
  for (const int output : graph_.outputs()) {
    if (view_.node_of(output) == view_.module_node(module)) return slot(output).role;
  }
  return Role::value;
}

GradientScale::Mark Drawing::mark(int i) const {
  // Repeated modules have gradients of their own each.
  return scale_ && !view_.stands_for_several(slot(i).scope) ? scale_->of(i) : GradientScale::Mark();
}

bool Drawing::has_diagnosis() const {
  const auto diagnosed = [](const GradientScale::Mark& mark) {
    return mark.word == "vanishing" || mark.word == "exploding";
  };
  for (int i = 0; scale_ && i < static_cast<int>(graph_.slots().size()); ++i) {
    if (view_.is_drawn(i) && diagnosed(mark(i))) return true;
  }
  for (int m = 0; scale_ && m < static_cast<int>(graph_.modules().size()); ++m) {
    if (view_.is_card(m) && diagnosed(mark_of_module(m))) return true;
  }
  return false;
}

GradientScale::Mark Drawing::mark_of_module(int module) const {
  if (!scale_) return {};
  std::vector<int> parameters;
  const std::vector<int>& siblings = view_.tree().parts(graph_.modules()[at(module)].parent);
  const Repeat& row = view_.row(module);
  for (auto part = std::find(siblings.begin(), siblings.end(), row.first); part != siblings.end(); ++part) {
    for (const int i : view_.tree().slots(*part)) {
      if (slot(i).role == Role::parameter) parameters.push_back(i);
    }
    if (*part == row.last) break;
  }
  return scale_->of(parameters);
}

palette::Ink Drawing::ink(int i, Role role) const {
  const palette::Ink plain = palette::ink_of(role);
  if (!scale_) return plain;
  const GradientScale::Mark found = mark(i);
  return found.known ? ink_of(found, plain) : palette::Ink{plain.border, "#FFFFFF", plain.text};
}

palette::Ink Drawing::ink_of_module(int module) const {
  const Role role = role_of_module(module);
  const palette::Ink plain = role == Role::value ? palette::module : palette::ink_of(role);
  const GradientScale::Mark found = mark_of_module(module);
  return found.known ? ink_of(found, plain) : plain;
}

}  // namespace gradus
