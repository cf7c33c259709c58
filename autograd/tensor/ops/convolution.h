// Convolutions and transposed convolutions, in one and two dimensions, as PyTorch defines them.
#pragma once
#include <cstdint>
#include <string_view>

#include "../../array/convolve.h"
#include "../tensor.h"
#include "structural.h"
#include "window_options.h"

namespace gradus {

struct ConvolveInput;
struct ConvolveWeight;

// The three ops are the derivatives of one number, Σ g · conv(x, w), by g, x and w.  Each is linear in both of its
// arguments, and the derivative of each by either is another of the three: with u the cotangent, u stands in for what
// the op had computed.

/// y = conv(x, w).
struct Convolve : Binary {
  static constexpr std::string_view name = "conv", symbol = "∗";
  static constexpr OpWords words{"Convolve {0} with {1}", "the convolution",
                                 "Each weight receives what comes back from all places it was used in, each number "
                                 "what comes back from all windows it lay in."};
  static constexpr bool structural = true;
  static constexpr bool multilinear = true;
  static constexpr std::uint32_t reads(wrt<0>) { return 0b10; }
  static constexpr std::uint32_t reads(wrt<1>) { return 0b01; }
  Convolution geometry;
  static constexpr auto fields = field_list(field("geometry", &Convolve::geometry));
  [[nodiscard]] GRADUS_API Shape result_shape(std::span<const Shape> x) const;
  [[nodiscard]] Array value(const Array& x, const Array& w) const { return convolve(x, w, geometry); }
  template <class V>
  V vjp(wrt<0>, const V& u, const V& x, const V& w, const V&) const;
  template <class V>
  V vjp(wrt<1>, const V& u, const V& x, const V& w, const V&) const;
  [[nodiscard]] GRADUS_API TaughtRule taught(std::size_t k, const TaughtStep& step) const;
};

/// y = conv(x, w) + b, in one pass: b [o] is added to every position of its output.
struct ConvolveBiased : Ternary {
  static constexpr std::string_view name = "conv", symbol = "∗", key = "conv_biased";
  static constexpr OpWords words{"Convolve {0} with {1} and add {2}", "the convolution",
                                 "Each weight receives what comes back from all places it was used in, each number "
                                 "what comes back from all windows it lay in."};
  static constexpr bool structural = true, affine = true;
  static constexpr std::uint32_t reads(wrt<0>) { return 0b010; }
  static constexpr std::uint32_t reads(wrt<1>) { return 0b001; }
  static constexpr std::uint32_t reads(wrt<2>) { return 0; }
  Convolution geometry;
  static constexpr auto fields = field_list(field("geometry", &ConvolveBiased::geometry));
  [[nodiscard]] GRADUS_API Shape result_shape(std::span<const Shape> x) const;
  [[nodiscard]] Array value(const Array& x, const Array& w, const Array& b) const {
    return convolve(x, w, geometry, b);
  }
  template <class V>
  V vjp(wrt<0>, const V& u, const V& x, const V& w, const V& b, const V&) const;
  template <class V>
  V vjp(wrt<1>, const V& u, const V& x, const V& w, const V& b, const V&) const;
  template <class V>
  V vjp(wrt<2>, const V& u, const V& x, const V& w, const V& b, const V&) const;
  template <class V>
  V jvp(wrt<0>, const V& t, const V& x, const V& w, const V& b, const V&) const;
  template <class V>
  V jvp(wrt<1>, const V& t, const V& x, const V& w, const V& b, const V&) const;
  template <class V>
  V jvp(wrt<2>, const V& t, const V& x, const V& w, const V& b, const V& y) const;
  [[nodiscard]] GRADUS_API TaughtRule taught(std::size_t k, const TaughtStep& step) const;
};

/// x̄ = the adjoint of conv by x: a transposed convolution of g.
struct ConvolveInput : Binary {
  static constexpr std::string_view name = "conv_transpose", symbol = "∗ᵀ";
  static constexpr OpWords words{"Spread {0} by the windows {1}", "the transposed convolution",
                                 "It goes the way of a convolution backward, so its gradient goes through that "
                                 "convolution."};
  static constexpr bool structural = true;
  static constexpr bool multilinear = true;
  static constexpr std::uint32_t reads(wrt<0>) { return 0b10; }
  static constexpr std::uint32_t reads(wrt<1>) { return 0b01; }
  Convolution geometry;
  static constexpr auto fields = field_list(field("geometry", &ConvolveInput::geometry));
  [[nodiscard]] GRADUS_API Shape result_shape(std::span<const Shape> x) const;
  [[nodiscard]] Array value(const Array& g, const Array& w) const { return convolve_input(g, w, geometry); }
  template <class V>
  V vjp(wrt<0>, const V& u, const V& g, const V& w, const V&) const;
  template <class V>
  V vjp(wrt<1>, const V& u, const V& g, const V& w, const V&) const;
  [[nodiscard]] GRADUS_API TaughtRule taught(std::size_t k, const TaughtStep& step) const;
};

/// w̄ = the adjoint of conv by w.
struct ConvolveWeight : Binary {
  static constexpr bool internal = true, saved = true;
  static constexpr std::string_view name = "conv_weight";
  static constexpr bool structural = true;
  static constexpr bool multilinear = true;
  static constexpr std::uint32_t reads(wrt<0>) { return 0b10; }
  static constexpr std::uint32_t reads(wrt<1>) { return 0b01; }
  Convolution geometry;
  static constexpr auto fields = field_list(field("geometry", &ConvolveWeight::geometry));
  [[nodiscard]] GRADUS_API Shape result_shape(std::span<const Shape> x) const;
  [[nodiscard]] Array value(const Array& x, const Array& g) const { return convolve_weight(x, g, geometry); }
  template <class V>
  V vjp(wrt<0>, const V& u, const V& x, const V& g, const V&) const;
  template <class V>
  V vjp(wrt<1>, const V& u, const V& x, const V& g, const V&) const;
};

template <class V>
V Convolve::vjp(wrt<0>, const V& u, const V&, const V& w, const V&) const {
  return apply(ConvolveInput{{}, geometry}, u, w);
}
template <class V>
V Convolve::vjp(wrt<1>, const V& u, const V& x, const V&, const V&) const {
  return apply(ConvolveWeight{{}, geometry}, x, u);
}
template <class V>
V ConvolveBiased::vjp(wrt<0>, const V& u, const V&, const V& w, const V&, const V&) const {
  return apply(ConvolveInput{{}, geometry}, u, w);
}
template <class V>
V ConvolveBiased::vjp(wrt<1>, const V& u, const V& x, const V&, const V&, const V&) const {
  return apply(ConvolveWeight{{}, geometry}, x, u);
}
template <class V>
V ConvolveBiased::vjp(wrt<2>, const V& u, const V&, const V&, const V&, const V&) const {
  return apply(Sum{{}, 0b1101}, u);
}
template <class V>
V ConvolveBiased::jvp(wrt<0>, const V& t, const V&, const V& w, const V&, const V&) const {
  return apply(Convolve{{}, geometry}, t, w);
}
template <class V>
V ConvolveBiased::jvp(wrt<1>, const V& t, const V& x, const V&, const V&, const V&) const {
  return apply(Convolve{{}, geometry}, x, t);
}
template <class V>
V ConvolveBiased::jvp(wrt<2>, const V& t, const V&, const V&, const V&, const V& y) const {
  const Shape shape = shape_of(y);
  return apply(Broadcast{{}, shape}, apply(Reshape{{}, Shape{shape[1], 1, 1}}, t));
}
template <class V>
V ConvolveInput::vjp(wrt<0>, const V& u, const V&, const V& w, const V&) const {
  return apply(Convolve{{}, geometry}, u, w);
}
template <class V>
V ConvolveInput::vjp(wrt<1>, const V& u, const V& g, const V&, const V&) const {
  return apply(ConvolveWeight{{}, geometry}, u, g);
}
template <class V>
V ConvolveWeight::vjp(wrt<0>, const V& u, const V&, const V& g, const V&) const {
  return apply(ConvolveInput{{}, geometry}, g, u);
}
template <class V>
V ConvolveWeight::vjp(wrt<1>, const V& u, const V& x, const V&, const V&) const {
  return apply(Convolve{{}, geometry}, x, u);
}

/// Options of conv1d and conv2d.  For conv1d two numbers of padding are those in front and behind.
struct ConvOptions {
  Pair stride{1};
  Padding padding{0};
  Pair dilation{1};
  std::int64_t groups = 1;
};

/// Options of conv_transpose1d and conv_transpose2d.  Two numbers of padding mean what they do in ConvOptions.
struct ConvTransposeOptions {
  Pair stride{1};
  Pair padding{0};
  Pair output_padding{0};  ///< added behind, to choose among the sizes that a stride leaves open
  std::int64_t groups = 1;
  Pair dilation{1};
};

/// Slides a weight [o, c / groups, kernel height, kernel width] over images [n, c, height, width], or one image without
/// n, and adds a bias [o] unless it is empty: [n, o, …, …].  The weight is not flipped.  Throws ShapeError, naming the
/// shapes, when they do not fit each other, the groups or the window; ValueError for a stride, dilation or number of
/// groups below 1, a negative padding, "same" with a stride, or two different numbers for one axis.
GRADUS_API Tensor conv2d(const Tensor& x, const Tensor& w, const Tensor& bias = {}, const ConvOptions& options = {});
/// The same along one axis: x [n, c, length] or [c, length], w [o, c / groups, kernel].
GRADUS_API Tensor conv1d(const Tensor& x, const Tensor& w, const Tensor& bias = {}, const ConvOptions& options = {});

/// What conv2d does to a gradient: spreads images [n, c, height, width], or one image, through a weight
/// [c, o / groups, kernel height, kernel width] to [n, o, …, …] of the sizes (height − 1)·stride − 2·padding +
/// dilation·(kernel − 1) + output_padding + 1.  Throws as conv2d does; ValueError also for an output padding that is
/// neither below the stride nor below the dilation.
GRADUS_API Tensor conv_transpose2d(const Tensor& x, const Tensor& w, const Tensor& bias = {},
                                   const ConvTransposeOptions& options = {});
/// The same along one axis: x [n, c, length] or [c, length], w [c, o / groups, kernel].
GRADUS_API Tensor conv_transpose1d(const Tensor& x, const Tensor& w, const Tensor& bias = {},
                                   const ConvTransposeOptions& options = {});

}  // namespace gradus
