// Ops that put numbers in order and take some of them: sort, topk, median, quantile; and running extremes.  Which numbers are
// taken is found anew whenever such an op is computed.  Their gradient goes to those numbers: a sort passes each number's own
// back to where it came from, equal ones kept in their order, as in PyTorch and JAX.  A median, a quantile or a running
// extreme that equal numbers tie for is shared by them equally, as that of max is (K3); NaN makes value and gradient NaN (K8).
#pragma once
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>
#include <vector>

#include "../../array/extremes.h"
#include "../../array/indices.h"
#include "../../array/order.h"
#include "../../math/rounding.h"
#include "structural.h"

namespace gradus {

/// A linear map of the first argument that looks at the second to know which numbers are meant, and has no slope by it.
/// The op states adjoint(), a map of the same kind.
template <class Op>
struct Chosen : Binary {
  static constexpr bool internal = true;
  static constexpr bool structural = true;
  static constexpr std::uint32_t reads(wrt<0>) { return 0b010; }
  static constexpr std::uint32_t reads(wrt<1>) { return 0b010; }
  template <class V>
  V vjp(wrt<0>, const V& g, const V&, const V& x, const V&) const {
    return apply(op().adjoint(), g, x);
  }
  template <class V>
  V vjp(wrt<1>, const V&, const V&, const V& x, const V&) const {
    return bind(Flat{}, x);
  }
  template <class V>
  V jvp(wrt<0>, const V& t, const V&, const V& x, const V&) const {
    return apply(op(), t, x);
  }
  template <class V>
  V jvp(wrt<1>, const V&, const V&, const V& x, const V&) const {
    return bind(Flat{}, x);
  }

 protected:
  [[nodiscard]] const Op& op() const { return *static_cast<const Op*>(this); }
};

struct Unordered;

/// The numbers of the first argument that stand where the second one has certain ranks along the axes.
struct Ordered : Chosen<Ordered> {
  static constexpr std::string_view name = "ordered";
  std::uint32_t axes = 0;
  Ranks ranks;
  [[nodiscard]] Array value(const Array& t, const Array& x) const { return ordered_like(t, x, axes, ranks); }
  [[nodiscard]] Unordered adjoint() const;
  using Chosen::jvp;
  template <class V>
  V jvp(wrt<1>, const V&, const V&, const V& x, const V&) const {  // of the shape of the numbers taken
    return apply(*this, V(bind(Flat{}, x)), x);
  }
};

/// Numbers put back where those of the second argument with certain ranks came from.
struct Unordered : Chosen<Unordered> {
  static constexpr std::string_view name = "unordered";
  std::uint32_t axes = 0;
  Ranks ranks;
  [[nodiscard]] Array value(const Array& g, const Array& x) const { return order_back(g, x, axes, ranks); }
  [[nodiscard]] Ordered adjoint() const { return {{}, axes, ranks}; }
};

inline Unordered Ordered::adjoint() const { return {{}, axes, ranks}; }

/// An op that takes numbers of certain ranks: the op states `ranks_of(shape)`.
template <class Op>
struct Ranked : Unary {
  static constexpr bool structural = true;
  static constexpr std::uint32_t reads(wrt<0>) { return 0b01; }
  std::uint32_t axes = 0;
  template <class V>
  V vjp(wrt<0>, const V& g, const V& x, const V&) const {
    const Op& op = *static_cast<const Op*>(this);
    return apply(Unordered{{}, axes, op.ranks_of(shape_of(x))}, op.kept(g, x), x);
  }
  template <class V>
  V jvp(wrt<0>, const V& t, const V& x, const V& y) const {
    const Op& op = *static_cast<const Op*>(this);
    const V moved = apply(Ordered{{}, axes, op.ranks_of(shape_of(x))}, t, x);
    return shape_of(moved) == shape_of(y) ? moved : apply(Reshape{{}, shape_of(y)}, moved);
  }
  /// A cotangent in the shape that keeps all axes.
  template <class V>
  V kept(const V& g, const V&) const {
    return g;
  }

