// Ops that rearrange or combine whole arrays.  Each is a struct with its attributes, a value on arrays, and a vjp that
// is a template on V: on Array it computes, on Tensor it also records.  The set is closed under differentiation: Sum
// and Broadcast are each other's adjoints, so are Reshape and Reshape, Permute and Permute.
#pragma once
#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "../../array/reduce.h"
#include "../rule.h"
#include "../tensor.h"
#include "linear_algebra.h"

namespace gradus {

template <detail::Deduced = detail::Deduced(), class V>
Shape shape_of(const V& v) {
  return v.shape();
}

/// The adjoint of broadcasting: sums x down to a shape that broadcasts to x's.
template <detail::Deduced = detail::Deduced(), class V>
V sum_down(const V& x, const Shape& shape);

/// x repeated along its axes of size 1 and new leading axes: a stride-0 view.  Adjoint: sum.
struct Broadcast : Unary {
  static constexpr std::string_view name = "broadcast", called = "broadcast_to";
  static constexpr OpWords words{"Repeat {0}", "the repetition",
                                 "Each number receives the sum of what its copies receive."};
  static constexpr OpKind kind = OpKind::layout;
  static constexpr bool structural = true;
  static constexpr bool multilinear = true;
  static constexpr std::uint32_t reads(wrt<0>) { return 0; }
  Shape shape;
  static constexpr auto fields = field_list(field("shape", &Broadcast::shape, InCalls::not_at_all));
  [[nodiscard]] GRADUS_API Shape result_shape(std::span<const Shape> x) const;
  [[nodiscard]] Array value(const Array& x) const { return x.broadcast_to(shape); }
  static constexpr bool aligned = true;
  [[nodiscard]] Broadcast batched(std::int64_t count) const { return {{}, in_front(count, shape)}; }
  [[nodiscard]] Formula formula(const Formula& x) const { return x; }
  template <class V>
  V vjp(wrt<0>, const V& g, const V& x, const V&) const {
    return sum_down(g, shape_of(x));
  }
};

/// The same numbers in row-major order under another shape.
struct Reshape : Unary {
  static constexpr std::string_view name = "reshape";
  static constexpr OpWords words{"Reshape {0}", "the reshaping",
                                 "The numbers stay the same, so the gradient takes on the old shape."};
  static constexpr bool structural = true;
  static constexpr bool multilinear = true;
  static constexpr std::uint32_t reads(wrt<0>) { return 0; }
  Shape shape;
  static constexpr auto fields = field_list(field("shape", &Reshape::shape, InCalls::not_at_all));
  [[nodiscard]] GRADUS_API Shape result_shape(std::span<const Shape> x) const;
  [[nodiscard]] Array value(const Array& x) const { return x.reshape(shape); }
  [[nodiscard]] Reshape batched(std::int64_t count) const { return {{}, in_front(count, shape)}; }
  template <class V>
  V vjp(wrt<0>, const V& g, const V& x, const V&) const {
    return apply(Reshape{{}, shape_of(x)}, g);
  }
};

/// The axes of a tensor in another order.
struct AxisOrder {
  std::array<int, max_rank> axes{};
  int rank = 0;

