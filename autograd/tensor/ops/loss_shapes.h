// What the losses demand of their operands.  For the library itself.
#pragma once
#include <string_view>

#include "../tensor.h"

namespace gradus::detail {

/// Throws ShapeError, naming `op` and both operands, unless the shapes are the same.
void require_same_shape(std::string_view op, std::string_view first, const Tensor& a, std::string_view second,
                        const Tensor& b);

}  // namespace gradus::detail
