#include "autograd/derive/derivation_update.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <utility>

#include "autograd/array/print.h"
#include "autograd/base/error.h"
#include "autograd/base/index.h"
#include "autograd/derive/derivation_numbers.h"

namespace gradus::detail {

namespace {

struct Becomes {
  static constexpr std::string_view infix = " ← ";
};

double sum_of(const Array& a) {
  double total = 0.0;
  for (const double x : a.to_vector()) total += x;
  return total;
}

std::vector<DerivationUpdate::Leaf> moved_leaves(const Graph& graph, double rate, bool parameters_only) {
  std::vector<DerivationUpdate::Leaf> leaves;
  const auto& slots = graph.slots();
  for (std::size_t i = 0; i < slots.size(); ++i) {
    const Slot& leaf = slots[i];
    if (leaf.step >= 0 || !leaf.gradient.defined() || (parameters_only && leaf.role != Role::parameter) ||
        !leaf.value.defined() || !leaf.value.has_data())
      continue;
    std::vector<double> numbers = leaf.value.to_vector();
    const std::vector<double> slopes = leaf.gradient.to_vector();
    for (std::size_t k = 0; k < numbers.size(); ++k) numbers[k] -= rate * slopes[k];
    leaves.push_back({static_cast<int>(i), leaf.value, leaf.gradient, Array(leaf.shape, numbers).to(leaf.dtype)});
  }
  return leaves;
}

DerivationUpdate step_downhill(const Graph& graph, double rate) {
  DerivationUpdate update;
  update.learning_rate = rate;
  update.leaves = moved_leaves(graph, rate, true);
  update.of_parameters = !update.leaves.empty();
  if (!update.of_parameters) update.leaves = moved_leaves(graph, rate, false);
  const Slot& output = graph.slots()[at(graph.outputs().front())];
  update.before = sum_of(output.value);
  std::vector<RunInput> moved;
  for (const DerivationUpdate::Leaf& leaf : update.leaves) moved.emplace_back(leaf.slot, leaf.after);
  try {
    update.after = sum_of(graph.run(moved).front());
  } catch (const GraphError&) {
    update.after.reset();  // functions of the user's
  }
  return update;
}

/// η, unless that is taken.
std::string name_of_rate(const Derivation& derivation) {
  for (const char* name : {"η", "lr", "rate"}) {
    if (std::ranges::find(derivation.symbols, name) == derivation.symbols.end()) return name;
  }
  return "learning rate";
}

Equation moved_line(const Derivation& derivation, const DerivationUpdate::Leaf& leaf, const Formula& result,
                    const std::string& rate_name, double rate) {
  const auto put_in = [&](double x) { return detail::put_in(x, derivation.digits); };
  const Formula w(derivation.symbols[at(leaf.slot)]);
  Equation line;
  line.sides.push_back(Formula::interpret(
      Becomes{}, w, Formula::interpret(Sub{}, w, Formula::product(Formula(rate_name), Formula::partial(result, w)))));
  const bool one = leaf.before.size() == 1;
  if (one) {
    line.sides.push_back(Formula::interpret(Sub{}, put_in(leaf.before.item()),
                                            Formula::product(put_in(rate), put_in(leaf.gradient.item()))));
  }
  if (one) {
    line.sides.push_back(put_in(leaf.after.item()));
  } else if (leaf.after.size() <= most_written) {
    line.sides.push_back(Formula::array(numbers_of(leaf.after, derivation.digits)));
  }
  if (!one || leaf.before.rank() > 0) line.shapes = fmt::format("({})", text::dimensions(leaf.before.shape()));
  return line;
}

// Where the step did not do what a step against the gradient is for: what happened, and why.  Else nothing.
std::string words_on_failure(const Derivation& derivation, const DerivationUpdate& update,
                             const std::string& rate_name) {
  const double before = update.before;
  const double after = *update.after;
  const char* const why =
      "a gradient is the slope where it is taken, and this step went further than that holds; try a";
  if (after > before) {
    return fmt::format(" It grew from {} to {}: {} smaller {}.", derivation_number(before, derivation.digits),
                       derivation_number(after, derivation.digits), why, rate_name);
  }
  if (std::isnan(after) && !std::isnan(before)) return fmt::format(" It is no number: {} smaller {}.", why, rate_name);
  return {};
}

}  // namespace

Formula result_formula(const Graph& graph, const Derivation& derivation) {
  const int output = graph.outputs().front();
  const Formula symbol(derivation.symbols[at(output)]);
  if (graph.slots()[at(output)].shape.size() == 1) return symbol;
  return Formula::call("sum", std::span<const Formula>(&symbol, 1));
}

void explain_update(const Graph& graph, double learning_rate, Derivation& out) {
  if (!std::isfinite(learning_rate) || learning_rate <= 0.0) {
    throw ValueError(fmt::format("[derivation] a learning rate is a positive number, not {}", learning_rate));
  }
  DerivationUpdate update = step_downhill(graph, learning_rate);
  const Formula result = result_formula(graph, out);
  const std::string rate_name = name_of_rate(out);
  DerivationStep step;
  step.phase = Phase::update;
  step.title = "Take a step against the gradient";
  step.text =
      fmt::format("{} moves against its gradient, {} = {} times as far.",
                  update.of_parameters ? "Each parameter" : "There are no parameters: each leaf with a gradient",
                  rate_name, derivation_number(learning_rate, out.digits));
  for (const DerivationUpdate::Leaf& leaf : update.leaves) {
    step.slots.push_back(leaf.slot);
    step.equations.push_back(moved_line(out, leaf, result, rate_name, learning_rate));
  }
  out.steps.push_back(std::move(step));
  DerivationStep again;
  again.phase = Phase::update;
  again.title = "Run forward again";
  again.slots.push_back(graph.outputs().front());
  if (update.after.has_value()) {
    again.text = "The same steps from the new numbers give the new result." + words_on_failure(out, update, rate_name);
    again.equations.push_back({{result, put_in(*update.after, out.digits)}, "", ""});
  } else {
    again.text = "This graph holds functions that were not recorded: it cannot be run again.";
  }
  out.steps.push_back(std::move(again));
  out.update = std::move(update);
}

}  // namespace gradus::detail
