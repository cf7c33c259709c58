// The formulas of elementwise ops as trees over the functions of leaf numbers, found by an op's rule.
#pragma once
#include <cstddef>
#include <span>

#include "../math/leaf_code.h"
#include "../tensor/rule.h"

namespace gradus::detail {

/// What is computed of one op.
struct OpCode {
  LeafCode (*value)(const void* op, std::span<const LeafCode> x) = nullptr;
  /// ∂y/∂x[k].
  LeafCode (*slope)(const void* op, std::size_t k, std::span<const LeafCode> x, const LeafCode& y) = nullptr;
  /// Cotangent times ∂y/∂x[k], as the chain rule multiplies: 0 where the cotangent is (K7).
  LeafCode (*part)(const void* op, std::size_t k, const LeafCode& g, std::span<const LeafCode> x,
                   const LeafCode& y) = nullptr;
};

/// Null for a rule that works on whole arrays or is a function of the user's.
[[nodiscard]] const OpCode* op_code(const Rule& rule);

}  // namespace gradus::detail
