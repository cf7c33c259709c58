#include "autograd/derive/derivation.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <span>
#include <typeindex>
#include <unordered_set>
#include <utility>

#include "autograd/array/print.h"
#include "autograd/base/error.h"
#include "autograd/base/index.h"
#include "autograd/base/utf8.h"
#include "autograd/derive/derivation_check.h"
#include "autograd/derive/derivation_numbers.h"
#include "autograd/derive/derivation_parts.h"
#include "autograd/derive/derivation_statement.h"
#include "autograd/derive/derivation_update.h"
#include "autograd/derive/derivation_words.h"
#include "autograd/derive/equation_signs.h"
#include "autograd/derive/number_range.h"
#include "autograd/derive/step_remarks.h"
#include "autograd/graph/written_call.h"
#include "autograd/math/ops.h"
#include "autograd/math/typeset.h"
#include "autograd/tensor/ops/linear_algebra.h"

namespace gradus {

namespace {

using detail::at;

bool is_number(const Array& a) { return a.defined() && a.has_data() && a.size() == 1; }

/// Whether all its numbers can be written in a line.
bool is_short(const Array& a) { return a.defined() && a.has_data() && a.size() <= detail::most_written; }

class Teacher {
 public:
  Teacher(const Graph& graph, const DerivationOptions& options) : graph_(graph), options_(options) {
    if (graph.outputs().size() != 1) {
      throw GraphError(
          fmt::format("[derivation] the graph has {} outputs: derive one at a time", graph.outputs().size()));
    }
    if (!slot(output()).gradient.defined()) {
      throw GraphError(
          "[derivation] the graph has no gradients: nothing in it requires one, or they were not computed");
    }
    out_.digits = std::clamp(options.digits, 1, 17);
    name_slots();
    count_uses();
  }

  Derivation explain() {
    out_.task = detail::task_of(graph_, out_);
    leaves();
    for (std::size_t s = 0; s < graph_.steps().size(); ++s) forward(static_cast<int>(s));
    seed();
    for (std::size_t s = graph_.steps().size(); s-- > 0;) backward(static_cast<int>(s));
    if (options_.learning_rate) detail::explain_update(graph_, *options_.learning_rate, out_);
    detail::settle_signs(out_);
    if (options_.compare_orders) out_.order = compare_orders(graph_);
    out_.checks = detail::compare_with_differences(graph_, options_.most_differences);
    out_.answer = detail::answer_of(graph_, out_, options_.longest_letters);
    return std::move(out_);
  }

 private:
  [[nodiscard]] int output() const { return graph_.outputs().front(); }
  [[nodiscard]] const Slot& slot(int i) const { return graph_.slots()[at(i)]; }
  [[nodiscard]] const Graph::Step& step(int s) const { return graph_.steps()[at(s)]; }
  [[nodiscard]] bool is_layout(int i) const {
    if (slot(i).step < 0 || !slot(i).name.empty() || i == output()) return false;
    const Graph::Step& made = step(slot(i).step);
    return made.rule->kind() == OpKind::layout || detail::only_turns(made, graph_);
  }
  /// The slot itself, or what a layout op repeats.
  [[nodiscard]] int origin(int i) const {
    while (is_layout(i)) i = step(slot(i).step).arguments.front();
    return i;
  }

  // ------------------------------------------------------------------------------------------------- names and numbers

  void name_slots() {
    const auto& slots = graph_.slots();
    std::unordered_set<std::string> taken;
    for (const Slot& s : slots) taken.insert(s.name);
    auto next_free = [&taken, last = 0]() mutable {
      std::string symbol;
      do symbol = fmt::format("v{}", ++last);
      while (!taken.insert(symbol).second);
      return symbol;
    };
    out_.symbols.resize(slots.size());
    for (std::size_t i = 0; i < slots.size(); ++i) {
      const Slot& s = slots[i];
      std::string& symbol = out_.symbols[i];
      if (!s.name.empty()) {
        symbol = text::cut(s.name, 64);
      } else if (is_layout(static_cast<int>(i))) {
        symbol = out_.symbols[at(origin(static_cast<int>(i)))];
      } else if (s.step < 0) {
        const bool is_plain = is_number(s.value) && s.role == Role::constant;
        symbol = is_plain ? number(s.value.item()) : taken.contains(s.id) ? next_free() : s.id;
      } else {
        symbol = static_cast<int>(i) == output() ? name_of_result(taken) : "";
        if (symbol.empty()) symbol = next_free();
      }
    }
    result_ = detail::result_formula(graph_, out_);
  }

