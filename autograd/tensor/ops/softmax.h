// The ops around softmax, each with a rule of its own: composed from exp and log they would overflow or lose digits.
#pragma once
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <vector>

#include "../../array/indices.h"
#include "../../array/softmax_rows.h"
#include "../rule.h"
#include "../taught_rule.h"
#include "structural.h"

namespace gradus {

/// g minus its entry where y is largest, along some axes; or, when `adjoint`, the adjoint of that.  Linear in g.
struct Anchored : Binary {
  static constexpr bool internal = true;
  static constexpr std::string_view name = "anchored";
  static constexpr bool structural = true;
  static constexpr std::uint32_t reads(wrt<0>) { return 0b001; }
  static constexpr std::uint32_t reads(wrt<1>) { return 0b001; }
  std::uint32_t axes = 0;
  bool adjoint = false;
  static constexpr auto fields = field_list(field("axes", &Anchored::axes), field("adjoint", &Anchored::adjoint));
  [[nodiscard]] Array value(const Array& y, const Array& g) const { return anchored(y, g, axes, adjoint); }
  template <class V>
  V vjp(wrt<0>, const V&, const V& y, const V&, const V&) const {
    return bind(Flat{}, y);
  }
  template <class V>
  V vjp(wrt<1>, const V& h, const V& y, const V&, const V&) const {
    return apply(Anchored{{}, axes, !adjoint}, y, h);
  }
  template <class V>
  V jvp(wrt<0>, const V&, const V& y, const V&, const V&) const {
    return bind(Flat{}, y);
  }
  template <class V>
  V jvp(wrt<1>, const V& t, const V& y, const V&, const V&) const {
    return apply(*this, y, t);
  }
};

/// y·(g − Σ g·y) for y a softmax: its pullback, and being symmetric its tangent too.  A softmax sums to 1, so its
/// tangents sum to 0 and neither g nor a cotangent of y matters up to a constant: the rules below take the constant that
/// makes the largest entry's terms vanish, so that nothing cancels.
struct SoftmaxPullback : Binary {
  static constexpr bool internal = true;
  static constexpr std::string_view name = "softmax_pullback";
  static constexpr bool structural = true;
  static constexpr std::uint32_t reads(wrt<0>) { return 0b011; }
  static constexpr std::uint32_t reads(wrt<1>) { return 0b001; }
  std::uint32_t axes = 0;
  static constexpr auto fields = field_list(field("axes", &SoftmaxPullback::axes));
  [[nodiscard]] Array value(const Array& y, const Array& g) const { return softmax_pullback(y, g, axes); }
  template <class V>
  V vjp(wrt<0>, const V& h, const V& y, const V& g, const V&) const {
    const V a = apply(Anchored{{}, axes, false}, y, g);
    const V b = apply(Anchored{{}, axes, false}, y, h);
    return b * (a - mean(y, a)) - a * mean(y, b);
  }
  template <class V>
  V vjp(wrt<1>, const V& h, const V& y, const V&, const V&) const {
    return apply(*this, y, h);
  }
  template <class V>
  V jvp(wrt<0>, const V& t, const V& y, const V& g, const V&) const {
    const V a = apply(Anchored{{}, axes, false}, y, g);
    return t * (a - mean(y, a)) - y * mean(t, a);
  }
  template <class V>
  V jvp(wrt<1>, const V& t, const V& y, const V&, const V&) const {
    return apply(*this, y, t);
  }

