// Reductions beyond sum and mean, and what runs along an axis: products, extremes, deviations, norms, cumulative sums
// and products.  Every rule is written in ops of this set, so all of them can be differentiated to any order.
#pragma once
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

#include "../../array/extremes.h"
#include "../../array/indices.h"
#include "../../array/norms.h"
#include "../../array/products.h"
#include "../../array/scans.h"
#include "../../math/norm_ops.h"
#include "structural.h"

namespace gradus {

// ------------------------------------------------------------------------------------------------------- along an axis

/// y_i = x_{i−by} along the axes, taken as one line in row-major order, and `fill` beyond its ends.  Adjoint: the shift
/// back.
struct Shift : Unary {
  static constexpr bool internal = true;
  static constexpr std::string_view name = "shift";
  static constexpr bool structural = true;
  static constexpr std::uint32_t reads(wrt<0>) { return 0; }
  std::uint32_t axes = 0;
  std::int64_t by = 1;
  double fill = 0.0;
  static constexpr auto fields =
      field_list(field("axes", &Shift::axes), field("by", &Shift::by), field("fill", &Shift::fill));
  [[nodiscard]] Array value(const Array& x) const { return gradus::shift(x, axes, by, fill); }
  template <class V>
  V vjp(wrt<0>, const V& g, const V&, const V&) const {
    return apply(Shift{{}, axes, -by, 0.0}, g);
  }
  template <class V>
  V jvp(wrt<0>, const V& t, const V&, const V&) const {
    return apply(Shift{{}, axes, by, 0.0}, t);
  }
};

/// Σ_{j ≤ i} x_j, or j ≥ i when `reverse`: each is the other's adjoint.
struct CumSum : Unary {
  static constexpr std::string_view name = "cumsum";
  static constexpr OpWords words{"Add up {0} step by step", "the running sum",
                                 "Each number receives the gradients of all sums it is in."};
  static constexpr bool structural = true, multilinear = true;
  static constexpr std::uint32_t reads(wrt<0>) { return 0; }
  std::uint32_t axes = 0;
  bool reverse = false;
  static constexpr auto fields =
      field_list(field("axes", &CumSum::axes), field("reverse", &CumSum::reverse, InCalls::not_at_all));
  [[nodiscard]] GRADUS_API Shape result_shape(std::span<const Shape> x) const;
  [[nodiscard]] Array value(const Array& x) const { return gradus::cumsum(x, axes, reverse); }
  template <class V>
  V vjp(wrt<0>, const V& g, const V&, const V&) const {
    return apply(CumSum{{}, axes, !reverse}, g);
  }
  [[nodiscard]] TaughtRule taught(std::size_t k, const TaughtStep& step) const;
};

/// y_i = b_i + a_i · y_{i−1}, from 0; from the other end when `reverse`.  The cotangent runs the same recurrence
/// backwards: h_i = g_i + a_{i+1} · h_{i+1} is that of b_i, and h_i · y_{i−1} that of a_i.
struct Recurrence : Binary {
  static constexpr bool internal = true;
  static constexpr std::string_view name = "recurrence";
  static constexpr bool structural = true;
  static constexpr std::uint32_t reads(wrt<0>) { return 0b101; }
  static constexpr std::uint32_t reads(wrt<1>) { return 0b001; }
  std::uint32_t axes = 0;
  bool reverse = false;
  static constexpr auto fields = field_list(field("axes", &Recurrence::axes), field("reverse", &Recurrence::reverse));
  [[nodiscard]] std::int64_t step() const { return reverse ? -1 : 1; }
  [[nodiscard]] Array value(const Array& a, const Array& b) const { return gradus::recurrence(a, b, axes, reverse); }
  template <class V>
  V vjp(wrt<1>, const V& g, const V& a, const V&, const V&) const {
    return apply(Recurrence{{}, axes, !reverse}, apply(Shift{{}, axes, -step(), 0.0}, a), g);
  }
  template <class V>
  V vjp(wrt<0>, const V& g, const V& a, const V& b, const V& y) const {
    return vjp(wrt<1>{}, g, a, b, y) * apply(Shift{{}, axes, step(), 0.0}, y);
  }
  template <class V>
  V jvp(wrt<0>, const V& t, const V& a, const V&, const V& y) const {
    return apply(*this, a, t * apply(Shift{{}, axes, step(), 0.0}, y));
  }
  template <class V>
  V jvp(wrt<1>, const V& t, const V& a, const V&, const V&) const {
    return apply(*this, a, t);
  }
};

/// Π_{j ≤ i} x_j, or j ≥ i when `reverse`.  ∂L/∂x_i is the product before i times r_i = g_i + x_{i+1} · r_{i+1}: nothing is
/// divided, so zeros need no care.
struct CumProd : Unary {
  static constexpr std::string_view name = "cumprod";
  static constexpr OpWords words{"Multiply {0} step by step", "the running product",
                                 "Each number receives, from every product it is in, the gradient times the other "
                                 "factors."};
  static constexpr bool structural = true;
  static constexpr std::uint32_t reads(wrt<0>) { return 0b11; }
  std::uint32_t axes = 0;
  bool reverse = false;
  static constexpr auto fields =
      field_list(field("axes", &CumProd::axes), field("reverse", &CumProd::reverse, InCalls::not_at_all));
  [[nodiscard]] std::int64_t step() const { return reverse ? -1 : 1; }
  [[nodiscard]] GRADUS_API Shape result_shape(std::span<const Shape> x) const;
  [[nodiscard]] Array value(const Array& x) const { return gradus::cumprod(x, axes, reverse); }
  template <class V>
  V vjp(wrt<0>, const V& g, const V& x, const V& y) const {
    const V next = apply(Shift{{}, axes, -step(), 0.0}, x);
    return apply(Shift{{}, axes, step(), 1.0}, y) * apply(Recurrence{{}, axes, !reverse}, next, g);
  }
  template <class V>
  V jvp(wrt<0>, const V& t, const V& x, const V& y) const {
    return apply(Recurrence{{}, axes, reverse}, x, t * apply(Shift{{}, axes, step(), 1.0}, y));
  }
  [[nodiscard]] TaughtRule taught(std::size_t k, const TaughtStep& step) const;
};

// ---------------------------------------------------------------------------------------------------------- reductions

/// A reduction whose gradient is its cotangent times `slope`, an array of x's shape that the op states:
/// slope(x, y) with y in the shape that keeps the axes.  With `selects` the slope is a weight: where it is 0 nothing passes.
template <class Op>
struct SlopedReduction : Unary {
  static constexpr bool structural = true;
  std::uint32_t axes = 0;
  bool keepdims = false;
  static constexpr auto fields = field_list(field("axes", &SlopedReduction::axes),
                                            field("keepdims", &SlopedReduction::keepdims, InCalls::not_at_all));