  /// L for a loss, else y, or f where y is another's; nothing where all are taken.
  [[nodiscard]] std::string name_of_result(std::unordered_set<std::string>& taken) const {
    for (const char* name : {"L", "y", "f"}) {
      if (*name == 'L' && slot(output()).role != Role::loss) continue;
      if (taken.insert(name).second) return name;
    }
    return {};
  }

  [[nodiscard]] std::string number(double x) const { return derivation_number(x, out_.digits); }
  [[nodiscard]] bool is_constant(int i) const {
    return slot(i).step < 0 && slot(i).role == Role::constant && slot(i).name.empty() && is_number(slot(i).value);
  }
  [[nodiscard]] Formula symbol_of(int i) const {
    return is_constant(i) ? Formula::put_in(out_.symbols[at(i)], slot(i).value.item()) : Formula(out_.symbols[at(i)]);
  }
  [[nodiscard]] std::string readable(int i) const { return text::subscripted(out_.symbols[at(i)]); }
  [[nodiscard]] Formula gradient_of(int i) const { return Formula::partial(result_, symbol_of(i)); }
  [[nodiscard]] Formula put_in(const Array& a) const { return detail::put_in(a.item(), out_.digits); }
  /// A short array as it is written: [1, −2].
  [[nodiscard]] Formula numbers(const Array& a) const {
    return a.size() == 1 ? put_in(a) : Formula::array(detail::numbers_of(a, out_.digits));
  }

  /// Adds a side unless it says what the last one says.
  static void then_put_in(Equation& equation, Formula side) {
    if (equation.sides.empty() || equation.sides.back().text() != side.text())
      equation.sides.push_back(std::move(side));
  }
  /// A side that is made of symbols.
  static void then(Equation& equation, Formula side) {
    then_put_in(equation, std::move(side));
    equation.symbolic = equation.sides.size();
  }
  void then_numbers(Equation& equation, const Array& value) const {
    if (is_short(value)) then_put_in(equation, numbers(value));
  }

  // ----------------------------------------------------------------------------------------------------------- forward

  void leaves() {
    DerivationStep first;
    first.title = "Start from the leaves";
    for (std::size_t i = 0; i < graph_.slots().size(); ++i) {
      const int leaf = static_cast<int>(i);
      if (slot(leaf).step >= 0) continue;
      first.values.push_back(leaf);
      if (is_constant(leaf)) continue;
      first.slots.push_back(leaf);
      Equation given{{symbol_of(leaf)}, "", ""};
      const bool negative_zero =
          is_number(slot(leaf).value) && std::signbit(slot(leaf).value.item()) && slot(leaf).value.item() == 0.0;
      if (negative_zero) {
        then_put_in(given, Formula::put_in("−0", -0.0));
      } else {
        then_numbers(given, slot(leaf).value);
      }
      if (given.sides.size() == 2) given.approximate = {false, detail::is_rounded(slot(leaf).value, out_.digits)};
      if (given.sides.size() == 1) given.shapes = detail::shape_in_words(slot(leaf).shape);
      first.equations.push_back(std::move(given));
    }
    first.text = "What is given. Nothing else is known yet.";
    out_.steps.push_back(std::move(first));
  }

