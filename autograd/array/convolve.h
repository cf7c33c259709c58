// Convolutions of images, as matrix products of their unfolded windows.
#pragma once
#include <cstdint>

#include "array.h"
#include "window.h"

namespace gradus {

/// The geometry of a convolution.  Images are [n, channels, height, width]; a weight is [out, channels / groups, kernel
/// height, kernel width].  Group i of the outputs sees group i of the channels.
struct Convolution {
  WindowAxes window;
  std::int64_t groups = 1;

  friend bool operator==(const Convolution&, const Convolution&) = default;
};

// The three functions below are the derivatives of one number, Σ g · convolve(x, w), by g, x and w: each is linear in
// both of its arguments.  The shapes must be those that the geometry says, and the dtypes one: nothing is checked.
// Memory beyond the result stays bounded: windows are unfolded a block at a time.  Results do not depend on the number
// of threads.

/// y[n, o, ·] = Σ over the channels and taps of x · w, padding being zeros; plus a bias [o] unless it is empty.
[[nodiscard]] GRADUS_API Array convolve(const Array& x, const Array& w, const Convolution& c, const Array& bias = {});
/// The adjoint by x: each output's g is spread over the inputs its window saw.  Also called transposed convolution.
[[nodiscard]] GRADUS_API Array convolve_input(const Array& g, const Array& w, const Convolution& c);
/// The adjoint by w.
[[nodiscard]] GRADUS_API Array convolve_weight(const Array& x, const Array& g, const Convolution& c);

}  // namespace gradus