  [[nodiscard]] Shape result_shape(std::span<const Shape> x) const { return reduced(x[0], axes, keepdims); }
  template <class V>
  V vjp(wrt<0>, const V& g, const V& x, const V& y) const {
    return sloped(kept(g, x), x, y);
  }
  template <class V>
  V jvp(wrt<0>, const V& t, const V& x, const V& y) const {
    return apply(Sum{{}, axes, keepdims}, sloped(t, x, y));
  }

 private:
  template <class V>
  V sloped(const V& t, const V& x, const V& y) const {
    const V slope = static_cast<const Op*>(this)->slope(x, y);
    if constexpr (requires { Op::selects; }) {
      return chain_product(t, Gate{slope});
    } else {
      return chain_product(t, slope);
    }
  }

 protected:
  /// A number for each group in the shape that broadcasts to x's.
  template <class V>
  V kept(const V& y, const V& x) const {
    return keepdims ? y : apply(Reshape{{}, reduced(shape_of(x), axes, true)}, y);
  }
  /// The numbers in a group minus a correction, and never negative: what a variance is divided by.
  [[nodiscard]] double freedom(const Shape& shape, double correction) const {
    double n = 1.0;
    for (int k = 0; k < shape.rank(); ++k) n *= ((axes >> k) & 1U) != 0 ? static_cast<double>(shape[k]) : 1.0;
    return n < correction ? 0.0 : n - correction;
  }
};

/// In each place the product of all the others in its group.  Its Jacobian is symmetric: one formula serves both ways.
struct OtherProducts : Unary {
  static constexpr bool internal = true;
  static constexpr std::string_view name = "other_products";
  static constexpr bool structural = true;
  static constexpr std::uint32_t reads(wrt<0>) { return 0b01; }
  std::uint32_t axes = 0;
  static constexpr auto fields = field_list(field("axes", &OtherProducts::axes));
  [[nodiscard]] Array value(const Array& x) const { return other_products(x, axes); }
  template <class V>
  V vjp(wrt<0>, const V& g, const V& x, const V& y) const {
    return jvp(wrt<0>{}, g, x, y);
  }
  // The product of what is before and what is behind, moved by the product rule.
  template <class V>
  V jvp(wrt<0>, const V& t, const V& x, const V&) const {
    const V before = apply(Shift{{}, axes, 1, 1.0}, apply(CumProd{{}, axes, false}, x));
    const V behind = apply(Shift{{}, axes, -1, 1.0}, apply(CumProd{{}, axes, true}, x));
    const V before_moves = apply(Shift{{}, axes, 1, 0.0}, apply(Recurrence{{}, axes, false}, x, t * before));
    const V behind_moves = apply(Shift{{}, axes, -1, 0.0}, apply(Recurrence{{}, axes, true}, x, t * behind));
    return before_moves * behind + before * behind_moves;
  }
};

/// Π over some axes; 1 of nothing.
struct Prod : SlopedReduction<Prod> {
  static constexpr std::string_view name = "prod", symbol = "Π";
  static constexpr OpWords words{"Multiply all numbers of {0}", "the product",
                                 "Each factor receives the gradient times all the others."};
  static constexpr std::uint32_t reads(wrt<0>) { return 0b01; }
  [[nodiscard]] Array value(const Array& x) const { return prod_axes(x, axes, keepdims); }
  template <class V>
  V slope(const V& x, const V&) const {
    return apply(OtherProducts{{}, axes}, x);
  }
  [[nodiscard]] TaughtRule taught(std::size_t k, const TaughtStep& step) const;
};

/// 1/k for each of the k places that hold the extreme of their group, else 0.  Derivative 0; NaN stays NaN.
struct ExtremeShares : Unary {
  static constexpr bool internal = true;
  static constexpr std::string_view name = "extreme_shares";
  static constexpr bool structural = true;
  static constexpr std::uint32_t reads(wrt<0>) { return 0b10; }
  std::uint32_t axes = 0;
  Extreme which = Extreme::largest;
  [[nodiscard]] Array value(const Array& x) const { return extreme_shares(x, axes, which); }
  template <class V>
  V vjp(wrt<0>, const V&, const V&, const V& y) const {
    return bind(Flat{}, y);
  }
  template <class V>
  V jvp(wrt<0>, const V&, const V&, const V& y) const {
    return bind(Flat{}, y);
  }
};

namespace detail {

/// Whether several places of a group share what goes to its extreme.
GRADUS_API bool is_shared(const Array& shares);

}  // namespace detail

/// The largest or smallest number along some axes.  Those that tie share the gradient (K3); NaN gives NaN in both (K8).
template <Extreme Which>
struct ExtremeOf : SlopedReduction<ExtremeOf<Which>> {
  static constexpr bool selects = true;
  static constexpr std::string_view name = Which == Extreme::largest ? "max" : "min";
  static constexpr OpWords words =
      Which == Extreme::largest ? OpWords{"Apply max to {0}", "the maximum",
                                          "The largest number receives the whole gradient; equal ones share it."}
                                : OpWords{"Apply min to {0}", "the minimum",
                                          "The smallest number receives the whole gradient; equal ones share it."};
  static constexpr std::uint32_t reads(wrt<0>) { return 0b01; }
  [[nodiscard]] Array value(const Array& x) const {
    return Which == Extreme::largest ? gradus::max(x, this->axes, this->keepdims, name)
                                     : gradus::min(x, this->axes, this->keepdims, name);
  }
  template <class V>
  V slope(const V& x, const V&) const {
    return apply(ExtremeShares{{}, this->axes, Which}, x);
  }
  [[nodiscard]] std::string_view convention(const Array& x, const Array&) const {
    constexpr bool largest = Which == Extreme::largest;
    if (!detail::is_shared(extreme_shares(x, this->axes, Which))) return "";
    return largest ? "the largest number has no derivative where several are: they share it"
                   : "the smallest number has no derivative where several are: they share it";
  }
  [[nodiscard]] TaughtRule taught(std::size_t k, const TaughtStep& step) const;
};

/// x minus its mean along some axes: a projection, its own adjoint.
struct Centered : Unary {
  static constexpr bool internal = true;
  static constexpr std::string_view name = "centered";
  static constexpr bool structural = true, multilinear = true;
  static constexpr std::uint32_t reads(wrt<0>) { return 0; }
  std::uint32_t axes = 0;
  static constexpr auto fields = field_list(field("axes", &Centered::axes));
  [[nodiscard]] Array value(const Array& x) const { return centered(x, axes); }
  template <class V>
  V vjp(wrt<0>, const V& g, const V&, const V&) const {
    return apply(*this, g);
  }
};

/// Σ (x − mean)² / (n − correction).  ∂/∂x = 2 (x − mean) / (n − correction).
struct Var : SlopedReduction<Var> {
  static constexpr std::string_view name = "var";
  static constexpr OpWords words{"Take the variance of {0}", "the variance",
                                 "A number receives the more, the further it is from the mean."};
  static constexpr std::uint32_t reads(wrt<0>) { return 0b01; }
  double correction = 0.0;
  static constexpr auto fields =
      field_list(field("axes", &Var::axes), field("keepdims", &Var::keepdims, InCalls::not_at_all),
                 field("correction", &Var::correction));
  [[nodiscard]] GRADUS_API Array value(const Array& x) const;
  template <class V>
  V slope(const V& x, const V&) const {
    return apply(Centered{{}, axes}, x) * (2.0 / freedom(shape_of(x), correction));
  }
  [[nodiscard]] TaughtRule taught(std::size_t k, const TaughtStep& step) const;
  [[nodiscard]] Tensor composed(const Tensor& x) const;
};

/// √var, as the norm of the deviations.  ∂/∂x = (x − mean) / ((n − correction) · std), and 0 for constant data (K6), where
/// the second derivatives are 0 too.  Those of its square are right everywhere.
struct Std : SlopedReduction<Std> {
  static constexpr std::string_view name = "std";
  static constexpr OpWords words{"Take the standard deviation of {0}", "the standard deviation",
                                 "A number receives the more, the further it is from the mean."};
  static constexpr std::uint32_t reads(wrt<0>) { return 0b11; }
  double correction = 0.0;
  static constexpr auto fields =
      field_list(field("axes", &Std::axes), field("keepdims", &Std::keepdims, InCalls::not_at_all),
                 field("correction", &Std::correction));
  [[nodiscard]] GRADUS_API Array value(const Array& x) const;
  template <class V>
  V slope(const V& x, const V& y) const {
    return bind(DivOrZero{}, apply(Centered{{}, axes}, x), kept(y, x)) / freedom(shape_of(x), correction);
  }
  [[nodiscard]] GRADUS_API std::string_view convention(const Array& x, const Array& y) const;
  [[nodiscard]] Tensor squared(const Tensor& x) const { return apply(Var{{{}, axes, keepdims}, correction}, x); }
  [[nodiscard]] TaughtRule taught(std::size_t k, const TaughtStep& step) const;
  [[nodiscard]] Tensor composed(const Tensor& x) const;
};

/// (Σ |x|ᵖ)^(1/p).  ∂/∂x = sign(x) · (|x|/y)ᵖ⁻¹, 0 at the origin (K6); for p = ±∞ the entries of extreme size share it.
/// The rounding of y is raised to that power too: the gradient is right to 4 + 2·|p − 1| ulp.  The second derivatives at
/// the origin are 0 too; those of the square of the 2-norm are right everywhere.
struct Norm : SlopedReduction<Norm> {
  static constexpr std::string_view name = "norm", symbol = "‖·‖";
  static constexpr OpWords words{"Take the norm of {0}", "the norm",
                                 "The gradient points to where the norm grows fastest."};
  static constexpr std::uint32_t reads(wrt<0>) { return 0b11; }
  double p = 2.0;
  static constexpr auto fields = field_list(
      field("axes", &Norm::axes), field("keepdims", &Norm::keepdims, InCalls::not_at_all), field("p", &Norm::p));
  [[nodiscard]] Array value(const Array& x) const { return norm_axes(x, p, axes, keepdims); }
  template <class V>
  V slope(const V& x, const V& y) const {
    if (p == 0.0) return bind(Flat{}, x);
    if (p == 1.0) return sign(x);
    if (p == std::numeric_limits<double>::infinity() || p == -std::numeric_limits<double>::infinity()) {
      const Extreme which = p > 0.0 ? Extreme::largest : Extreme::smallest;
      return sign(x) * apply(ExtremeShares{{}, axes, which}, abs(x));
    }
    const V direction = bind(DivOrZero{}, x, kept(y, x));
    return p == 2.0 ? direction : bind(AbsPower{{}, p - 1.0, 1.0, true}, direction);
  }
  [[nodiscard]] GRADUS_API std::string_view convention(const Array& x, const Array& y) const;
  [[nodiscard]] GRADUS_API std::string_view second_convention(const Array& x, const Array& y) const;
  /// Σ x²; nothing for the other norms.
  [[nodiscard]] GRADUS_API std::optional<Tensor> squared(const Tensor& x) const;
  [[nodiscard]] TaughtRule taught(std::size_t k, const TaughtStep& step) const;
  static constexpr bool spelled_out = true;
  [[nodiscard]] std::optional<Formula> spelled(const Formula& x) const;
  /// √Σx² and Σ|x|; nothing for the other norms.
  [[nodiscard]] std::optional<Tensor> composed(const Tensor& x) const;
};

// ------------------------------------------------------------------------------------------ the ops as users call them

/// The product over the given axes, all by default; 1 of nothing.  Its gradient is right with any number of zeros.
/// Throws ShapeError for a bad axis.
GRADUS_API Tensor prod(const Tensor& x, const Axes& axes = {}, bool keepdims = false);

/// The largest number along the given axes, all by default; NaN if there is one.  Those that tie share the gradient
/// equally.  Throws ShapeError for a bad axis or an empty one.
GRADUS_API Tensor max(const Tensor& x, const Axes& axes = {}, bool keepdims = false);
/// The smallest number, likewise.
GRADUS_API Tensor min(const Tensor& x, const Axes& axes = {}, bool keepdims = false);

/// The place of the largest number along one axis, or without an axis among all numbers in row-major order: the first of
/// several, and of the first NaN if there is one.  The shape is that of max.  Throws ShapeError for a bad axis or an empty
/// one.
[[nodiscard]] GRADUS_API Indices argmax(const Tensor& x, std::optional<Axis> axis = {}, bool keepdims = false);
/// The place of the smallest number, likewise.
[[nodiscard]] GRADUS_API Indices argmin(const Tensor& x, std::optional<Axis> axis = {}, bool keepdims = false);

/// The variance over the given axes, all by default: Σ (x − mean)² / max(0, n − correction).  With the default
/// correction of 0 the mean of the squared deviations, as in NumPy and JAX; 1 gives the estimate from a sample, which
/// is PyTorch's default.  Of nothing NaN.  Throws ShapeError for a bad axis.
GRADUS_API Tensor var(const Tensor& x, const Axes& axes = {}, bool keepdims = false, double correction = 0.0);
/// The standard deviation, the square root of the variance; `std` is taken in C++.  Where all numbers are equal its
/// gradient is 0.
GRADUS_API Tensor stddev(const Tensor& x, const Axes& axes = {}, bool keepdims = false, double correction = 0.0);

/// The p-norm of the numbers along the given axes, all by default: (Σ |x|ᵖ)^(1/p); for p = ∞ and −∞ the largest and the
/// smallest |x|, for p = 0 how many are not 0 (gradient 0).  It overflows and underflows only where the result does.
/// Throws ShapeError for a bad axis, and for an empty one when p is ∞ or negative; ValueError when p is NaN.
GRADUS_API Tensor norm(const Tensor& x, double p = 2.0, const Axes& axes = {}, bool keepdims = false);

/// The sums of the numbers up to each place along an axis, itself included.  Throws ShapeError for a bad axis.
GRADUS_API Tensor cumsum(const Tensor& x, Axis axis);
/// The products of the numbers up to each place along an axis, itself included; the gradient is right with any number
/// of zeros.  Throws ShapeError for a bad axis.
GRADUS_API Tensor cumprod(const Tensor& x, Axis axis);

}  // namespace gradus
