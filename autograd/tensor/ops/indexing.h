// Parts of tensors: slices, and elements looked up by index.  Slice and Pad are each other's adjoints, so are Gather and
// ScatterAdd.
#pragma once
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string_view>

#include "../../array/lookup.h"
#include "../../array/slice.h"
#include "../rule.h"
#include "structural.h"

namespace gradus {

/// x where only zeros and a fixed number are around: x at the places of a window, `fill` everywhere else.
struct Pad : Unary {
  static constexpr std::string_view name = "pad";
  static constexpr OpWords words{"Pad {0}", "the padding",
                                 "What was padded receives its gradient; the padding came from nowhere."};
  static constexpr bool structural = true, affine = true;
  static constexpr std::uint32_t reads(wrt<0>) { return 0; }
  Window window;
  double fill = 0.0;
  static constexpr auto fields = field_list(field("window", &Pad::window, InCalls::as_widths),
                                            field("fill", &Pad::fill, InCalls::by_name, "value"));
  [[nodiscard]] GRADUS_API Shape result_shape(std::span<const Shape> x) const;
  [[nodiscard]] Array value(const Array& x) const {
    Array out = Array::full(window.whole(), fill, x.dtype());
    window.write(x, out);
    return out;
  }
  template <class V>
  V vjp(wrt<0>, const V& g, const V&, const V&) const;
  template <class V>
  V jvp(wrt<0>, const V& t, const V&, const V&) const {
    return apply(Pad{{}, window, 0.0}, t);
  }
  [[nodiscard]] TaughtRule taught(std::size_t k, const TaughtStep& step) const;
};

/// What is seen of x through a window: a view.  Adjoint: zeros around it.
struct Extract : Unary {
  static constexpr std::string_view name = "slice";
  static constexpr OpWords words{"Take a part of {0}", "the part that was taken",
                                 "What was taken receives its gradient, the rest 0."};
  static constexpr bool structural = true, multilinear = true;
  static constexpr std::uint32_t reads(wrt<0>) { return 0; }
  Window window;
  static constexpr auto fields = field_list(field("window", &Extract::window));
  [[nodiscard]] GRADUS_API Shape result_shape(std::span<const Shape> x) const;
  [[nodiscard]] Array value(const Array& x) const { return window.look(x); }
  template <class V>
  V vjp(wrt<0>, const V& g, const V&, const V&) const {
    // Axes that are only reversed are so once more.
    return window.is_everything() ? apply(*this, g) : apply(Pad{{}, window, 0.0}, g);
  }
  [[nodiscard]] TaughtRule taught(std::size_t k, const TaughtStep& step) const;
};

template <class V>
V Pad::vjp(wrt<0>, const V& g, const V&, const V&) const {
  return apply(Extract{{}, window}, g);
}

/// Numbers added up in zeros at the places where Gather finds them.
template <bool pointwise>
struct ScatterAdd : Unary {
  static constexpr std::string_view name = "scatter_add", key = pointwise ? "scatter_add" : "put";
  static constexpr OpWords words{"Add {0} up by place", "the scattering",
                                 "Each number receives what arrives at the place it was added to."};
  static constexpr bool internal = !pointwise, saved = true;  // of one list it is what take's gradient needs
  static constexpr bool structural = true, multilinear = true;
  static constexpr std::uint32_t reads(wrt<0>) { return 0; }
  Lookup lookup{pointwise};
  Shape shape;
  static constexpr auto fields =
      field_list(field("lookup", &ScatterAdd::lookup), field("shape", &ScatterAdd::shape, InCalls::not_at_all));
  [[nodiscard]] GRADUS_API Shape result_shape(std::span<const Shape> x) const;
  [[nodiscard]] Array value(const Array& x) const { return gradus::scatter_add(x, lookup, shape); }
  template <class V>
  V vjp(wrt<0>, const V& g, const V&, const V&) const;
  [[nodiscard]] TaughtRule taught(std::size_t k, const TaughtStep& step) const;
};

/// Elements of x found by index along one axis.
template <bool pointwise>
struct Gather : Unary {
  static constexpr std::string_view name = pointwise ? "gather" : "take";
  static constexpr OpWords words{"Pick numbers of {0}", "the picking",
                                 "Each number receives what arrives wherever it was picked, added up."};
  static constexpr bool structural = true, multilinear = true;
  static constexpr std::uint32_t reads(wrt<0>) { return 0; }
  Lookup lookup{pointwise};
  static constexpr auto fields = field_list(field("lookup", &Gather::lookup));
  // The places were checked when the Lookup was made.
  [[nodiscard]] Shape result_shape(std::span<const Shape> x) const { return lookup.shape(x[0]); }
  [[nodiscard]] Array value(const Array& x) const { return gradus::gather(x, lookup); }
  template <class V>
  V vjp(wrt<0>, const V& g, const V& x, const V&) const {
    return apply(ScatterAdd<pointwise>{{}, lookup, shape_of(x)}, g);
  }
  [[nodiscard]] TaughtRule taught(std::size_t k, const TaughtStep& step) const;
};

template <bool pointwise>
template <class V>
V ScatterAdd<pointwise>::vjp(wrt<0>, const V& g, const V&, const V&) const {
  return apply(Gather<pointwise>{{}, lookup}, g);
}

// ------------------------------------------------------------------------------------------ the ops as users call them

namespace ops {

/// x[s₀, s₁, …], as NumPy's basic indexing: slice(x, {{1, 6, 2}, 3, {}}) is x[1:6:2, 3, :].  Axes behind the last slice
/// are taken whole.  A view: no number is copied.  Throws ShapeError for more slices than axes and for an index out of
/// range, ValueError for a step of 0.
GRADUS_API Tensor slice(const Tensor& x, std::span<const Slice> slices);
GRADUS_API Tensor slice(const Tensor& x, std::initializer_list<Slice> slices);
/// One axis sliced: x[:, …, s].  Throws the same, and ShapeError for a bad axis.
GRADUS_API Tensor slice(const Tensor& x, const Slice& s, Axis axis);
/// slice(x, 0, 2) is x[0, 2] to some and x[0:2] to others: x(0, 2) or x(range(0, 2)).
Tensor slice(const Tensor& x, AxisNumber auto place, AxisNumber auto axis) = delete;  // x(0, 2), or x(range(0, 2))

}  // namespace ops

/// The axes in reverse, all by default: a view.  Throws ShapeError for a bad axis.
GRADUS_API Tensor flip(const Tensor& x, const Axes& axes = {});

/// NumPy's take: along one axis the places that are listed, in an array of any shape, which replaces the axis: the
/// shape is x.shape[:axis] + indices.shape + x.shape[axis+1:].  Negative indices count from the end.  Throws ShapeError
/// for a bad axis, an index out of range, or too many axes.
GRADUS_API Tensor take(const Tensor& x, const Indices& indices, Axis axis);
/// The same from all elements in row-major order.
GRADUS_API Tensor take(const Tensor& x, const Indices& indices);

/// PyTorch's gather: result[i, j, k] = x[i, index[i, j, k], k] for axis 1.  The index has x's number of axes and is at
/// most as long along the other axes.  Negative indices count from the end.  Throws ShapeError for what does not fit.
GRADUS_API Tensor gather(const Tensor& x, Axis axis, const Indices& index);

/// PyTorch's scatter_add: x with source[i, j, k] added at [i, index[i, j, k], k] for axis 1; all that share a place are
/// added, always in the same order.  The index is at most as long as the source along every axis, and as x along the
/// other axes.  Throws ShapeError for what does not fit.
GRADUS_API Tensor scatter_add(const Tensor& x, Axis axis, const Indices& index, const Tensor& source);

/// The rows of a matrix [rows, features] that are listed: the shape of the indices and a last axis for the features.
/// No gradient reaches the row `padding`.  Throws ShapeError unless weight is a matrix that has the rows.
GRADUS_API Tensor embedding(const Tensor& weight, const Indices& indices,
                            std::optional<std::int64_t> padding = std::nullopt);

}  // namespace gradus
