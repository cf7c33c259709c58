// Any number of tensors side by side.
#pragma once
#include <vector>

#include "autograd/tensor/tensor.h"

namespace gradus::command {

/// Tensors of one shape along a new first axis, recorded, however many there are.  Throws ShapeError when shapes differ.
[[nodiscard]] Tensor stacked(std::vector<Tensor> parts);

}  // namespace gradus::command
