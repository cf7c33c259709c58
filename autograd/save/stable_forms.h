// Ops in terms of those that every framework has, as one computes them: without overflow where the op has none, and
// without loss of digits.  What models for other programs are written in; what one learns from is in unfold.h.
#pragma once
#include <optional>
#include <span>

#include "../base/export.h"
#include "../tensor/rule.h"
#include "../tensor/tensor.h"

namespace gradus::detail {

/// The result of an op in its stable form, recorded; nothing for an op that needs none.
[[nodiscard]] GRADUS_API std::optional<Tensor> stable_result(const Rule& rule, std::span<const Tensor> x);

}  // namespace gradus::detail
