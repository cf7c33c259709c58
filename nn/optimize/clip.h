// Gradients that are too large, cut back before an optimizer's step.
#pragma once
#include "../../autograd/tensor/tensor.h"

namespace gradus::nn {

/// Scales all gradients alike, so that their common norm is no more than max_norm (to 1e-6, as PyTorch's clip_grad_norm_).
/// Returns the norm they had.  Where it is not finite every gradient becomes NaN or 0, unless `finite` asks for a
/// ValueError.  Throws ValueError for a max_norm or a norm_type that is negative or NaN.
GRADUS_API double clip_grad_norm(const std::vector<Tensor>& parameters, double max_norm, double norm_type = 2.0,
                                 bool finite = false);

/// Brings every number of the gradients into [−clip, clip].  Throws ValueError unless clip is at least 0.
GRADUS_API void clip_grad_value(const std::vector<Tensor>& parameters, double clip);

}  // namespace gradus::nn