  void forward(int s) {
    const Graph::Step& op = step(s);
    if (is_layout(op.result)) {
      out_.steps.back().values.push_back(op.result);
      return;
    }
    DerivationStep told;
    std::vector<Formula> symbols;
    std::vector<Formula> values;
    std::vector<std::string> names;
    bool all_numbers = true;
    for (std::size_t k = 0; k < op.arguments.size(); ++k) {
      const int argument = op.arguments[k];
      symbols.push_back(symbol_of(argument));
      names.push_back(readable(argument));
      all_numbers = all_numbers && is_number(slot(argument).value);
      if (all_numbers) values.push_back(put_in(slot(argument).value));
      told.edges.push_back({s, static_cast<int>(k)});
    }
    const auto* power = detail::op_of<Power>(*op.rule);
    if (power != nullptr) names.push_back(number(power->exponent));
    told.title = detail::title_of_step(*op.rule, names);
    if (power != nullptr && power->coefficient != 1.0) {  // of a derivative: 3x²
      told.title = "Take " + text::typeset(op.rule->formula(symbols).text());
    }
    Equation equation{{symbol_of(op.result)}, "", ""};
    then(equation, detail::only_turns(op, graph_)
                       ? symbols[0]
                       : detail::forward_formula(*op.rule, symbols, slot(op.arguments[0]).shape));
    const AnyOp any = op.rule->op_struct();
    // Along one of several axes Σ would have to say which.
    const bool is_whole = detail::written_options(*op.rule, slot(op.arguments[0]).shape).empty();
    const bool is_first = any.type != nullptr && is_whole && spelled_.insert(std::type_index(*any.type)).second;
    const auto spelled = is_first ? detail::spelled_formula(*op.rule, symbols) : std::nullopt;
    if (spelled) then(equation, *spelled);
    if (all_numbers && !detail::only_turns(op, graph_)) {
      const auto filled_in = spelled ? detail::spelled_formula(*op.rule, values) : std::nullopt;
      then_put_in(equation,
                  filled_in ? *filled_in : detail::forward_formula(*op.rule, values, slot(op.arguments[0]).shape));
    }
    then_numbers(equation, slot(op.result).value);
    equation.shapes = shapes_of(op);
    told.text = errors_.words_on_lost_digits(op, names);
    const std::string out_of_range = detail::words_on_range(graph_, op, readable(op.result));
    if (!out_of_range.empty()) {
      equation.approximate.assign(equation.sides.size(), false);
      equation.approximate.back() = true;
    }
    add_words(told.text, out_of_range);
    out_.digits_lost = out_.digits_lost || !told.text.empty();
    add_words(told.text, detail::words_on_convention_forward(graph_, op, out_.digits));
    told.equations.push_back(std::move(equation));
    told.slots.push_back(op.result);
    told.values.push_back(op.result);
    out_.steps.push_back(std::move(told));
  }

  static void add_words(std::string& text, const std::string& words) {
    if (!words.empty()) text += (text.empty() ? "" : " ") + words;
  }

  [[nodiscard]] std::string shapes_of(const Graph::Step& op) const {
    if (detail::is_op<MatMul>(*op.rule)) {
      return detail::product_shapes(*op.rule, slot(op.arguments[0]).shape, slot(op.arguments[1]).shape,
                                    slot(op.result).shape);
    }
    return slot(op.result).shape.rank() == 0 ? "" : detail::shape_in_words(slot(op.result).shape);
  }

  // ---------------------------------------------------------------------------------------------------------- backward

  /// Arrows that carry a gradient to each slot: when the last of them was followed, the gradient is complete.
  void count_uses() {
    uses_.assign(graph_.slots().size(), 0);
    parts_.resize(graph_.slots().size());
    for (const Graph::Step& op : graph_.steps()) {
      if (is_layout(op.result) || !slot(op.result).gradient.defined()) continue;
      for (const int argument : op.arguments) {
        if (slot(argument).gradient.defined()) ++uses_[at(origin(argument))];
      }
    }
    all_uses_ = uses_;
  }

  void seed() {
    DerivationStep told;
    told.phase = Phase::backward;
    told.title = "Seed the output";
    told.slots.push_back(output());
    told.gradients.push_back(output());
    const bool one = slot(output()).shape.size() == 1;
    told.text = one ? "The derivative of the output with respect to itself is 1."
                    : "The gradient is that of the sum of all outputs: each of them counts once.";
    Equation equation{{gradient_of(output())}, "", ""};
    if (one || !is_short(slot(output()).gradient)) {
      then_put_in(equation, Formula::put_in("1"));
    } else {
      then_numbers(equation, slot(output()).gradient);
    }
    if (!one) equation.shapes = detail::shape_in_words(slot(output()).shape);
    told.equations.push_back(std::move(equation));
    out_.steps.push_back(std::move(told));
  }

