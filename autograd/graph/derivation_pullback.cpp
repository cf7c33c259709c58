#include "autograd/graph/derivation_pullback.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <typeinfo>
#include <utility>

#include "autograd/graph/text.h"
#include "autograd/math/ops.h"
#include "autograd/tensor/rule.h"

namespace gradus::detail {

namespace {

std::size_t at(int i) { return static_cast<std::size_t>(i); }

/// The formula with every name replaced that stands for something.
using Replacement = std::pair<std::string, Formula>;
Formula replaced(const Formula& formula, std::span<const Replacement> replacements) {
  return formula.with_names_replaced([&](const std::string& name) -> const Formula* {
    const auto found = std::ranges::find(replacements, name, &Replacement::first);
    return found == replacements.end() ? nullptr : &found->second;
  });
}

// What a rule is asked about its own: names that no user can have given, in the order of its arguments.
std::string placeholder(std::size_t k) { return "\x01" + std::to_string(k); }
constexpr const char* placeholder_result = "\x01y";

/// ∂result/∂argument k in placeholders.
std::optional<Formula> slope_in_placeholders(const Rule& rule, std::size_t k, std::size_t arity) {
  std::vector<Formula> names;
  for (std::size_t i = 0; i < arity; ++i) names.emplace_back(placeholder(i));
  const Formula result{std::string(placeholder_result)};
  // A power serves other ops, and so its rule does not tell its derivative.
  const AnyOp op = rule.op_struct();
  if (op.type != nullptr && *op.type == typeid(Power)) {
    return partial<0>(*static_cast<const Power*>(op.op), names[0], result);
  }
  Formula slope = rule.derivative(k, names, result);
  if (slope.terms().back().kind == Formula::Kind::derivative) return std::nullopt;
  return slope;
}

/// Whether a factor of a product of two matrices is read transposed.
std::array<bool, 2> transposed_factors(const Rule& matmul) {
  const std::array names{Formula(std::string("a")), Formula(std::string("b"))};
  std::array<bool, 2> transposed{};
  std::size_t factor = 0;
  const Formula product = matmul.formula(names);
  for (const Formula::Term& term : product.terms()) {
    if (term.kind == Formula::Kind::name) ++factor;
    if (term.kind == Formula::Kind::transpose) transposed[factor - 1] = true;
  }
  return transposed;
}

std::string factor_shape(const Shape& shape, bool transposed) {
  if (!transposed || shape.rank() < 2) return fmt::format("({})", text::dimensions(shape));
  std::vector<std::int64_t> sizes(shape.begin(), shape.end());
  std::swap(sizes[sizes.size() - 1], sizes[sizes.size() - 2]);
  return fmt::format("({})", text::dimensions(Shape(sizes)));
}

struct SpreadOver {
  static constexpr std::string_view infix = " spread over ";
};
struct Reshaped {
  static constexpr std::string_view infix = " reshaped to ";
};

bool only_repeats(const Rule& rule) { return rule.kind() == OpKind::layout; }

/// What the pullback computes, as people write it: that an array is repeated until it fits another goes without saying, and
/// at the end it is said in words.
Formula rule_of(const Graph& pulled) {
  const auto& slots = pulled.slots();
  const auto& steps = pulled.steps();
  std::vector<bool> is_for_repeating(slots.size(), true);  // whether it is read by layout ops alone
  for (const Graph::Step& step : steps) {
    for (const int argument : step.arguments) {
      is_for_repeating[at(argument)] = is_for_repeating[at(argument)] && only_repeats(*step.rule);
    }
  }
  const int output = pulled.outputs().front();
  is_for_repeating[at(output)] = false;
  std::vector<Formula> formulas;
  std::vector<Formula> arguments;
  constexpr std::size_t longest = 200;
  for (std::size_t i = 0; i < slots.size(); ++i) {
    if (slots[i].step < 0) {
      formulas.push_back(pulled.formula(static_cast<int>(i)));
      continue;
    }
    const Graph::Step& step = steps[at(slots[i].step)];
    arguments.clear();
    for (const int argument : step.arguments) arguments.push_back(formulas[at(argument)]);
    const bool reshapes = step.rule->name() == "reshape";
    formulas.push_back(reshapes ? arguments[0] : step.rule->formula(arguments));
    if (text::code_points(formulas.back().text()) > longest) return pulled.formula(output);
    if (reshapes && !is_for_repeating[i] && static_cast<int>(i) != output) {
      formulas.back() = step.rule->formula(arguments);
    }
  }
  const Slot& last = slots[at(output)];
  if (last.step < 0) return formulas[at(output)];
  const Graph::Step& step = steps[at(last.step)];
  const Formula shape(fmt::format("({})", text::dimensions(last.shape)));
  if (only_repeats(*step.rule) && slots[at(step.arguments[0])].shape.size() != last.shape.size()) {
    return Formula::interpret(SpreadOver{}, formulas[at(output)], shape);
  }
  return step.rule->name() == "reshape" ? Formula::interpret(Reshaped{}, formulas[at(output)], shape)
                                        : formulas[at(output)];
}

/// Numbers of the right shape where the recording kept none: the rule is read, not its result.
Array numbers_for(const Slot& slot) {
  return slot.value && slot.value.has_data() ? slot.value : Array::zeros(slot.shape, slot.dtype);
}

void explain_product(Part& part, const Graph& pulled, const Graph::Step& last) {
  const auto& slots = pulled.slots();
  const Shape& a = slots[at(last.arguments[0])].shape;
  const Shape& b = slots[at(last.arguments[1])].shape;
  part.shapes = product_shapes(*last.rule, a, b, slots[at(last.result)].shape);
  const auto [first, second] = transposed_factors(*last.rule);
  if (!first && !second) return;
  const Shape& turned = first ? a : b;
  part.reason =
      fmt::format("the {} factor is transposed: only {} fits, and the sum over its inner axis of {} collects {}",
                  first ? "first" : "second", factor_shape(turned, true), turned[first ? 0 : 1],
                  first ? "what every row of the batch contributes" : "every way forward");
}

}  // namespace

std::string product_shapes(const Rule& matmul, const Shape& a, const Shape& b, const Shape& result) {
  const auto [first, second] = transposed_factors(matmul);
  return fmt::format("{}{} = ({})", factor_shape(a, first), factor_shape(b, second), text::dimensions(result));
}

std::optional<Formula> slope_of(const Rule& rule, std::size_t k, std::span<const Formula> x, const Formula& y) {
  const std::optional<Formula> slope = slope_in_placeholders(rule, k, x.size());
  if (!slope) return std::nullopt;
  if (slope->terms().size() == 1 && slope->terms()[0].kind != Formula::Kind::name) return slope;  // a number
  std::vector<Replacement> names{{placeholder_result, y}};
  for (std::size_t i = 0; i < x.size(); ++i) names.emplace_back(placeholder(i), x[i]);
  return replaced(*slope, names);
}

std::vector<Part> pullback_parts(const Graph& graph, const Graph::Step& step, std::span<const Formula> symbols,
                                 const Formula& result, const Formula& arriving, const Formula& spelled) {
  const auto slot = [&](int i) -> const Slot& { return graph.slots()[at(i)]; };
  std::vector<Part> parts(step.arguments.size());
  if (step.rule->elementwise().kernels != nullptr) {
    for (std::size_t k = 0; k < parts.size(); ++k) {
      const Formula slope = slope_of(*step.rule, k, symbols, result).value_or(Formula::partial(result, symbols[k]));
      parts[k].symbols = Formula::elementwise_product(arriving, slope);
      parts[k].chain = Formula::elementwise_product(spelled, slope);
    }
    return parts;
  }
  // The rule is run once more on leaves with names of our own, and recorded.
  std::vector<Tensor> x;
  std::vector<Replacement> names{{"G", arriving}, {"Y", result}};
  std::vector<Replacement> spelled_names{{"G", spelled}, {"Y", result}};
  std::uint32_t wanted = 0;
  for (std::size_t k = 0; k < parts.size(); ++k) {
    const std::string name = fmt::format("X{}", k);
    x.push_back(variable(numbers_for(slot(step.arguments[k])), name));
    names.emplace_back(name, symbols[k]);
    spelled_names.emplace_back(name, symbols[k]);
    if (slot(step.arguments[k]).gradient) wanted |= 1U << k;
  }
  const Tensor y = variable(numbers_for(slot(step.result)), "Y");
  const Tensor g = variable(slot(step.result).gradient, "G");
  std::vector<Tensor> out(parts.size());
  step.rule->pull(Tensor(g), x, y, wanted, out.data());
  for (std::size_t k = 0; k < parts.size(); ++k) {
    if (!out[k]) continue;
    const Graph pulled(out[k]);
    const int last = pulled.outputs().front();
    const Formula rule = rule_of(pulled);
    parts[k].symbols = replaced(rule, names);
    parts[k].chain = replaced(rule, spelled_names);
    const int made_by = pulled.slots()[at(last)].step;
    if (made_by < 0) continue;
    const Graph::Step& made = pulled.steps()[at(made_by)];
    if (made.rule->name() == "matmul") explain_product(parts[k], pulled, made);
  }
  return parts;
}

void sum_down(Part& part, const Shape& repeated, const Shape& original, const std::string& name) {
  if (repeated == original) return;
  const auto summed = [](const Formula& f) { return Formula::call("sum", std::span<const Formula>(&f, 1)); };
  if (part.symbols.has_value()) part.symbols.emplace(summed(part.symbols.value()));
  if (part.chain.has_value()) part.chain.emplace(summed(part.chain.value()));
  part.numbers.reset();
  part.product.reset();
  part.shapes = fmt::format("{} → {}", text::dimensions(repeated), text::dimensions(original));
  part.reason = fmt::format("{} was used {} times, so what arrives at each place is summed", name,
                            original.size() == 0 ? 0 : repeated.size() / original.size());
}

}  // namespace gradus::detail