  [[nodiscard]] std::span<const int> list() const { return std::span(axes).first(static_cast<std::size_t>(rank)); }
  [[nodiscard]] AxisOrder inverse() const {
    AxisOrder out{{}, rank};
    for (int k = 0; k < rank; ++k) out.axes[static_cast<std::size_t>(axes[static_cast<std::size_t>(k)])] = k;
    return out;
  }
  /// The same behind one more axis, which stays in front.
  [[nodiscard]] AxisOrder below_one_more() const {
    AxisOrder out{{}, rank + 1};
    for (std::size_t k = 0; k < static_cast<std::size_t>(rank); ++k) out.axes[k + 1] = axes[k] + 1;
    return out;
  }
  friend bool operator==(const AxisOrder&, const AxisOrder&) = default;
};

/// Axis k of the result is axis order[k] of x.  Adjoint: the inverse permutation.
struct Permute : Unary {
  static constexpr std::string_view name = "permute", symbol = "ᵀ";
  static constexpr OpWords words{"Reorder the axes of {0}", "the reordering",
                                 "The axes of the gradient go back into their old order."};
  static constexpr bool structural = true;
  static constexpr bool multilinear = true;
  static constexpr std::uint32_t reads(wrt<0>) { return 0; }
  AxisOrder order;
  static constexpr auto fields = field_list(field("order", &Permute::order, InCalls::not_at_all));
  [[nodiscard]] GRADUS_API Shape result_shape(std::span<const Shape> x) const;
  [[nodiscard]] Array value(const Array& x) const { return x.permute(order.list()); }
  [[nodiscard]] Permute batched(std::int64_t) const { return {{}, order.below_one_more()}; }
  [[nodiscard]] Formula formula(const Formula& x) const {
    return order.rank == 2 && order.axes[0] == 1 ? Formula::transposed(x)
                                                 : Formula::call(name, std::span<const Formula>(&x, 1));
  }
  template <class V>
  V vjp(wrt<0>, const V& g, const V&, const V&) const {
    return apply(Permute{{}, order.inverse()}, g);
  }
};

/// The same numbers as another type.
struct Cast : Unary {
  static constexpr std::string_view name = "cast";
  static constexpr OpWords words{"Convert {0} to another type", "the conversion", "The gradient is converted back."};
  static constexpr bool structural = true;
  static constexpr bool multilinear = true;
  static constexpr std::uint32_t reads(wrt<0>) { return 0; }
  DType dtype = DType::float64;
  static constexpr auto fields = field_list(field("dtype", &Cast::dtype, InCalls::not_at_all));
  [[nodiscard]] Shape result_shape(std::span<const Shape> x) const { return x[0]; }
  [[nodiscard]] Array value(const Array& x) const { return x.to(dtype); }
  [[nodiscard]] Cast batched(std::int64_t) const { return *this; }
  template <class V>
  V vjp(wrt<0>, const V& g, const V& x, const V&) const {
    return apply(Cast{{}, x.dtype()}, g);
  }
};

/// Σ over some axes, pairwise.  Adjoint: broadcast.
struct Sum : Unary {
  static constexpr std::string_view name = "sum", symbol = "Σ";
  static constexpr OpWords words{"Sum {0}", "the sum", "Every number that was added receives the whole gradient."};
  static constexpr bool structural = true;
  static constexpr bool multilinear = true;
  static constexpr std::uint32_t reads(wrt<0>) { return 0; }
  std::uint32_t axes = 0;  // bit k: axis k is summed
  bool keepdims = false;
  static constexpr auto fields =
      field_list(field("axes", &Sum::axes), field("keepdims", &Sum::keepdims, InCalls::not_at_all));
  [[nodiscard]] Shape result_shape(std::span<const Shape> x) const { return reduced(x[0], axes, keepdims); }
  [[nodiscard]] Array value(const Array& x) const { return sum_axes(x, axes, keepdims); }
  template <class V>
  V vjp(wrt<0>, const V& g, const V& x, const V&) const {
    const Shape shape = shape_of(x);
    const V kept = keepdims ? g : apply(Reshape{{}, reduced(shape, axes, true)}, g);
    return apply(Broadcast{{}, shape}, kept);
  }
  /// What is said of its rule, for an argument of this shape.
  [[nodiscard]] std::string reason(const Shape& x) const;
};

/// The mean over some axes: NaN of nothing (K14).
struct Mean : Unary {
  static constexpr std::string_view name = "mean";
  static constexpr OpWords words{"Average {0}", "the mean", "Every number receives an equal share of the gradient."};
  static constexpr bool structural = true;
  static constexpr bool multilinear = true;
  static constexpr std::uint32_t reads(wrt<0>) { return 0; }
  std::uint32_t axes = 0;
  bool keepdims = false;
  static constexpr auto fields =
      field_list(field("axes", &Mean::axes), field("keepdims", &Mean::keepdims, InCalls::not_at_all));
  /// How many numbers go into each mean.
  [[nodiscard]] double count(const Shape& shape) const {
    double n = 1.0;
    for (int k = 0; k < shape.rank(); ++k) n *= ((axes >> k) & 1U) != 0 ? static_cast<double>(shape[k]) : 1.0;
    return n;
  }
  [[nodiscard]] Shape result_shape(std::span<const Shape> x) const { return reduced(x[0], axes, keepdims); }
  [[nodiscard]] Array value(const Array& x) const { return sum_axes(x, axes, keepdims) / count(x.shape()); }
  template <class V>
  V vjp(wrt<0>, const V& g, const V& x, const V&) const {
    const Shape shape = shape_of(x);
    const V share = g / count(shape);
    const V kept = keepdims ? share : apply(Reshape{{}, reduced(shape, axes, true)}, share);
    return apply(Broadcast{{}, shape}, kept);
  }
  [[nodiscard]] Tensor composed(const Tensor& x) const { return apply(Sum{{}, axes, keepdims}, x) / count(x.shape()); }
  /// What is said of its rule, for an argument of this shape.
  [[nodiscard]] std::string reason(const Shape& x) const;
};

template <detail::Deduced, class V>
V sum_down(const V& x, const Shape& shape) {
  const Shape from = shape_of(x);
  if (from == shape) return x;
  const V summed = apply(Sum{{}, repeated_axes(shape, from), false}, x);
  return shape_of(summed) == shape ? summed : apply(Reshape{{}, shape}, summed);
}

// ------------------------------------------------------------------------------------------ the ops as users call them

/// The sum over the given axes, all by default.  Throws ShapeError for a bad axis.
GRADUS_API Tensor sum(const Tensor& x, const Axes& axes = {}, bool keepdims = false);
/// The mean over the given axes, all by default; NaN of nothing.  Throws ShapeError for a bad axis.
GRADUS_API Tensor mean(const Tensor& x, const Axes& axes = {}, bool keepdims = false);
/// x repeated to a shape.  Throws ShapeError when it does not broadcast to it.
GRADUS_API Tensor broadcast_to(const Tensor& x, const Shape& shape);
/// The same numbers under another shape.  Throws ShapeError when the sizes differ.
GRADUS_API Tensor reshape(const Tensor& x, const Shape& shape);
/// Axis k of the result is axis order[k] of x.  Throws ShapeError unless order is a permutation.
GRADUS_API Tensor permute(const Tensor& x, std::span<const int> order);
GRADUS_API Tensor permute(const Tensor& x, std::initializer_list<int> order);
/// The axes in reverse order: the transpose of a matrix.
GRADUS_API Tensor transpose(const Tensor& x);
/// The same numbers as another type.
GRADUS_API Tensor cast(const Tensor& x, DType dtype);

// Rules are large: these are compiled in the library alone.
extern template GRADUS_API const detail::RuleEntry& detail::unlisted_rule<Broadcast>();
extern template GRADUS_API const detail::RuleEntry& detail::unlisted_rule<Reshape>();
extern template GRADUS_API const detail::RuleEntry& detail::unlisted_rule<Permute>();
extern template GRADUS_API const detail::RuleEntry& detail::unlisted_rule<Cast>();
extern template GRADUS_API const detail::RuleEntry& detail::unlisted_rule<Sum>();
extern template GRADUS_API const detail::RuleEntry& detail::unlisted_rule<Mean>();

}  // namespace gradus
