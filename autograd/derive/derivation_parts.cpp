#include "autograd/derive/derivation_parts.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <utility>

#include "autograd/array/print.h"
#include "autograd/base/index.h"
#include "autograd/base/utf8.h"
#include "autograd/derive/derivation.h"
#include "autograd/derive/derivation_numbers.h"
#include "autograd/derive/derivation_paths.h"
#include "autograd/derive/derivation_words.h"
#include "autograd/math/ops.h"
#include "autograd/math/typeset.h"
#include "autograd/tensor/ops/linear_algebra.h"
#include "autograd/tensor/ops/structural.h"
#include "autograd/tensor/rule.h"
#include "autograd/tensor/taught_rule.h"

namespace gradus::detail {

namespace {

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

/// How many products of a batch add up to one of the results.
std::int64_t batched_products(const Shape& a, const Shape& b, const Shape& result) {
  const auto batch = [](const Shape& s) {
    return Shape(s.sizes().first(static_cast<std::size_t>(std::max(s.rank() - 2, 0))));
  };
  const std::int64_t results = batch(result).size();
  return results == 0 ? 1 : broadcast(batch(a), batch(b), "matmul").size() / results;
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
    const bool reshapes = is_op<Reshape>(*step.rule);
    formulas.push_back(reshapes ? arguments[0] : step.rule->formula(arguments));
    if (is_op<MatMul>(*step.rule)) {
      const auto shape = [&](int slot) -> const Shape& { return slots[at(slot)].shape; };
      if (batched_products(shape(step.arguments[0]), shape(step.arguments[1]), slots[i].shape) > 1) {
        formulas.back() = Formula::call("Σ", std::array{formulas.back()});
      }
    }
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
  return is_op<Reshape>(*step.rule) ? Formula::interpret(Reshaped{}, formulas[at(output)], shape)
                                    : formulas[at(output)];
}

/// Numbers of the right shape where the recording kept none: the rule is read, not its result.
Array numbers_for(const Slot& slot) {
  return slot.value.defined() && slot.value.has_data() ? slot.value : Array::zeros(slot.shape, slot.dtype);
}

/// Who receives what in C = AB.  The gradient of B sums over the rows of A, that of A over the columns of B: over everything
/// that an entry was used for.
std::string summed_in_product(const WrittenStep& written, std::size_t k, std::int64_t batch) {
  const auto& slots = written.graph.slots();
  const Shape& result = slots[at(written.step.result)].shape;
  const int other = written.origins[1 - k];
  const int own = written.origins[k];
  const std::int64_t one = k == 1 ? result[result.rank() - 2] : result[result.rank() - 1];
  const std::int64_t size = one * batch;
  const std::string name = text::typeset(written.symbols[1 - k].text());
  if (size == 1) return fmt::format("{} has one {}: there is nothing to add up", name, k == 1 ? "row" : "column");
  // Data that is given, and not what was computed from it.
  const bool is_batch = k == 1 && slots[at(own)].role == Role::parameter && slots[at(other)].step < 0 &&
                        slots[at(other)].role != Role::parameter;
  if (is_batch) return fmt::format("the sum adds up what the {} rows of the batch {} contribute", size, name);
  return fmt::format("the sum adds up what comes back from the {} {} of {}: each makes results of its own out of {}",
                     size, k == 1 ? "rows" : "columns", name, text::typeset(written.symbols[k].text()));
}

/// Which numbers meet in AᵀB, or in ABᵀ.
std::string transposed_by_index(const std::string& a, const std::string& b, bool first) {
  return first ? fmt::format("number [j, k] of the result is the sum over i of {}[i, j]·{}[i, k]", a, b)
               : fmt::format("number [i, j] of the result is the sum over k of {}[i, k]·{}[j, k]", a, b);
}

void explain_product(Part& part, const WrittenStep& written, std::size_t k, const Graph& pulled,
                     const Graph::Step& last) {
  const auto& slots = pulled.slots();
  const Shape& a = slots[at(last.arguments[0])].shape;
  const Shape& b = slots[at(last.arguments[1])].shape;
  const std::int64_t batch = batched_products(a, b, slots[at(last.result)].shape);
  part.shapes = product_shapes(*last.rule, a, b, slots[at(last.result)].shape);
  const auto [first, second] = transposed_factors(*last.rule);
  if (!first && !second) return;
  const Shape& turned = first ? a : b;
  const bool is_square = turned.rank() >= 2 && turned[turned.rank() - 1] == turned[turned.rank() - 2];
  const auto name_of = [&](int factor) {  // as recorded: G, and X0, X1 for the arguments
    const std::string& name = slots[at(factor)].name;
    const bool argument = name == "X0" || name == "X1";
    return argument ? text::typeset(written.symbols[name == "X0" ? 0 : 1].text()) : name;
  };
  const std::string one = name_of(last.arguments[0]);
  const std::string other = name_of(last.arguments[1]);
  // The shapes of square matrices fit either way.
  const bool can_name = !one.empty() && !other.empty() && first != second;
  const std::string why = !is_square ? fmt::format("only {} fits", factor_shape(turned, true))
                          : can_name ? transposed_by_index(one, other, first)
                                     : "only so does each number meet what it was multiplied by";
  part.reason = fmt::format("{} transposed: {}; {}{}",
                            first && second ? "both factors are"
                            : first         ? "the first factor is"
                                            : "the second factor is",
                            why, batch > 1 ? fmt::format("Σ adds up {} products; ", batch) : "",
                            summed_in_product(written, k, batch));
}

bool is_number(const Array& a) { return a.defined() && a.has_data() && a.size() == 1; }

/// ∂q/∂x as a symbol.  Where q depends on x in other ways too that stands for more than what the step does: then the op is
/// named instead.
Formula local_symbol(const WrittenStep& written, std::size_t k, bool linked) {
  const Formula above = linked ? written.result : Formula(std::string(written.step.rule->name()));
  return Formula::partial(above, written.symbols[k]);
}

bool is_linked(const WrittenStep& written, std::size_t k) {
  return !written.is_shared[k] || !has_other_paths(written.graph, written.step, k, written.origins[k]);
}

/// The numbers of a part, or that nothing is passed on.
void put_numbers_in(Part& part, const WrittenStep& written, std::size_t k, std::span<const Formula> values) {
  const auto put_in = [&](double x) { return detail::put_in(x, written.digits); };
  const Slot& result = written.graph.slots()[at(written.step.result)];
  const Array& derivative = written.step.derivatives[k];
  if (!is_number(derivative)) {
    part.value = Formula(std::string("?"));
    return;
  }
  const double g = result.gradient.item();
  const double d = derivative.item();
  const double passed = handed_on(written.graph, written.step, k, g);
  const double product = g * d;
  if (passed == 0.0 && std::isnan(product)) {
    part.product = part.value = put_in(0.0);
    part.remark = g == 0.0
                      ? "The gradient that arrives is 0 and stops here: 0 times anything is 0 in the chain rule."
                      : "Nothing is passed on where the derivative is 0 by definition, however large the gradient.";
    return;
  }
  const std::optional<Formula> slope = slope_of(*written.step.rule, k, values, put_in(result.value.item()));
  if (slope) part.numbers = Formula::product(put_in(g), *slope);
  part.product = Formula::product(put_in(g), put_in(d));
  part.value = put_in((result.gradient * derivative).item());
}

/// Where a gradient of 0 meets a derivative that is not finite, in an op that works number by number.
bool some_stop(const WrittenStep& written, std::span<const Array> x, const Array& y) {
  const Array& gradient = written.graph.slots()[at(written.step.result)].gradient;
  const std::vector<double> g = gradient.to_vector();
  if (std::ranges::find(g, 0.0) == g.end()) return false;
  std::uint32_t wanted = 0;
  for (std::size_t k = 0; k < x.size(); ++k) {
    if (written.graph.slots()[at(written.step.arguments[k])].gradient.defined()) wanted |= 1U << k;
  }
  std::vector<Array> slopes(x.size());
  written.step.rule->pull(Array::full(gradient.shape(), 1.0, gradient.dtype()), x, y, wanted, slopes.data());
  return std::ranges::any_of(slopes, [&](const Array& slope) {
    if (!slope.defined()) return false;
    const std::vector<double> d = slope.to_vector();
    for (std::size_t i = 0; i < d.size(); ++i) {
      if (g[i] == 0.0 && !std::isfinite(d[i])) return true;
    }
    return false;
  });
}

}  // namespace

std::string product_shapes(const Rule& matmul, const Shape& a, const Shape& b, const Shape& result) {
  const auto [first, second] = transposed_factors(matmul);
  const bool summed = batched_products(a, b, result) > 1;
  return fmt::format("{}{}{} = ({})", summed ? "Σ " : "", factor_shape(a, first), factor_shape(b, second),
                     text::dimensions(result));
}

bool only_turns(const Graph::Step& step, const Graph& graph) {
  if (!is_op<Reshape>(*step.rule)) return false;
  const auto long_axes = [&](int slot) {
    std::vector<std::int64_t> sizes;
    std::ranges::copy_if(graph.slots()[at(slot)].shape, std::back_inserter(sizes),
                         [](std::int64_t n) { return n != 1; });
    return sizes;
  };
  return long_axes(step.arguments.front()) == long_axes(step.result);
}

std::string shape_in_words(const Shape& shape) {
  return shape.rank() == 0 ? "scalar" : fmt::format("({})", text::dimensions(shape));
}

std::optional<Formula> slope_of(const Rule& rule, std::size_t k, std::span<const Formula> x, const Formula& y) {
  const std::optional<Formula> slope = slope_in_placeholders(rule, k, x.size());
  if (!slope) return std::nullopt;
  if (slope->terms().size() == 1 && slope->terms()[0].kind != Formula::Kind::name) return slope;  // a number
  std::vector<Replacement> names{{placeholder_result, y}};
  for (std::size_t i = 0; i < x.size(); ++i) names.emplace_back(placeholder(i), x[i]);
  return replaced(*slope, names);
}

std::vector<Part> scalar_parts(const WrittenStep& written) {
  const Graph::Step& op = written.step;
  const auto slot = [&](int i) -> const Slot& { return written.graph.slots()[at(i)]; };
  std::vector<Formula> values;
  for (const int argument : op.arguments) {
    if (!is_number(slot(argument).value)) break;
    values.push_back(put_in(slot(argument).value.item(), written.digits));
  }
  const bool known =
      values.size() == op.arguments.size() && is_number(slot(op.result).value) && is_number(slot(op.result).gradient);
  std::vector<Part> parts(op.arguments.size());
  for (std::size_t k = 0; k < parts.size(); ++k) {
    if (!slot(op.arguments[k]).gradient.defined()) continue;
    const bool linked = is_linked(written, k);
    const std::optional<Formula> slope = slope_of(*op.rule, k, written.symbols, written.result);
    // The result itself has the gradient 1, which is not worth a factor: ∂y/∂x is the slope.
    const bool is_output = op.result == written.graph.outputs().front() && slope;
    if (slope) parts[k].symbols = is_output ? *slope : Formula::product(written.gradient, *slope);
    if (is_output) parts[k].alone = Formula::product(written.gradient, *slope);
    if (!is_output && (linked || !slope)) {
      parts[k].chain = Formula::product(written.gradient, local_symbol(written, k, linked));
    }
    parts[k].names_derivative = parts[k].chain && parts[k].symbols;
    if (known) put_numbers_in(parts[k], written, k, values);
    if (is_output && parts[k].numbers) {
      parts[k].numbers = slope_of(*op.rule, k, values, put_in(slot(op.result).value.item(), written.digits));
      parts[k].product = parts[k].value;
    }
  }
  return parts;
}

std::vector<Part> pullback_parts(const WrittenStep& written, const Formula& arriving) {
  const Graph::Step& step = written.step;
  const auto slot = [&](int i) -> const Slot& { return written.graph.slots()[at(i)]; };
  std::vector<Part> parts(step.arguments.size());
  // The rule is run once more on leaves with names of our own, and recorded.
  std::vector<Tensor> x;
  std::vector<Array> numbers;
  std::vector<Replacement> names{{"G", arriving}, {"Y", written.result}};
  std::vector<Replacement> spelled_names{{"G", written.gradient}, {"Y", written.result}};
  std::uint32_t wanted = 0;
  for (std::size_t k = 0; k < parts.size(); ++k) {
    const std::string name = fmt::format("X{}", k);
    numbers.push_back(numbers_for(slot(step.arguments[k])));
    x.push_back(variable(numbers.back(), name));
    names.emplace_back(name, written.symbols[k]);
    spelled_names.emplace_back(name, written.symbols[k]);
    if (slot(step.arguments[k]).gradient.defined()) wanted |= 1U << k;
  }
  const Tensor y = variable(numbers_for(slot(step.result)), "Y");
  const Tensor g = variable(slot(step.result).gradient, "G");
  std::vector<Tensor> out(parts.size());
  step.rule->pull(Tensor(g), x, y, wanted, out.data());
  const bool elementwise = step.rule->elementwise().kernels != nullptr;
  const bool stops = elementwise && some_stop(written, numbers, y.value());
  for (std::size_t k = 0; k < parts.size(); ++k) {
    Part& part = parts[k];
    if (!out[k].defined()) {
      part.symbols = Formula(0.0);  // what a function of the user's passes nothing to
      continue;
    }
    part.received = out[k].value();
    if (stops) part.remark = "Where the gradient that arrives is 0 it stops: 0 times anything is 0 in the chain rule.";
    if (elementwise) {
      const Formula slope = slope_of(*step.rule, k, written.symbols, written.result)
                                .value_or(local_symbol(written, k, is_linked(written, k)));
      part.symbols = Formula::elementwise_product(arriving, slope);
      part.chain = Formula::elementwise_product(written.gradient, slope);
      continue;
    }
    if (const auto taught =
            taught_rule(written.graph, step, k, arriving, written.symbols, written.result, written.parts)) {
      part.symbols = taught->rule;
      part.chain =
          taught_rule(written.graph, step, k, written.gradient, written.symbols, written.result, written.parts)->rule;
      part.reason = taught->reason;
      continue;
    }
    const Graph pulled(out[k]);
    const int last = pulled.outputs().front();
    const Formula rule = rule_of(pulled);
    if (names_an_internal_op(rule)) {
      const Formula local = local_symbol(written, k, is_linked(written, k));
      part.symbols = Formula::product(arriving, local);
      part.chain = Formula::product(written.gradient, local);
      continue;
    }
    part.symbols = replaced(rule, names);
    part.chain = replaced(rule, spelled_names);
    part.reason = reason_of_pullback(*step.rule, slot(step.arguments[0]).shape);
    const int made_by = pulled.slots()[at(last)].step;
    if (made_by < 0) continue;
    const Graph::Step& made = pulled.steps()[at(made_by)];
    if (is_op<MatMul>(*made.rule) && is_op<MatMul>(*step.rule)) {
      explain_product(part, written, k, pulled, made);
    }
  }
  return parts;
}

namespace {

/// The axes along which one shape was repeated to another: "0", "(0, 2)".
std::string summed_axes(const Shape& repeated, const Shape& original) {
  std::vector<int> axes;
  const int added = repeated.rank() - original.rank();
  for (int k = 0; k < repeated.rank(); ++k) {
    if (k < added || original[k - added] != repeated[k]) axes.push_back(k);
  }
  return axes.size() == 1 ? std::to_string(axes[0]) : fmt::format("({})", fmt::join(axes, ", "));
}

}  // namespace

void sum_down(Part& part, const Shape& repeated, const Shape& original, const std::string& name) {
  if (repeated == original) return;
  if (repeated.size() == original.size()) {  // a row or a column is a vector again
    if (part.received.defined()) part.received = part.received.reshape(original);
    if (part.shapes.empty()) part.shapes = fmt::format("{} → {}", shape_in_words(repeated), shape_in_words(original));
    if (part.reason.empty() && repeated.rank() >= original.rank()) {
      part.reason = fmt::format("{} was used once: there is nothing to add up, and only the shape changes", name);
    }
    return;
  }
  if (part.received.defined()) part.received = gradus::sum_down(part.received, original);
  part.shapes = fmt::format("{} → {}", shape_in_words(repeated), shape_in_words(original));
  const std::int64_t times = original.size() == 0 ? 0 : repeated.size() / original.size();
  std::vector<Formula> options;
  if (original.size() > 1) options.emplace_back("axis=" + summed_axes(repeated, original));
  const auto summed = [&](const Formula& f) { return call_on("sum", f, options); };
  if (part.symbols.has_value()) part.symbols.emplace(summed(part.symbols.value()));
  if (part.chain.has_value()) part.chain.emplace(summed(part.chain.value()));
  part.numbers.reset();
  part.product.reset();
  part.reason = original.size() == 1
                    ? fmt::format("{} is used in each of the {} places: what arrives there is added up", name, times)
                    : fmt::format("{} was used {} times, so what arrives at each place is summed", name, times);
}

}  // namespace gradus::detail
