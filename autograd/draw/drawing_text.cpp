// What a drawing says of slots, modules and arrows, in words and numbers.
#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "autograd/array/print.h"
#include "autograd/base/index.h"
#include "autograd/base/utf8.h"
#include "autograd/draw/drawing.h"
#include "autograd/math/ops.h"
#include "autograd/math/typeset.h"
#include "autograd/tensor/ops/linear_algebra.h"
#include "autograd/tensor/rule.h"

namespace gradus {

namespace {

constexpr std::size_t longest_name = 1000;  // code points
constexpr std::size_t longest_title = 32;   // of formulas
constexpr std::size_t longest_part = 20;    // of an argument there
constexpr int deepest = 5;                  // ops in ops, where Graph::formula does not do

using detail::at;

/// Whether an op of it is written as "add(…)", which the drawing does better.
bool is_shortened(const Formula& formula) { return formula.text().find("(…)") != std::string::npos; }

/// The last part of "layer1.weight".
std::string_view last_component(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  return dot == std::string_view::npos ? name : name.substr(dot + 1);
}

/// A weight or a bias by its name, unless the op that reads it (null when none is drawn) makes it something else.
std::string_view word_of_parameter(std::string_view name, const Rule* read_by) {
  const std::string_view last = last_component(name);
  const bool is_added = read_by != nullptr && detail::is_op<Add, Sub>(*read_by);
  if (last.starts_with('w') || last.starts_with('W')) return is_added ? "parameter" : "weight";
  const bool is_multiplied = read_by != nullptr && detail::is_op<Mul, MatMul, Div>(*read_by);
  if (last.starts_with('b') || last.starts_with('B')) return is_multiplied ? "parameter" : "bias";
  return "parameter";
}

/// In a name, what follows tells dots of one value from those of another: a·b on dots is no square.
constexpr char hidden = '\x01';

/// "… + …", "tanh(…)".
Formula on_dots(const Graph::Step& step) {
  if (step.arguments.size() > 3) return Formula(fmt::format("{}(…){}{}", step.rule->name(), hidden, step.result));
  std::vector<Formula> dots;
  for (const int argument : step.arguments) dots.emplace_back(fmt::format("…{}{}", hidden, argument));
  return step.rule->formula(dots);
}

/// As it is shown.
std::string shown(const Formula& formula) {
  Formula name{std::string()};
  const Formula plain = formula.with_names_replaced([&](const std::string& word) -> const Formula* {
    const std::size_t end = word.find(hidden);
    if (end == std::string::npos) return nullptr;
    name = Formula(word.substr(0, end));
    return &name;
  });
  return plain.text();
}

/// In rows and columns: a vector in rows of eight, a matrix as it is, of more axes one matrix below the other.
std::vector<std::vector<std::string>> grid_of(const Array& array, int digits) {
  constexpr std::int64_t longest_vector = 8;
  std::vector<std::vector<std::string>> rows;
  const Shape& shape = array.shape();
  const int rank = shape.rank();
  if (array.size() < 2) return rows;
  const std::int64_t columns = rank > 1 ? shape[rank - 1] : std::min(shape[0], longest_vector);
  const std::int64_t height = rank > 2 ? shape[rank - 2] : array.size();  // of one matrix
  std::int64_t in_row = columns;
  for (const double x : array.to_vector()) {
    if (in_row == columns) {
      const auto full = static_cast<std::int64_t>(rows.size());
      if (rank > 2 && full > 0 && full % (height + 1) == height) rows.emplace_back();
      rows.emplace_back();
      in_row = 0;
    }
    rows.back().push_back(text::brief(x, digits));
    ++in_row;
  }
  return rows;
}

CardNumbers numbers_on_card(const Array& array, int digits) {
  if (!array.defined() || !array.has_data()) return {"—", {}};
  if (array.size() == 0) return {"[]", {}};
  if (array.size() == 1) return {text::brief(array.item(), digits), {}};
  return {text::nested(array, [&](double x) { return text::brief(x, digits); }), grid_of(array, digits)};
}

}  // namespace

std::string Drawing::title(int i) const {
  const Slot& s = slot(i);
  if (!s.name.empty()) return text::cut(text::subscripted(s.name), longest_name);
  if (form(i) == NodeForm::number) return text::typeset(graph_.formula(i).text());
  if (i == prediction_) return "ŷ";
  if (s.role == Role::loss) return graph_.modules()[at(s.scope)].name;
  if (s.step < 0) return s.id;
  if (form(i) == NodeForm::pill_card) return "output";
  if (large()) return s.id;
  return formula_title(i);
}

/// In terms of the named slots it came from; where that is too long, of its arguments.
std::string Drawing::formula_title(int i) const {
  const Formula whole = in_names(i, longest_part, deepest);
  if (!is_shortened(whole)) {
    if (std::string text = text::typeset(shown(whole)); text::code_points(text) <= longest_title) return text;
  }
  std::string text;
  for (const std::size_t longest : {longest_part, std::size_t{0}}) {
    std::vector<Formula> operands;
    for (const int argument : step_of(slot(i)).arguments) operands.push_back(operand(argument, longest, deepest));
    text = text::typeset(shown(step_of(slot(i)).rule->formula(operands)));
    if (text::code_points(text) <= longest_title) break;
  }
  return text::cut(text, longest_title);
}

/// An argument in at most so many characters: its name, formula or symbol, or else its op on dots: "… + …", "tanh(…)".
Formula Drawing::operand(int argument, std::size_t longest, int depth) const {
  const int i = view_.stands_for(argument);
  const Slot& s = slot(i);
  if (!s.name.empty()) return Formula(text::cut(s.name, longest_part));
  if (s.step < 0) return graph_.formula(i);
  if (longest > 0 && depth > 0) {
    Formula formula = in_names(i, longest, depth - 1);
    if (!is_shortened(formula) && text::code_points(shown(formula)) <= longest) return formula;
  }
  if (const std::string_view symbol = given_symbol(i); !symbol.empty() && view_.is_drawn(i)) {
    return Formula(std::string(symbol));
  }
  return on_dots(step_of(s));
}

/// As Graph::formula, but with products of vectors as they are drawn.
Formula Drawing::in_names(int i, std::size_t longest, int depth) const {
  if (!view_.has_vector_products()) return graph_.formula(i, longest);
  const Graph::Step& step = step_of(slot(i));
  if (step.arguments.size() > 4) return on_dots(step);  // a tree this wide takes too long
  std::vector<Formula> operands;
  for (const int argument : step.arguments) operands.push_back(operand(argument, longest, depth));
  return step.rule->formula(operands);
}

NodeLabels Drawing::labels(int i) const {
  NodeLabels labels{title(i), std::string(caption(i)), "", {}, {}, {}, "", ""};
  if (const std::string_view symbol = given_symbol(i); !symbol.empty()) {
    labels.caption = std::exchange(labels.title, std::string(symbol));
    if (form(i) == NodeForm::card) labels.caption.insert(0, "= ");
  }
  if (labels.caption == labels.title) labels.caption.clear();
  if (form(i) == NodeForm::card) {
    if (!scalar_) labels.shape = text::dimensions(slot(i).shape);
    const Array after = style_.after.empty() ? Array() : style_.after[at(i)];
    const int digits = text::digits_apart(value(i), after, style_.digits);
    labels.value = numbers_on_card(value(i), digits);
    labels.gradient = numbers_on_card(slot(i).gradient, style_.digits);
    if (after.defined()) labels.after = numbers_on_card(after, digits);
  }
  if (const GradientScale::Mark found = mark(i); found.known) {
    labels.mark = found.word;
    const bool say_size = style_.detail == Detail::value && form(i) != NodeForm::card;
    if (say_size) labels.size = "gradient norm " + text::brief(found.size, style_.digits);
  }
  return labels;
}

std::string_view Drawing::given_symbol(int i) const {
  const bool asked = !style_.symbols.empty() && slot(i).step >= 0 && slot(i).name.empty();
  return asked ? std::string_view(style_.symbols[at(i)]) : std::string_view();
}

std::string_view Drawing::caption(int i) const {
  const Slot& s = slot(i);
  const bool for_loss = first_consumer(i) >= 0 && !used_outside_loss_[at(i)];
  if (i == prediction_) return "prediction";
  switch (s.role) {
    case Role::input:
      return for_loss ? "target" : "input";
    case Role::parameter:
      return word_of_parameter(s.name, first_consumer(i) < 0 ? nullptr : step_of(slot(first_consumer(i))).rule);
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

std::string Drawing::label(const Arrow& arrow) const {
  if (scalar_) {
    // What goes into the card of a module may go into it at several places.
    return is_between_slots(arrow) && is_known(derivative(arrow.link))
               ? text::brief(derivative(arrow.link).item(), style_.digits)
               : "";
  }
  if (style_.detail == Detail::name || arrow.from == view_.rest() || beside(arrow.link.tail)) return "";
  // A card tells its shape itself.
  const bool pill = !view_.is_slot(arrow.from) || form(arrow.from) == NodeForm::pill;
  return pill ? text::dimensions(slot(arrow.link.tail).shape) : "";
}

std::string Drawing::name_of_module(int module) const {
  const Repeat& row = view_.row(module);
  const auto name_of = [&](int m) {
    const GraphModule& one = graph_.modules()[at(m)];
    return text::cut(one.name.empty() ? one.kind : one.name, longest_name);
  };
  std::string name = name_of(row.first);
  if (row.count == 1) return name;
  if (const std::string last = name_of(row.last); last != name) name += " … " + last;
  return fmt::format("{} ×{}", name, row.count);
}

ModuleLabels Drawing::labels_of_module(int index) const {
  const GraphModule& module = graph_.modules()[at(index)];
  ModuleLabels labels{name_of_module(index), module.name.empty() ? "" : text::cut(module.kind, longest_name),
                      text::cut(module.note, longest_name)};
  if (labels.caption == labels.title) labels.caption.clear();
  const std::int64_t parameters = view_.parameters(index);
  if (parameters > 0 && labels.line.find("parameter") == std::string::npos) {
    labels.line +=
        fmt::format("{}{} parameter{}", labels.line.empty() ? "" : ", ", parameters, parameters == 1 ? "" : "s");
  }
  for (const int output : graph_.outputs()) {  // the card of a loss says what the loss itself would
    const bool here = view_.node_of(output) == view_.module_node(index);
    if (here && labels.line.empty()) labels.line = text::dimensions(slot(output).shape);
  }
  if (view_.row(index).count > 1 && parameters > 0) labels.line += " each";
  if (const GradientScale::Mark found = mark_of_module(index); !found.word.empty()) {
    labels.caption += (labels.caption.empty() ? "" : " · ") + found.word;
  }
  return labels;
}

}  // namespace gradus