  void backward(int s) {
    const Graph::Step& op = step(s);
    if (is_layout(op.result) || !slot(op.result).gradient.defined()) return;
    DerivationStep told;
    told.phase = Phase::backward;
    told.title = detail::title_of_backward(*op.rule);
    std::vector<std::size_t> receiving;
    for (std::size_t k = 0; k < op.arguments.size(); ++k) {
      if (slot(op.arguments[k]).gradient.defined()) receiving.push_back(k);
    }
    told.text = detail::reason_of_backward(*op.rule, receiving);
    const std::vector<detail::Part> parts = parts_of(s, told);
    std::vector<int> complete;
    for (std::size_t k = 0; k < op.arguments.size(); ++k) {
      const int argument = op.arguments[k];
      if (!slot(argument).gradient.defined()) continue;
      const int receiver = origin(argument);
      told.edges.push_back({s, static_cast<int>(k)});
      if (std::ranges::find(told.slots, receiver) == told.slots.end()) told.slots.push_back(receiver);
      parts_[at(receiver)].push_back(parts[k]);
      if (argument != receiver) told.gradients.push_back(argument);
      if (--uses_[at(receiver)] == 0) complete.push_back(receiver);
    }
    if (told.edges.empty()) return;
    std::vector<std::string> names;
    for (const int argument : op.arguments) names.push_back(readable(argument));
    add_words(told.text, detail::words_on_kink(graph_, op, names, out_.digits));
    add_words(told.text, detail::words_on_convention_backward(graph_, op, out_.digits));
    for (const detail::Part& part : parts) {
      if (!part.remark.empty() && told.text.find(part.remark) == std::string::npos) {
        told.text += (told.text.empty() ? "" : " ") + part.remark;
      }
    }
    for (const int receiver : told.slots) {
      const bool done = std::ranges::find(complete, receiver) != complete.end();
      const auto arrived = static_cast<std::size_t>(std::ranges::count_if(
          op.arguments, [&](int a) { return slot(a).gradient.defined() && origin(a) == receiver; }));
      const bool alone = show_parts(receiver, arrived, done, told);
      if (done) {
        told.equations.push_back(total(receiver, !alone));
        told.gradients.push_back(receiver);
      } else {
        told.text += fmt::format("{}{} is used elsewhere too: {} of its gradient.", told.text.empty() ? "" : " ",
                                 readable(receiver), arrived == 1 ? "this is one part" : "these are parts");
      }
    }
    out_.steps.push_back(std::move(told));
  }

  /// What each argument receives through this step; for arguments without a gradient, nothing.
  std::vector<detail::Part> parts_of(int s, DerivationStep& told) {
    const Graph::Step& op = step(s);
    detail::WrittenStep written{
        graph_, op, {}, {}, {}, symbol_of(op.result), gradient_of(op.result), out_.digits,
    };
    for (const int argument : op.arguments) {
      written.symbols.push_back(symbol_of(argument));
      written.origins.push_back(origin(argument));
      written.is_shared.push_back(all_uses_[at(origin(argument))] > 1);
    }
    if (std::ranges::all_of(op.arguments, [&](int a) { return slot(a).shape.size() == 1; }) &&
        slot(op.result).shape.size() == 1) {
      return scalar_parts(written);
    }
    const Formula arriving("G");
    Equation definition{{arriving, gradient_of(op.result)}, detail::shape_in_words(slot(op.result).shape), ""};
    definition.symbolic = 2;
    told.equations.push_back(std::move(definition));
    written.parts = shown_parts_of_rule(op, written.symbols, told);
    std::vector<detail::Part> parts = pullback_parts(written, arriving);
    for (std::size_t k = 0; k < parts.size(); ++k) {
      const int receiver = origin(op.arguments[k]);
      if (!slot(receiver).gradient.defined()) continue;
      bring_back(parts[k], op.arguments[k], receiver);
      if (is_short(parts[k].received)) parts[k].value = numbers(parts[k].received);
    }
    return parts;
  }

  /// A gradient of what layout ops made of the receiver, as the receiver's.
  void bring_back(detail::Part& part, int argument, int receiver) const {
    const std::string name = readable(receiver);
    const Shape &from = slot(argument).shape, &to = slot(receiver).shape;
    if (from.size() == to.size() || broadcasts_to(to, from)) return detail::sum_down(part, from, to, name);
    // A reshape on the way decides along which axes it was repeated: w [c] as [c, 1] beside [n, c, d].
    for (int i = argument; i != receiver;) {
      const int inner = step(slot(i).step).arguments.front();
      detail::sum_down(part, slot(i).shape, slot(inner).shape, name);
      i = inner;
    }
  }

