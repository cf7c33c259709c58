// Sums of products of arrays whose axes have labels, after Einstein.
#pragma once
#include <initializer_list>
#include <span>
#include <string_view>

#include "../tensor.h"

namespace gradus {

/// einsum("ij,jk->ik", {a, b}): each letter labels an axis, axes of one label run together, and what the output does
/// not name is summed.  Letters are a–z and A–Z; spaces mean nothing.  A letter twice in one operand is its diagonal.
/// "..." stands for the axes that are not labelled; they broadcast, and so does a labelled axis of size 1.  Without
/// "->" the output is "..." and then the letters that occur once, in the order of the alphabet, capitals first.  Where
/// operands have "..." and an explicit output has none, those axes are summed.
///
/// The operands are contracted in pairs, first those whose product is smallest next to them, by (batched) matrix
/// products where something is summed and by elementwise ones where not.  Differentiable to any order.
///
/// Throws ParseError for a specification that cannot be read, with the place; ValueError when it has not as many terms
/// as there are operands; ShapeError, naming the label and the operands, when the axes do not fit.
GRADUS_API Tensor einsum(std::string_view spec, std::span<const Tensor> operands);
GRADUS_API Tensor einsum(std::string_view spec, std::initializer_list<Tensor> operands);

}  // namespace gradus
