#include "autograd/graph/derivation_pullback.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "autograd/graph/text.h"
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

std::vector<Part> pullback_parts(const Graph& graph, const Graph::Step& step, std::span<const Formula> symbols,
                                 const Formula& result, const Formula& arriving, const Formula& spelled) {
  const auto slot = [&](int i) -> const Slot& { return graph.slots()[at(i)]; };
  std::vector<Part> parts(step.arguments.size());
  if (step.rule->elementwise().kernels != nullptr) {
    for (std::size_t k = 0; k < parts.size(); ++k) {
      const Formula slope = step.rule->derivative(k, symbols, result);
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
    const Formula rule = pulled.formula(last);
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
