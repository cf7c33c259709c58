// The gradient rules of ops on arrays, in symbols: read off the pullback itself, recorded.
#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "../graph/graph.h"
#include "../math/formula.h"

namespace gradus::detail {

/// What an argument receives through one step, in ever more concrete forms; those that say nothing are left out.
struct Part {
  std::optional<Formula>
      chain;  // ∂L/∂q·∂q/∂x where ∂q/∂x is all of q's derivative, of arrays the rule with ∂L/∂q in it
  std::optional<Formula> symbols;  // g·(1 − y²), of arrays Xᵀ G
  std::optional<Formula> numbers;  // the same with numbers put in
  std::optional<Formula> product;  // g·d
  std::optional<Formula> value;
  std::optional<Formula> alone;   // with the gradient that goes without saying in `symbols`, for the part by itself
  bool names_derivative = false;  // `chain` only names what `symbols` spells out
  std::string shapes;
  std::string reason;
  std::string remark;  // what the step says besides
  Array received;      // the value, of arrays
};

/// ∂y/∂x[k] of an op that works number by number, of these arguments and this result; empty where nobody can say.  The
/// formula is that of the rule whatever stands for its names, so that numbers put in take the places of the symbols.
[[nodiscard]] std::optional<Formula> slope_of(const Rule& rule, std::size_t k, std::span<const Formula> x,
                                              const Formula& y);

/// A step as a derivation writes it.
struct WrittenStep {
  const Graph& graph;
  const Graph::Step& step;
  std::vector<Formula> symbols;  // of the arguments
  std::vector<int> origins;      // of the arguments: what a layout op repeats, else the argument itself
  std::vector<bool> is_shared;   // of the arguments: whether the origin is used more than once
  Formula result;
  Formula gradient;  // ∂L/∂result
  int digits;
  std::vector<Formula> parts{};  // the names of what the rule is made of (TaughtPart)
};

/// Whether a step leaves an array as it is but for axes of size 1: a vector becomes a row or a column.
[[nodiscard]] bool only_turns(const Graph::Step& step, const Graph& graph);

/// The part of every argument, in a step of single numbers.
[[nodiscard]] std::vector<Part> scalar_parts(const WrittenStep& written);

/// The part of every argument that has a gradient, in a step on arrays.  `arriving` stands for the gradient of the result in
/// the short form.
[[nodiscard]] std::vector<Part> pullback_parts(const WrittenStep& written, const Formula& arriving);

/// The part of what was repeated from one shape to another, given that of the repeated array: the sum.
void sum_down(Part& part, const Shape& repeated, const Shape& original, const std::string& name);

/// The shape in parentheses: "(2×3)"; "scalar".
[[nodiscard]] std::string shape_in_words(const Shape& shape);

/// "(2×64)(64×16) = (2×16)", of the factors as the product reads them.
[[nodiscard]] std::string product_shapes(const Rule& matmul, const Shape& a, const Shape& b, const Shape& result);

}  // namespace gradus::detail
