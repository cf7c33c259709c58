// The rules of ops on whole arrays as a teacher writes them.  What the engine computes them with (ops that serve others, kept
// accurate and fused) explains nothing, and none of it is shown.
#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "autograd/graph/graph.h"
#include "autograd/math/formula.h"

namespace gradus::detail {

/// What an argument receives, and what the rule means in words; these are empty where the formula says all.
struct TaughtRule {
  Formula rule;
  std::string reason;
};

/// The rule for argument k, of a gradient, these arguments and this result; empty for an op whose own rule, recorded, reads
/// well.
[[nodiscard]] std::optional<TaughtRule> taught_rule(const Graph& graph, const Graph::Step& step, std::size_t k,
                                                    const Formula& gradient, std::span<const Formula> x,
                                                    const Formula& y);

/// The op as it is written on the way forward; its first argument has this shape.
[[nodiscard]] Formula taught_formula(const Rule& rule, std::span<const Formula> x, const Shape& first);

/// What is said of the axes of a sum or a mean; empty for other ops.
[[nodiscard]] std::string axes_in_words(const Graph& graph, const Graph::Step& step);

/// Whether a formula names an op that only serves others.
[[nodiscard]] bool names_an_internal_op(const Formula& formula);

}  // namespace gradus::detail
