// The gradient rules of ops on arrays, in symbols: read off the pullback itself, recorded.
#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "autograd/graph/graph.h"
#include "autograd/math/formula.h"

namespace gradus::detail {

/// What an argument receives through one step, in ever more concrete forms; those that say nothing are left out.
struct Part {
  std::optional<Formula> chain;    // ∂L/∂q·∂q/∂x, of arrays the rule with ∂L/∂q in it
  std::optional<Formula> symbols;  // g·(1 − y²), of arrays Xᵀ G
  std::optional<Formula> numbers;  // the same with numbers put in
  std::optional<Formula> product;  // g·d
  std::optional<Formula> value;
  std::string shapes;
  std::string reason;
};

/// ∂y/∂x[k] of an op that works number by number, of these arguments and this result; empty where nobody can say.  The
/// formula is that of the rule whatever stands for its names, so that numbers put in take the places of the symbols.
[[nodiscard]] std::optional<Formula> slope_of(const Rule& rule, std::size_t k, std::span<const Formula> x,
                                              const Formula& y);

/// The part of every argument that has a gradient.  `arriving` stands for the gradient of the result in the short form,
/// `spelled` in the one that is added to others.
[[nodiscard]] std::vector<Part> pullback_parts(const Graph& graph, const Graph::Step& step,
                                               std::span<const Formula> symbols, const Formula& result,
                                               const Formula& arriving, const Formula& spelled);

/// The part of what was repeated from one shape to another, given that of the repeated array: the sum.
void sum_down(Part& part, const Shape& repeated, const Shape& original, const std::string& name);

/// "(2×64)(64×16) = (2×16)", of the factors as the product reads them.
[[nodiscard]] std::string product_shapes(const Rule& matmul, const Shape& a, const Shape& b, const Shape& result);

}  // namespace gradus::detail
