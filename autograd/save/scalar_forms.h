// Ops on whole arrays in forms that as_scalars() can take apart and that neither overflow nor lose digits where the op does
// not.
#pragma once
#include <optional>
#include <span>

#include "../tensor/rule.h"
#include "../tensor/tensor.h"

namespace gradus::detail {

/// The result of an op in such a form, recorded; nothing for one that needs none, or has none.
[[nodiscard]] std::optional<Tensor> scalar_form(const Rule& rule, std::span<const Tensor> x);

}  // namespace gradus::detail