 private:
  template <class V>
  V mean(const V& y, const V& a) const {
    return apply(Sum{{}, axes, true}, y * a);
  }
};

/// Shares of 1 in proportion to exp(x), along some axes.  y = exp(x − max) / Σ exp(x − max); equal shares for several
/// +∞ (K12).  Pullback: y·(g − Σ g·y).
struct Softmax : Unary {
  static constexpr std::string_view name = "softmax";
  static constexpr OpWords words{"Turn {0} into shares of 1", "softmax",
                                 "The shares add up to 1: what one gains, the others lose."};
  static constexpr bool structural = true;
  static constexpr std::uint32_t reads(wrt<0>) { return 0b10; }
  std::uint32_t axes = 0;
  double of_nothing = std::numeric_limits<double>::quiet_NaN();  // the shares where every number is −∞
  static constexpr auto fields =
      field_list(field("axes", &Softmax::axes), field("of_nothing", &Softmax::of_nothing, InCalls::not_at_all));
  [[nodiscard]] Shape result_shape(std::span<const Shape> x) const { return x[0]; }
  [[nodiscard]] GRADUS_API Array value(const Array& x) const;
  template <class V>
  V vjp(wrt<0>, const V& g, const V&, const V& y) const {
    return apply(SoftmaxPullback{{}, axes}, y, g);
  }
  template <class V>
  V jvp(wrt<0>, const V& t, const V&, const V& y) const {
    return apply(SoftmaxPullback{{}, axes}, y, t);
  }
  [[nodiscard]] GRADUS_API TaughtRule taught(std::size_t k, const TaughtStep& step) const;
  [[nodiscard]] GRADUS_API Tensor plain_vjp(std::size_t k, const Tensor& g, std::span<const Tensor> x,
                                            const Tensor& y) const;
  static constexpr bool spelled_out = true;
  [[nodiscard]] GRADUS_API static Formula spelled(const Formula& x);
  [[nodiscard]] GRADUS_API Tensor composed(const Tensor& x) const;
};

/// g − y·Σ g for y a softmax: the pullback of its logarithm.  As above, cotangents of y matter up to a constant.
struct LogSoftmaxPullback : Binary {
  static constexpr bool internal = true;
  static constexpr std::string_view name = "log_softmax_pullback";
  static constexpr bool structural = true;
  static constexpr std::uint32_t reads(wrt<0>) { return 0b011; }
  static constexpr std::uint32_t reads(wrt<1>) { return 0b001; }
  std::uint32_t axes = 0;
  static constexpr auto fields = field_list(field("axes", &LogSoftmaxPullback::axes));
  [[nodiscard]] Array value(const Array& y, const Array& g) const { return log_softmax_pullback(y, g, axes); }
  template <class V>
  V vjp(wrt<0>, const V& h, const V& y, const V& g, const V&) const {
    return -(apply(Anchored{{}, axes, false}, y, h) * apply(Sum{{}, axes, true}, g));
  }
  template <class V>
  V vjp(wrt<1>, const V& h, const V& y, const V&, const V&) const {
    const V a = apply(Anchored{{}, axes, false}, y, h);
    return a - apply(Sum{{}, axes, true}, y * a);
  }
  template <class V>
  V jvp(wrt<0>, const V& t, const V&, const V& g, const V&) const {
    return -(t * apply(Sum{{}, axes, true}, g));
  }
  template <class V>
  V jvp(wrt<1>, const V& t, const V& y, const V&, const V&) const {
    return apply(*this, y, t);
  }
};

/// log softmax(x) = x − log Σ exp(x), along some axes.  Pullback: g − softmax(x)·Σ g.
struct LogSoftmax : Unary {
  static constexpr std::string_view name = "log_softmax", symbol = "log softmax";
  static constexpr OpWords words{"Take the logarithm of the softmax of {0}", "log softmax",
                                 "Each number receives its gradient, less its share of all of them."};
  static constexpr bool structural = true;
  static constexpr std::uint32_t reads(wrt<0>) { return 0b01; }
  std::uint32_t axes = 0;
  static constexpr auto fields = field_list(field("axes", &LogSoftmax::axes));
  [[nodiscard]] Shape result_shape(std::span<const Shape> x) const { return x[0]; }
  [[nodiscard]] Array value(const Array& x) const { return log_softmax(x, axes, name); }
  template <class V>
  V vjp(wrt<0>, const V& g, const V& x, const V&) const {
    return apply(LogSoftmaxPullback{{}, axes}, apply(Softmax{{}, axes}, x), g);
  }
  template <class V>
  V jvp(wrt<0>, const V& t, const V& x, const V&) const {
    const V y = apply(Softmax{{}, axes}, x);
    const V a = apply(Anchored{{}, axes, false}, y, t);
    return a - apply(Sum{{}, axes, true}, y * a);
  }
  [[nodiscard]] GRADUS_API TaughtRule taught(std::size_t k, const TaughtStep& step) const;
  [[nodiscard]] GRADUS_API Tensor plain_vjp(std::size_t k, const Tensor& g, std::span<const Tensor> x,
                                            const Tensor& y) const;
  [[nodiscard]] GRADUS_API Tensor composed(const Tensor& x) const;
};

/// log Σ exp(x) along some axes, shifted by the largest number so that nothing overflows.  ∂/∂x = softmax, and 0 where
/// every number is −∞ (K12).
struct LogSumExp : Unary {
  static constexpr std::string_view name = "logsumexp";
  static constexpr OpWords words{"Take the logarithm of the sum of the exponentials of {0}", "logsumexp",
                                 "Each number receives its share of the sum, which is its softmax."};
  static constexpr bool structural = true;
  static constexpr std::uint32_t reads(wrt<0>) { return 0b01; }
  std::uint32_t axes = 0;
  bool keepdims = false;
  static constexpr auto fields =
      field_list(field("axes", &LogSumExp::axes), field("keepdims", &LogSumExp::keepdims, InCalls::not_at_all));
  [[nodiscard]] Shape result_shape(std::span<const Shape> x) const { return reduced(x[0], axes, keepdims); }
  [[nodiscard]] GRADUS_API Array value(const Array& x) const;
  template <class V>
  V vjp(wrt<0>, const V& g, const V& x, const V&) const {
    const V wide = apply(Reshape{{}, reduced(shape_of(x), axes, true)}, g);
    return wide * apply(Softmax{{}, axes, 0.0}, x);
  }
  template <class V>
  V jvp(wrt<0>, const V& t, const V& x, const V&) const {
    return apply(Sum{{}, axes, keepdims}, t * apply(Softmax{{}, axes, 0.0}, x));
  }
  [[nodiscard]] GRADUS_API std::string_view convention(const Array& x, const Array& y) const;
  [[nodiscard]] GRADUS_API TaughtRule taught(std::size_t k, const TaughtStep& step) const;
  [[nodiscard]] GRADUS_API Tensor plain_vjp(std::size_t k, const Tensor& g, std::span<const Tensor> x,
                                            const Tensor& y) const;
  [[nodiscard]] GRADUS_API Tensor composed(const Tensor& x) const;
};

/// softmax(x) − one-hot(label) for each row of a matrix, 0 for a row whose label is negative.  The label's entry, p − 1,
/// is computed as −Σ of the others, so that it keeps its digits when p is close to 1.  Pullback: that of softmax.
struct CrossEntropySlope : Unary {
  static constexpr bool internal = true;
  static constexpr std::string_view name = "cross_entropy_slope";
  static constexpr bool structural = true;
  static constexpr std::uint32_t reads(wrt<0>) { return 0b01; }
  Indices labels;
  [[nodiscard]] GRADUS_API Array value(const Array& x) const;
  template <class V>
  V vjp(wrt<0>, const V& g, const V& x, const V&) const {
    const V counts(counted_rows(x.dtype()));
    return apply(SoftmaxPullback{{}, 0b10}, chain_product(counts, apply(Softmax{{}, 0b10}, x)), g);
  }
  // The Jacobian is symmetric.
  template <class V>
  V jvp(wrt<0>, const V& t, const V& x, const V& y) const {
    return vjp(wrt<0>{}, t, x, y);
  }

