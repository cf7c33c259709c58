// Float32 convolutions by oneDNN, where the library was built with it.  Inside the library only.
#pragma once
#include "array.h"
#include "convolve.h"
#include "onednn.h"
#include "onednn_primitive.h"

namespace gradus::detail {

/// Does what the function of convolution.h does that computes this pass, out being as large as its result; false, having
/// done nothing, where oneDNN has no way or a slow one.  Only where have_onednn.  No size may be 0; the bias is for the
/// forward pass alone, and may be empty.  The result does not depend on the number of threads.
[[nodiscard]] bool onednn_convolution(ConvolutionPass pass, const Convolution& c, const Array& first,
                                      const Array& second, const Array& bias, Array& out);

}  // namespace gradus::detail