  /// What the rule is made of, defined with its numbers: p = softmax(z) = [0.1, 0.9].  The names they have from here on.
  std::vector<Formula> shown_parts_of_rule(const Graph::Step& op, std::span<const Formula> symbols,
                                           DerivationStep& told) {
    std::vector<Formula> names;
    for (const TaughtPart& part : detail::parts_of_rule(graph_, op, symbols)) {
      std::string name;
      for (std::size_t i = 0; i < part.letters.size() && name.empty(); i += 2) {
        const std::string letter(part.letters.substr(i, 1));
        if (std::ranges::find(out_.symbols, letter) == out_.symbols.end()) name = letter;
      }
      if (name.empty()) {
        names.push_back(part.formula);
        continue;
      }
      names.emplace_back(name);
      Equation defined{{names.back(), part.formula}, detail::shape_in_words(part.value.shape()), ""};
      defined.symbolic = 2;
      then_numbers(defined, part.value);
      told.equations.push_back(std::move(defined));
    }
    return names;
  }

  /// Writes those parts that have just arrived which the sum of all would not spell out.  Whether the last one is such.
  bool show_parts(int receiver, std::size_t arrived, bool done, DerivationStep& told) const {
    const std::vector<detail::Part>& parts = parts_[at(receiver)];
    bool shown = false;
    for (std::size_t k = parts.size() - arrived; k < parts.size(); ++k) {
      shown = !done || (parts.size() > 1 && parts[k].names_derivative);
      if (shown) told.equations.push_back(part_alone(parts[k]));
    }
    return shown;
  }

  /// ∂L/∂x = its parts, added where there are several = their numbers = the gradient.
  Equation total(int receiver, bool with_reason) {
    const std::vector<detail::Part>& parts = parts_[at(receiver)];
    Equation equation{{gradient_of(receiver)}, parts.back().shapes, with_reason ? parts.back().reason : ""};
    const auto add = [&](auto member, bool symbolic) {  // where every part has it
      std::vector<Formula> terms;
      for (const detail::Part& part : parts) {
        if (!(part.*member)) return;
        terms.push_back(*(part.*member));
      }
      symbolic ? then(equation, Formula::sum(terms)) : then_put_in(equation, Formula::sum(terms));
    };
    // Of one part that is written with G, the name of what arrives need not be repeated.
    const bool has_short_form = parts.size() == 1 && parts.front().received.defined() && parts.front().symbols;
    std::vector<Formula> terms;
    for (const detail::Part& part : parts) {
      if (part.chain || part.symbols) terms.push_back(part.chain && !has_short_form ? *part.chain : *part.symbols);
    }
    if (!terms.empty()) then(equation, Formula::sum(terms));
    if (parts.size() == 1) {
      add(&detail::Part::symbols, true);
      add(&detail::Part::numbers, false);
      add(&detail::Part::product, false);
    } else {
      add(&detail::Part::product, false);
      add(&detail::Part::value, false);
    }
    then_numbers(equation, slot(receiver).gradient);
    if (equation.shapes.empty() && slot(receiver).shape.rank() > 0) {
      equation.shapes = detail::shape_in_words(slot(receiver).shape);
    }
    return equation;
  }

  static Equation part_alone(const detail::Part& part) {
    Equation equation{{part.alone ? *part.alone : part.chain ? *part.chain : *part.symbols}, part.shapes, part.reason};
    if (part.symbols) then(equation, *part.symbols);
    for (const auto& side : {part.numbers, part.product, part.value}) {
      if (side) then_put_in(equation, *side);
    }
    return equation;
  }

  const Graph& graph_;
  const DerivationOptions& options_;
  detail::RoundingErrors errors_{graph_};
  Derivation out_;
  Formula result_{std::string("L")};
  std::vector<int> uses_;  // of each slot, those that the gradient has not come back from yet
  std::vector<int> all_uses_;
  std::set<std::type_index> spelled_;             // ops that were written out already
  std::vector<std::vector<detail::Part>> parts_;  // of each slot's gradient, in the order in which they arrive
};

}  // namespace

std::string derivation_number(double x, int digits) { return text::brief(x, digits); }

Derivation derivation(const Graph& graph, const DerivationOptions& options) {
  return Teacher(graph, options).explain();
}

}  // namespace gradus