 protected:
  /// How many numbers are put in order together.
  [[nodiscard]] std::int64_t length(const Shape& shape) const {
    std::int64_t n = 1;
    for (int k = 0; k < shape.rank(); ++k) n *= ((axes >> k) & 1U) != 0 ? shape[k] : 1;
    return n;
  }
};

/// The numbers along an axis in ascending, or descending, order.
struct Sort : Ranked<Sort> {
  static constexpr std::string_view name = "sort";
  static constexpr OpWords words{"Sort {0}", "the sorted numbers",
                                 "Each number receives the gradient of the place that it was sorted to."};
  bool descending = false;
  static constexpr auto fields = field_list(field("axes", &Sort::axes), field("descending", &Sort::descending));
  [[nodiscard]] Ranks ranks_of(const Shape& x) const { return {descending, false, false, 0.0, length(x)}; }
  [[nodiscard]] GRADUS_API Shape result_shape(std::span<const Shape> x) const;
  [[nodiscard]] GRADUS_API Array value(const Array& x) const;
  [[nodiscard]] GRADUS_API std::string_view convention(const Array& x, const Array& y) const;
  [[nodiscard]] TaughtRule taught(std::size_t k, const TaughtStep& step) const;
};

/// The k largest, or smallest, numbers along an axis, the most extreme first.  NaN counts as the largest.
struct TopK : Ranked<TopK> {
  static constexpr std::string_view name = "topk";
  static constexpr OpWords words{"Take the largest numbers of {0}", "the largest numbers",
                                 "What was taken receives its gradient, the rest 0."};
  std::int64_t k = 1;
  bool largest = true;
  static constexpr auto fields =
      field_list(field("axes", &TopK::axes), field("k", &TopK::k), field("largest", &TopK::largest));
  [[nodiscard]] Ranks ranks_of(const Shape&) const { return {largest, largest, false, 0.0, k}; }
  [[nodiscard]] GRADUS_API Shape result_shape(std::span<const Shape> x) const;
  [[nodiscard]] GRADUS_API Array value(const Array& x) const;
  [[nodiscard]] GRADUS_API std::string_view convention(const Array& x, const Array& y) const;
  [[nodiscard]] TaughtRule taught(std::size_t k, const TaughtStep& step) const;
};

/// One number of a rank along the axes: what median and quantile share.
template <class Op>
struct RankedOne : Ranked<Op> {
  bool keepdims = false;
  [[nodiscard]] Shape result_shape(std::span<const Shape> x) const {
    require_numbers(x[0], this->axes, Op::name);
    return reduced(x[0], this->axes, keepdims);
  }
  template <class V>
  V kept(const V& g, const V& x) const {
    return keepdims ? g : apply(Reshape{{}, reduced(shape_of(x), this->axes, true)}, g);
  }
};

/// The number in the middle, or the mean of the two in the middle.
struct Median : RankedOne<Median> {
  static constexpr std::string_view name = "median";
  static constexpr OpWords words{"Take the median of {0}", "the median",
                                 "The number in the middle receives the gradient, of two each one half."};
  static constexpr auto fields =
      field_list(field("axes", &Median::axes), field("keepdims", &Median::keepdims, InCalls::not_at_all));
  [[nodiscard]] Ranks ranks_of(const Shape& x) const {
    return {false, false, true, 0.5 * static_cast<double>(length(x) - 1), 1};
  }
  [[nodiscard]] GRADUS_API Array value(const Array& x) const;
  [[nodiscard]] GRADUS_API std::string_view convention(const Array& x, const Array& y) const;
  [[nodiscard]] TaughtRule taught(std::size_t k, const TaughtStep& step) const;
};

/// The number that a share q of them does not exceed, at place q·(n − 1) of the ordered row: between two places, as far
/// from one number to the next.
struct Quantile : RankedOne<Quantile> {
  static constexpr std::string_view name = "quantile";
  static constexpr OpWords words{"Take a quantile of {0}", "the quantile",
                                 "The two numbers beside it receive the gradient, the nearer one the more."};
  double q = 0.5;
  static constexpr auto fields =
      field_list(field("axes", &Quantile::axes), field("keepdims", &Quantile::keepdims, InCalls::not_at_all),
                 field("q", &Quantile::q));
  [[nodiscard]] Ranks ranks_of(const Shape& x) const {
    return {false, false, true, q * static_cast<double>(length(x) - 1), 1};
  }
  [[nodiscard]] GRADUS_API Array value(const Array& x) const;
  [[nodiscard]] GRADUS_API std::string_view convention(const Array& x, const Array& y) const;
  [[nodiscard]] TaughtRule taught(std::size_t k, const TaughtStep& step) const;
};

// ------------------------------------------------------------------------------------------------------- running extremes

struct RunningBack;

/// The numbers of the first argument that stand where the second one is largest (smallest) up to each place; the mean of
/// several.
struct RunningTaken : Chosen<RunningTaken> {
  static constexpr std::string_view name = "running_taken";
  std::uint32_t axes = 0;
  bool largest = true;
  [[nodiscard]] Array value(const Array& t, const Array& x) const { return running_like(t, x, axes, largest); }
  [[nodiscard]] RunningBack adjoint() const;
};

/// What RunningTaken takes, given back.
struct RunningBack : Chosen<RunningBack> {
  static constexpr std::string_view name = "running_back";
  std::uint32_t axes = 0;
  bool largest = true;
  [[nodiscard]] Array value(const Array& g, const Array& x) const { return running_back(g, x, axes, largest); }
  [[nodiscard]] RunningTaken adjoint() const { return {{}, axes, largest}; }
};

inline RunningBack RunningTaken::adjoint() const { return {{}, axes, largest}; }

/// The largest or smallest number up to each place along an axis, itself included.
template <Extreme Which>
struct CumExtreme : Unary {
  static constexpr bool largest = Which == Extreme::largest;
  static constexpr std::string_view name = largest ? "cummax" : "cummin";
  static constexpr OpWords words =
      largest ? OpWords{"Take the largest of {0} so far", "the running maximum",
                        "Each number receives the gradients of the places whose maximum it is; equal ones share."}
              : OpWords{"Take the smallest of {0} so far", "the running minimum",
                        "Each number receives the gradients of the places whose minimum it is; equal ones share."};
  static constexpr bool structural = true;
  static constexpr std::uint32_t reads(wrt<0>) { return 0b01; }
  std::uint32_t axes = 0;
  static constexpr auto fields = field_list(field("axes", &CumExtreme::axes));
  [[nodiscard]] GRADUS_API Shape result_shape(std::span<const Shape> x) const;
  [[nodiscard]] Array value(const Array& x) const { return running_extreme(x, axes, largest); }
  template <class V>
  V vjp(wrt<0>, const V& g, const V& x, const V&) const {
    return apply(RunningBack{{}, axes, largest}, g, x);
  }
  template <class V>
  V jvp(wrt<0>, const V& t, const V& x, const V&) const {
    return apply(RunningTaken{{}, axes, largest}, t, x);
  }
  [[nodiscard]] GRADUS_API std::string_view convention(const Array& x, const Array& y) const;
  [[nodiscard]] TaughtRule taught(std::size_t k, const TaughtStep& step) const;
};

// ------------------------------------------------------------------------------------------ the ops as users call them

/// The numbers along an axis in ascending, or descending, order; equal ones stay in theirs, and NaN comes last.  Throws
/// ShapeError for a bad axis.
[[nodiscard]] GRADUS_API Tensor sort(const Tensor& x, Axis axis = -1, bool descending = false);

/// What topk() finds: numbers, and their places along the axis.
struct TopkResult {
  Tensor values;
  Indices indices;
};
/// The k largest, or smallest, numbers along an axis in descending, or ascending, order; NaN counts as the largest.  The
/// places are constants, so it is refused while a function is traced (GraphError): slice(sort(x, axis, true), …) is not.
/// Throws ShapeError for a bad axis and unless 0 <= k <= the axis' size.
[[nodiscard]] GRADUS_API TopkResult topk(const Tensor& x, std::int64_t k, Axis axis = -1, bool largest = true);
/// Its numbers alone, which may be traced.
[[nodiscard]] GRADUS_API Tensor topk_values(const Tensor& x, std::int64_t k, Axis axis = -1, bool largest = true);

/// The middle of the numbers along the given axes, all by default; the mean of the two in the middle of an even count, as in
/// NumPy.  Throws ShapeError for a bad axis or an empty one.
[[nodiscard]] GRADUS_API Tensor median(const Tensor& x, const Axes& axes = {}, bool keepdims = false);

/// The q-th quantile of the numbers along the given axes, all by default: at place q·(n − 1) of the ordered ones, and
/// linearly between two, as in NumPy.  Throws ShapeError for a bad axis or an empty one, ValueError unless 0 <= q <= 1.
[[nodiscard]] GRADUS_API Tensor quantile(const Tensor& x, double q, const Axes& axes = {}, bool keepdims = false);
/// Several, along a new first axis.
[[nodiscard]] GRADUS_API Tensor quantile(const Tensor& x, std::span<const double> q, const Axes& axes = {},
                                         bool keepdims = false);
[[nodiscard]] GRADUS_API Tensor quantile(const Tensor& x, std::initializer_list<double> q, const Axes& axes = {},
                                         bool keepdims = false);

/// The largest number up to each place along an axis, itself included; NaN from the first one on.  Those that tie share the
/// gradient.  Throws ShapeError for a bad axis.
[[nodiscard]] GRADUS_API Tensor cummax(const Tensor& x, Axis axis);
/// The smallest, likewise.
[[nodiscard]] GRADUS_API Tensor cummin(const Tensor& x, Axis axis);

}  // namespace gradus
