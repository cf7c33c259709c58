// The ops around softmax, each with a rule of its own: composed from exp and log they would overflow or lose digits.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "autograd/tensor/rule.h"
#include "autograd/tensor/structural.h"

namespace gradus {

/// Shares of 1 in proportion to exp(x), along some axes.  y = exp(x − max) / Σ exp(x − max); equal shares for several
/// +∞ (K12).  Pullback: y·(g − Σ g·y).
struct Softmax : Unary {
  static constexpr std::string_view name = "softmax";
  static constexpr bool structural = true;
  static constexpr std::uint32_t reads(wrt<0>) { return 0b10; }
  std::uint32_t axes = 0;
  double of_nothing = 0.0;  // the shares where every number is −∞
  [[nodiscard]] Array value(const Array& x) const;
  template <class V>
  V vjp(wrt<0>, const V& g, const V&, const V& y) const {
    return y * (g - apply(Sum{{}, axes, true}, g * y));
  }
  // The Jacobian is symmetric.
  template <class V>
  V jvp(wrt<0>, const V& t, const V& x, const V& y) const {
    return vjp(wrt<0>{}, t, x, y);
  }
};

/// log Σ exp(x) along some axes, shifted by the largest number so that nothing overflows.  ∂/∂x = softmax, and 0 where
/// every number is −∞ (K12).
struct LogSumExp : Unary {
  static constexpr std::string_view name = "logsumexp";
  static constexpr bool structural = true;
  static constexpr std::uint32_t reads(wrt<0>) { return 0b01; }
  std::uint32_t axes = 0;
  bool keepdims = false;
  [[nodiscard]] Array value(const Array& x) const;
  template <class V>
  V vjp(wrt<0>, const V& g, const V& x, const V&) const {
    const V wide = apply(Reshape{{}, reduced(shape_of(x), axes, true)}, g);
    return wide * apply(Softmax{{}, axes, 0.0}, x);
  }
  template <class V>
  V jvp(wrt<0>, const V& t, const V& x, const V&) const {
    return apply(Sum{{}, axes, keepdims}, t * apply(Softmax{{}, axes, 0.0}, x));
  }
};

using Labels = std::shared_ptr<const std::vector<std::int64_t>>;

/// softmax(x) − one-hot(label) for each row of a matrix.  The label's entry, p − 1, is computed as −Σ of the others, so
/// that it keeps its digits when p is close to 1.  Pullback: that of softmax.
struct CrossEntropySlope : Unary {
  static constexpr std::string_view name = "cross_entropy_slope";
  static constexpr bool structural = true;
  static constexpr std::uint32_t reads(wrt<0>) { return 0b01; }
  Labels labels;
  [[nodiscard]] Array value(const Array& x) const;
  template <class V>
  V vjp(wrt<0>, const V& g, const V& x, const V&) const {
    const V p = apply(Softmax{{}, 0b10, 0.0}, x);
    return p * (g - apply(Sum{{}, 0b10, true}, g * p));
  }
  // The Jacobian is symmetric.
  template <class V>
  V jvp(wrt<0>, const V& t, const V& x, const V& y) const {
    return vjp(wrt<0>{}, t, x, y);
  }
};

/// −log softmax(x)[label] for each row of a matrix, computed from the differences to the largest entry.
struct CrossEntropy : Unary {
  static constexpr std::string_view name = "cross_entropy", symbol = "−log softmax";
  static constexpr bool structural = true;
  static constexpr std::uint32_t reads(wrt<0>) { return 0b01; }
  Labels labels;
  [[nodiscard]] Array value(const Array& x) const;
  template <class V>
  V vjp(wrt<0>, const V& g, const V& x, const V&) const {
    const V rows = apply(Reshape{{}, reduced(shape_of(x), 0b10, true)}, g);
    return rows * apply(CrossEntropySlope{{}, labels}, x);
  }
  template <class V>
  V jvp(wrt<0>, const V& t, const V& x, const V&) const {
    return apply(Sum{{}, 0b10, false}, t * apply(CrossEntropySlope{{}, labels}, x));
  }
};

/// log Σ exp over the given axes, all by default, without overflow; −∞ of nothing.  Throws ShapeError for a bad axis.
GRADUS_API Tensor logsumexp(const Tensor& x, const Axes& axes = {}, bool keepdims = false);

/// −log softmax(logits)[row, label] for each row of a matrix [batch, classes]; a vector [batch].  Throws ShapeError
/// unless logits is a matrix with a row for each label, ValueError for a label that is no class.
GRADUS_API Tensor cross_entropy(const Tensor& logits, std::span<const std::int64_t> labels);

}  // namespace gradus