 private:
  /// 1 for each row that has a label, else 0; of shape [rows, 1].
  [[nodiscard]] GRADUS_API Array counted_rows(DType dtype) const;
};

/// The pullback of CrossEntropy in one pass over each row: g · (softmax(x) − one-hot(label)).
struct CrossEntropyPullback : Binary {
  static constexpr bool internal = true;
  static constexpr std::string_view name = "cross_entropy_pullback";
  static constexpr bool structural = true;
  static constexpr std::uint32_t reads(wrt<0>) { return 0b10; }
  static constexpr std::uint32_t reads(wrt<1>) { return 0b11; }
  Indices labels;
  [[nodiscard]] GRADUS_API Array value(const Array& g, const Array& x) const;
  template <class V>
  V vjp(wrt<0>, const V& h, const V&, const V& x, const V&) const {
    return apply(Sum{{}, 0b10, false}, h * apply(CrossEntropySlope{{}, labels}, x));
  }
  template <class V>
  V vjp(wrt<1>, const V& h, const V& g, const V& x, const V& y) const {
    return CrossEntropySlope{{}, labels}.vjp(wrt<0>{}, chain_product(rows(g, x), h), x, y);
  }
  template <class V>
  V jvp(wrt<0>, const V& t, const V&, const V& x, const V&) const {
    return apply(*this, t, x);
  }
  template <class V>
  V jvp(wrt<1>, const V& t, const V& g, const V& x, const V& y) const {
    return chain_product(rows(g, x), CrossEntropySlope{{}, labels}.jvp(wrt<0>{}, t, x, y));
  }

