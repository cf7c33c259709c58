// Ops on whole arrays: how to draw their attributes, and how the reference computes them.
#pragma once
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "tests/differential/op_plan.h"
#include "tests/differential/shapes.h"

namespace gradus::differential {

using Shapes = std::vector<Sizes>;

/// The most elements a value has.
inline constexpr std::int64_t most_elements = 48;

/// A step without its operands: the first has the shape it was drawn for, the others those that it asks for.
struct Draft {
  Step step;
  Shapes others;
};

struct StructuralOp {
  std::string_view name;
  /// Attributes for a first operand of this shape; nothing where the op does not apply.
  std::optional<Draft> (*draw)(Numbers& numbers, const Sizes& x);
  std::unique_ptr<Plan> (*plan)(const Step& step, const Shapes& arguments);
};

/// Each element of the result is a sum of elements of the arguments.
std::span<const StructuralOp> order_ops();
std::span<const StructuralOp> part_ops();
/// Each element of the result is a sum of products of an element of the first argument and one of the second.
std::span<const StructuralOp> bilinear_ops();
/// Groups of elements are reduced, or each group is mapped to another.
std::span<const StructuralOp> group_ops();
/// Windows that slide over images: convolutions and pooling.
std::span<const StructuralOp> window_ops();

/// All of them.
const std::vector<StructuralOp>& structural_ops();

// ------------------------------------------------------------------------------------------------ what the draws share

/// One axis of a shape with rank ≥ 1; now and then counted from the end.
std::int64_t draw_axis(Numbers& numbers, const Sizes& x);

/// Some axes, at least one, ascending and not negative.
std::vector<std::int64_t> draw_axes(Numbers& numbers, const Sizes& x);

/// A reduction: whole = {keepdims, axes…}.
Draft draw_reduction(Numbers& numbers, const Sizes& x, const std::vector<std::int64_t>& axes);

/// The axes of a reduction as flags, one for each axis of its argument.
std::vector<bool> reduced_axes(const Step& step, std::size_t rank);

/// whole = {axis}; the shape stays.
std::optional<Draft> draw_along_axis(Numbers& numbers, const Sizes& x);

}  // namespace gradus::differential
