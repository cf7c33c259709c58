#include "autograd/derive/derivation_statement.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "autograd/base/index.h"
#include "autograd/base/utf8.h"
#include "autograd/derive/derivation_numbers.h"
#include "autograd/derive/derivation_parts.h"
#include "autograd/derive/derivation_update.h"
#include "autograd/derive/formula_value.h"
#include "autograd/derive/symbolic.h"
#include "autograd/math/typeset.h"

namespace gradus {

namespace {

using detail::at;

// What is listed in a sentence; more than that is told by its number.
constexpr std::size_t most_listed = 8;

bool is_wanted(const Slot& slot) { return slot.step < 0 && slot.gradient.defined(); }

/// "a, b and c".
std::string in_a_row(const std::vector<std::string>& parts) {
  if (parts.size() < 2) return fmt::format("{}", fmt::join(parts, ""));
  return fmt::format("{} and {}", fmt::join(parts.begin(), parts.end() - 1, ", "), parts.back());
}

/// The result and every value that has a name, each in terms of those before: the lines one would write down first.
std::vector<Equation> definitions_of_task(const Graph& graph, const Derivation& derivation) {
  constexpr std::size_t longest = 100;
  constexpr std::size_t most_lines = 12;
  const int output = graph.outputs().front();
  std::vector<int> named;
  for (std::size_t i = 0; i < graph.slots().size(); ++i) {
    const Slot& slot = graph.slots()[i];
    if (slot.step >= 0 && (!slot.name.empty() || static_cast<int>(i) == output)) named.push_back(static_cast<int>(i));
  }
  if (named.size() > most_lines) named.assign(1, output);
  std::vector<Equation> lines;
  for (const int slot : named) {
    const Formula formula = graph.formula(slot, longest);
    if (text::code_points(formula.text()) > longest) continue;
    Equation line{{Formula(derivation.symbols[at(slot)]), formula}, "", ""};
    line.symbolic = 2;
    lines.push_back(std::move(line));
  }
  return lines;
}

/// Whether letters, with the numbers that they stand for, come to a finite number where the gradient is one.  Of arrays
/// nobody asks.
bool has_value(const Graph& graph, const Derivation& derivation, const Formula& letters, const Array& gradient) {
  if (gradient.size() != 1 || !std::isfinite(gradient.item())) return true;
  std::vector<Formula> numbers;
  numbers.reserve(letters.terms().size());
  const Formula filled_in = letters.with_names_replaced([&](const std::string& name) -> const Formula* {
    const auto symbol = std::ranges::find(derivation.symbols, name);
    if (symbol == derivation.symbols.end()) return nullptr;
    const Array& value = graph.slots()[static_cast<std::size_t>(symbol - derivation.symbols.begin())].value;
    if (!value.defined() || !value.has_data() || value.size() != 1 || numbers.size() == numbers.capacity())
      return nullptr;
    numbers.push_back(detail::put_in(value.item(), derivation.digits));
    return &numbers.back();
  });
  const auto found = detail::value_of(filled_in, detail::NumbersOf::memory);
  return !found || std::isfinite(found->numbers.front());
}

}  // namespace

DerivationStatement detail::task_of(const Graph& graph, const Derivation& derivation) {
  DerivationStatement task{"Task", "", definitions_of_task(graph, derivation)};
  const Formula result = result_formula(graph, derivation);
  std::vector<std::string> wanted;
  std::vector<std::string> given;
  std::size_t leaves = 0;
  for (std::size_t i = 0; i < graph.slots().size(); ++i) {
    const Slot& slot = graph.slots()[i];
    if (slot.step >= 0) continue;
    const Formula symbol(derivation.symbols[i]);
    if (is_wanted(slot)) wanted.push_back(text::typeset(Formula::partial(result, symbol).text()));
    const bool is_plain = slot.role == Role::constant && slot.name.empty();
    if (is_plain) continue;
    ++leaves;
    if (slot.value.defined() && slot.value.has_data() && slot.value.size() == 1) {
      given.push_back(fmt::format("{} {} {}", text::typeset(symbol.text()),
                                  is_rounded(slot.value, derivation.digits) ? "≈" : "=",
                                  derivation_number(slot.value.item(), derivation.digits)));
    }
  }
  task.text = wanted.size() > most_listed ? fmt::format("Wanted: the gradients of {} leaves", wanted.size())
                                          : fmt::format("Wanted: {}", in_a_row(wanted));
  const bool all_given = given.size() == leaves && leaves <= most_listed;
  task.text += all_given && leaves > 0 ? fmt::format(" at {}.", in_a_row(given)) : " at the numbers below.";
  return task;
}

DerivationStatement detail::answer_of(const Graph& graph, const Derivation& derivation, std::size_t longest_letters) {
  DerivationStatement answer{"Answer", "", {}};
  const Formula result = result_formula(graph, derivation);
  const SymbolicResult letters =
      longest_letters == 0 ? SymbolicResult{} : symbolic_gradients(graph, derivation.symbols, longest_letters);
  for (const SymbolicDefinition& one : letters.definitions) {
    answer.equations.push_back({{Formula(derivation.symbols[at(one.slot)]), one.formula}, "", ""});
    answer.equations.back().symbolic = 2;
  }
  for (std::size_t i = 0; i < graph.slots().size(); ++i) {
    const Slot& leaf = graph.slots()[i];
    if (!is_wanted(leaf)) continue;
    Equation line{{Formula::partial(result, Formula(derivation.symbols[i]))}, "", ""};
    const auto known = std::ranges::find(letters.gradients, static_cast<int>(i), &SymbolicGradient::slot);
    // By convention a gradient may be a number where its formula has no value.
    if (known != letters.gradients.end() && has_value(graph, derivation, known->formula, leaf.gradient)) {
      line.sides.push_back(known->formula);
    }
    line.symbolic = line.sides.size();
    if (leaf.gradient.size() == 1) {
      Formula number = put_in(leaf.gradient.item(), derivation.digits);
      if (line.sides.back().text() != number.text()) line.sides.push_back(std::move(number));
    } else if (leaf.gradient.size() <= most_written) {
      line.sides.push_back(Formula::array(numbers_of(leaf.gradient, derivation.digits)));
    }
    if (line.sides.size() > line.symbolic && is_rounded(leaf.gradient, derivation.digits)) {
      line.approximate.assign(line.sides.size(), false);
      line.approximate.back() = true;
    }
    if (leaf.shape.rank() > 0) line.shapes = shape_in_words(leaf.shape);
    answer.equations.push_back(std::move(line));
  }
  return answer;
}

Derivation letters_only(const Graph& graph, const Derivation& derivation, std::size_t longest_letters) {
  Derivation out;
  out.symbols = derivation.symbols;
  out.digits = derivation.digits;
  out.task = detail::task_of(graph, derivation);
  out.task.text.clear();
  out.answer = detail::answer_of(graph, derivation, longest_letters);
  out.answer.title = "In letters";
  std::vector<std::string> missing;
  std::erase_if(out.answer.equations, [&](Equation& line) {
    line.sides.resize(line.symbolic, Formula(0.0));
    line.approximate.clear();
    if (line.sides.size() > 1) return false;
    missing.push_back(text::typeset(line.sides.front().text()));
    return true;
  });
  // What the task has said already.
  std::erase_if(out.answer.equations, [&](const Equation& line) {
    return std::ranges::any_of(out.task.equations, [&](const Equation& said) {
      return said.sides.front().text() == line.sides.front().text();
    });
  });
  if (!missing.empty()) {
    out.answer.text =
        missing.size() > most_listed
            ? fmt::format("{} gradients have no short form in letters.", missing.size())
            : fmt::format("{} {} no short form in letters.", in_a_row(missing), missing.size() == 1 ? "has" : "have");
  }
  return out;
}

}  // namespace gradus