 private:
  template <class V>
  static V rows(const V& g, const V& x) {
    return apply(Reshape{{}, reduced(shape_of(x), 0b10, true)}, g);
  }
};

/// −log softmax(x)[label] for each row of a matrix, computed from the differences to the largest entry; 0 for a row
/// whose label is negative.
struct CrossEntropy : Unary {
  static constexpr std::string_view name = "cross_entropy", symbol = "−log softmax";
  static constexpr OpWords words{"Take the cross-entropy of {0} and the labels", "the cross-entropy",
                                 "Softmax and cross-entropy together leave the error: the probabilities less the "
                                 "one-hot label."};
  static constexpr bool structural = true;
  static constexpr std::uint32_t reads(wrt<0>) { return 0b01; }
  Indices labels;
  static constexpr auto fields = field_list(field("labels", &CrossEntropy::labels));
  [[nodiscard]] GRADUS_API Shape result_shape(std::span<const Shape> x) const;
  [[nodiscard]] GRADUS_API Array value(const Array& x) const;
  template <class V>
  V vjp(wrt<0>, const V& g, const V& x, const V&) const {
    return apply(CrossEntropyPullback{{}, labels}, g, x);
  }
  template <class V>
  V jvp(wrt<0>, const V& t, const V& x, const V&) const {
    return apply(Sum{{}, 0b10, false}, t * apply(CrossEntropySlope{{}, labels}, x));
  }
  [[nodiscard]] GRADUS_API std::vector<TaughtPart> parts(const Array& x, const Formula& name,
                                                         std::span<const Formula> options) const;
  [[nodiscard]] GRADUS_API TaughtRule taught(std::size_t k, const TaughtStep& step) const;
  [[nodiscard]] GRADUS_API Tensor plain_vjp(std::size_t k, const Tensor& g, std::span<const Tensor> x,
                                            const Tensor& y) const;
  [[nodiscard]] GRADUS_API Tensor composed(const Tensor& x) const;
  /// What the rows of x have (log Σ exp, as `of_rows` computes it) less the scores of their labels; 0 for rows without one.
  [[nodiscard]] GRADUS_API Tensor less_scores_of_labels(Tensor (*of_rows)(const Tensor&), const Tensor& x) const;

 private:
  /// 1 at the label of each row, else 0.
  [[nodiscard]] Array one_hot(const Shape& shape) const;
};

/// exp(x) / Σ exp(x) along an axis or several, without overflow; equal shares for several +∞, NaN where every number is
/// −∞ (K12).  Throws ShapeError for a bad axis.
GRADUS_API Tensor softmax(const Tensor& x, const Axes& axes = -1);

/// The logarithm of softmax, to the last digit however small the softmax.  Throws ShapeError for a bad axis.
GRADUS_API Tensor log_softmax(const Tensor& x, const Axes& axes = -1);

/// log Σ exp over the given axes, all by default, without overflow; −∞ of nothing.  Throws ShapeError for a bad axis.
GRADUS_API Tensor logsumexp(const Tensor& x, const Axes& axes = {}, bool keepdims = false);

}  // namespace gradus
