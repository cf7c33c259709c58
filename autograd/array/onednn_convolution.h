// Float32 convolutions by oneDNN, where the library was built with it.  Inside the library only.
#pragma once
#include "autograd/array/onednn.h"
#include "autograd/array/onednn_primitive.h"

namespace gradus::detail {

/// Does what the function of convolution.h does that has the pass's name, on packed numbers, adding the bias [outputs]
/// unless it is null; false, having done nothing, where oneDNN has no way or a slow one.  Only where have_onednn.
/// Nothing may be empty.  The result does not depend on the number of threads.
[[nodiscard]] bool onednn_convolution(const ConvolutionCase& whole, const float* first, const float* second,
                                      const float* bias, float* out);

}  // namespace gradus::detail
