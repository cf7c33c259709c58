// Tensors put together, taken apart, surrounded and repeated.
#pragma once
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "indexing.h"

namespace gradus {

/// Arrays one behind the other along an axis.  Adjoint: each takes its own slice.
struct Concat {
  static constexpr std::string_view name = "concat";
  static constexpr OpWords words{"Join {0}", "the joining", "Each part receives its part of the gradient."};
  static constexpr int arity = variadic;
  static constexpr OpKind kind = OpKind::function;
  static constexpr bool structural = true, affine = true, internal = false;
  int axis = 0;
  static constexpr auto fields = field_list(field("axis", &Concat::axis));
  [[nodiscard]] GRADUS_API Shape result_shape(std::span<const Shape> x) const;
  [[nodiscard]] Array value(std::span<const Array> x) const;
  [[nodiscard]] Concat batched(std::int64_t) const { return {axis + 1}; }
  [[nodiscard]] static Formula formula(std::span<const Formula> x);
  template <class V>
  V vjp(std::size_t k, const V& g, std::span<const V> x, const V&) const {
    return apply(Extract{{}, place_of(k, x, shape_of(g))}, g);
  }
  template <class V>
  V jvp(std::size_t k, const V& t, std::span<const V> x, const V& y) const {
    return apply(Pad{{}, place_of(k, x, shape_of(y)), 0.0}, t);
  }
  [[nodiscard]] TaughtRule taught(std::size_t k, const TaughtStep& step) const;

 private:
  template <class V>
  [[nodiscard]] Window place_of(std::size_t k, std::span<const V> x, const Shape& whole) const {
    std::int64_t first = 0;
    for (const V& before : x.first(k)) first += shape_of(before)[axis];
    return Window::along(whole, axis, first, shape_of(x[k])[axis]);
  }
};

/// Tensors one behind the other along an axis they have; dtypes promote.  Empty ones are welcome.  Throws ShapeError
/// for no tensors, a bad axis, or shapes that differ along another axis.
GRADUS_API Tensor concat(std::span<const Tensor> x, Axis axis = 0);
GRADUS_API Tensor concat(std::initializer_list<Tensor> x, Axis axis = 0);

namespace ops {

/// Tensors of one shape side by side along a new axis, which becomes `axis` of the result.  Throws ShapeError for no
/// tensors, a bad axis, or shapes that differ.
GRADUS_API Tensor stack(std::span<const Tensor> x, Axis axis = 0);
GRADUS_API Tensor stack(std::initializer_list<Tensor> x, Axis axis = 0);

}  // namespace ops

/// Neighbouring parts of the given sizes along an axis: views.  Throws ShapeError for a bad axis, a negative size, or
/// sizes that do not add up to the axis's.
GRADUS_API std::vector<Tensor> split(const Tensor& x, std::span<const std::int64_t> sizes, Axis axis = 0);
GRADUS_API std::vector<Tensor> split(const Tensor& x, std::initializer_list<std::int64_t> sizes, Axis axis = 0);
/// So many equal parts.  Throws ShapeError for a bad axis, and when the axis does not divide into them.
GRADUS_API std::vector<Tensor> split(const Tensor& x, std::int64_t parts, Axis axis = 0);

/// What stands around a padded tensor: one number; the tensor mirrored at its outermost elements, which are not
/// repeated; its outermost elements; or itself from the other end.
enum class PadMode : std::uint8_t { constant, reflect, replicate, circular };

/// x with elements before and behind it along its last axes.  As in PyTorch the widths are pairs, those of the last axis
/// first: {left, right, top, bottom, …}.  A negative width cuts off.  `value` is for PadMode::constant.  Throws
/// ShapeError for a width without its pair, more pairs than axes, a size that would be negative, and where the axis is
/// too short for its reflection or repetition.
GRADUS_API Tensor pad(const Tensor& x, std::span<const std::int64_t> widths, PadMode mode = PadMode::constant,
                      double value = 0.0);
GRADUS_API Tensor pad(const Tensor& x, std::initializer_list<std::int64_t> widths, PadMode mode = PadMode::constant,
                      double value = 0.0);

/// x as a tile, so many times along each axis; leading ones may be new.  Throws ShapeError for fewer times than axes and
/// for a negative one.
GRADUS_API Tensor repeat(const Tensor& x, std::span<const std::int64_t> times);
GRADUS_API Tensor repeat(const Tensor& x, std::initializer_list<std::int64_t> times);

/// Every element so many times in a row along an axis.  Throws ShapeError for a bad axis and a negative count.
GRADUS_API Tensor repeat_interleave(const Tensor& x, std::int64_t times, Axis axis);

/// x moved along an axis by `shift` places; what leaves at one end comes in at the other.  Throws ShapeError for a bad
/// axis.
GRADUS_API Tensor roll(const Tensor& x, std::int64_t shift, Axis axis);

}  // namespace gradus
