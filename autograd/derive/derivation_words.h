// What a derivation says of a step in words, and how it writes its op: as the op itself states it.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "../graph/graph.h"
#include "../math/formula.h"
#include "../tensor/taught_rule.h"

namespace gradus::detail {

/// "Multiply x₁ by w₁": what a step does, its arguments as they are to be read.
[[nodiscard]] std::string title_of_step(const Rule& rule, std::span<const std::string> arguments);
/// "Back through the product".
[[nodiscard]] std::string title_of_backward(const Rule& rule);
/// Why the gradients of the arguments are what they are, in a sentence; empty where the formula says all.  `receiving` are
/// those arguments that have one.
[[nodiscard]] std::string_view reason_of_backward(const Rule& rule, std::span<const std::size_t> receiving);
/// What is said of a rule that is read off the pullback; its first argument has this shape.
[[nodiscard]] std::string reason_of_pullback(const Rule& rule, const Shape& first);

/// The op as it is written on the way forward; its first argument has this shape.
[[nodiscard]] Formula forward_formula(const Rule& rule, std::span<const Formula> x, const Shape& first);

/// The rule for argument k as the op states it for people, for a gradient, these arguments and this result; empty for an op
/// whose own rule, recorded, reads well.
[[nodiscard]] std::optional<TaughtRule> taught_rule(const Graph& graph, const Graph::Step& step, std::size_t k,
                                                    const Formula& gradient, std::span<const Formula> x,
                                                    const Formula& y, std::span<const Formula> parts = {});

/// What the op is made of in functions that everybody knows, where it states that: 1/(1 + exp(−x)).
[[nodiscard]] std::optional<Formula> spelled_formula(const Rule& rule, std::span<const Formula> x);

/// What the rule of the op is made of, with the numbers it has here: the probabilities and the one-hot label.
[[nodiscard]] std::vector<TaughtPart> parts_of_rule(const Graph& graph, const Graph::Step& step,
                                                    std::span<const Formula> x);

/// Whether a formula names an op that only serves others.
[[nodiscard]] bool names_an_internal_op(const Formula& formula);

}  // namespace gradus::detail
