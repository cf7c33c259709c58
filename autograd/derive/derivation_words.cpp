#include "autograd/derive/derivation_words.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <type_traits>
#include <typeinfo>
#include <vector>

#include "autograd/base/utf8.h"
#include "autograd/graph/written_call.h"
#include "autograd/tensor/op_traits.h"
#include "autograd/tensor/ops/every_op.h"

namespace gradus::detail {

namespace {

const OpWords* words_of(const Rule& rule) {
  const OpTraits* traits = rule.op_struct().traits;
  return traits == nullptr ? nullptr : traits->words;
}

}  // namespace

std::string title_of_step(const Rule& rule, std::span<const std::string> arguments) {
  const OpWords* words = words_of(rule);
  if (words == nullptr) return fmt::format("Apply {} to {}", written_name(rule), fmt::join(arguments, ", "));
  const auto argument = [&](std::size_t k) { return k < arguments.size() ? arguments[k] : std::string(); };
  const std::string first =
      words->title.find("{1}") == std::string_view::npos ? fmt::format("{}", fmt::join(arguments, ", ")) : argument(0);
  return fmt::format(fmt::runtime(words->title), first, argument(1), argument(2));
}

std::string title_of_backward(const Rule& rule) {
  const OpWords* words = words_of(rule);
  return fmt::format("Back through {}", words == nullptr ? written_name(rule) : words->noun);
}

std::string_view reason_of_backward(const Rule& rule, std::span<const std::size_t> receiving) {
  const OpWords* words = words_of(rule);
  if (words == nullptr) return {};
  const bool one = receiving.size() == 1 && receiving[0] < words->alone.size();
  return one && !words->alone[receiving[0]].empty() ? words->alone[receiving[0]] : words->backward;
}

std::string reason_of_pullback(const Rule& rule, const Shape& first) {
  const AnyOp any = rule.op_struct();
  return any.traits == nullptr || any.traits->reason == nullptr ? "" : any.traits->reason(any.op, first);
}

Formula forward_formula(const Rule& rule, std::span<const Formula> x, const Shape& first) {
  Formula formula = written_call(rule, x, first);
  // y = a = b would read as two equations.
  return formula.terms().back().kind == Formula::Kind::relation ? Formula::in_parentheses(formula) : formula;
}

std::optional<Formula> spelled_formula(const Rule& rule, std::span<const Formula> x) {
  constexpr std::size_t longest = 60;
  const AnyOp any = rule.op_struct();
  if (any.traits == nullptr || any.traits->spelled == nullptr) return std::nullopt;
  std::optional<Formula> spelled = any.traits->spelled(any.op, x);
  if (spelled && text::code_points(spelled->text()) > longest) spelled.reset();
  return spelled;
}

std::vector<TaughtPart> parts_of_rule(const Graph& graph, const Graph::Step& step, std::span<const Formula> x) {
  const AnyOp any = step.rule->op_struct();
  if (any.traits == nullptr || any.traits->parts == nullptr) return {};
  const Slot& first = graph.slots()[static_cast<std::size_t>(step.arguments[0])];
  return any.traits->parts(any.op, first.value, x[0], written_options(*step.rule, first.shape));
}

std::optional<TaughtRule> taught_rule(const Graph& graph, const Graph::Step& step, std::size_t k,
                                      const Formula& gradient, std::span<const Formula> x, const Formula& y,
                                      std::span<const Formula> parts) {
  const AnyOp any = step.rule->op_struct();
  if (any.traits == nullptr || any.traits->taught == nullptr) return std::nullopt;
  const Shape& shape = graph.slots()[static_cast<std::size_t>(step.arguments[0])].shape;
  const std::vector<Formula> options = written_options(*step.rule, shape);
  std::vector<Shape> shapes;
  for (const int argument : step.arguments) shapes.push_back(graph.slots()[static_cast<std::size_t>(argument)].shape);
  return any.traits->taught(any.op, k, {gradient, x, y, shape, options, shapes, parts});
}

bool names_an_internal_op(const Formula& formula) {
  return std::ranges::any_of(formula.terms(), [](const Formula::Term& term) {
    bool internal = false;
    for_each_type(EveryOp{}, [&]<class Op>(std::type_identity<Op>) {
      internal = internal || (is_internal<Op>() && term.op != nullptr && *term.op == typeid(Op));
    });
    return internal;
  });
}

}  // namespace gradus::detail
