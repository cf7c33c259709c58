// The largest number and the mean in sliding windows, as PyTorch defines them.
#pragma once
#include <cstdint>
#include <limits>
#include <string_view>

#include "../../array/window_pooling.h"
#include "../rule.h"
#include "../tensor.h"
#include "structural.h"
#include "window_options.h"

namespace gradus {

struct MaxPoolSpread;

/// The mean of u over the places where x is largest in each window: linear in u, constant in x but for the places where
/// the largest change, where there is no derivative.  It is the tangent of max_pool.  Adjoint: MaxPoolSpread.
struct MaxPoolTake : Binary {
  static constexpr bool internal = true;
  static constexpr std::string_view name = "max_pool_take";
  static constexpr bool structural = true;
  static constexpr std::uint32_t reads(wrt<0>) { return 0; }
  static constexpr std::uint32_t reads(wrt<1>) { return 0b01; }
  WindowAxes window;
  [[nodiscard]] Array value(const Array& x, const Array& u) const { return max_pool_take(x, u, window); }
  template <class V>
  V vjp(wrt<0>, const V&, const V& x, const V&, const V&) const {
    return apply(Broadcast{{}, shape_of(x)}, constant_like(x, 0.0));
  }
  template <class V>
  V vjp(wrt<1>, const V& g, const V& x, const V&, const V&) const;
  template <class V>
  V jvp(wrt<0>, const V&, const V&, const V&, const V& y) const {
    return apply(Broadcast{{}, shape_of(y)}, constant_like(y, 0.0));
  }
  template <class V>
  V jvp(wrt<1>, const V& t, const V& x, const V&, const V&) const {
    return apply(*this, x, t);
  }
};

/// Each g in equal shares to the places where x is largest in its window (K3).  Adjoint: MaxPoolTake.
struct MaxPoolSpread : Binary {
  static constexpr bool internal = true;
  static constexpr std::string_view name = "max_pool_spread";
  static constexpr bool structural = true;
  static constexpr std::uint32_t reads(wrt<0>) { return 0; }
  static constexpr std::uint32_t reads(wrt<1>) { return 0b01; }
  WindowAxes window;
  [[nodiscard]] Array value(const Array& x, const Array& g) const { return max_pool_spread(x, g, window); }
  template <class V>
  V vjp(wrt<0>, const V&, const V& x, const V&, const V&) const {
    return apply(Broadcast{{}, shape_of(x)}, constant_like(x, 0.0));
  }
  template <class V>
  V vjp(wrt<1>, const V& u, const V& x, const V&, const V&) const {
    return apply(MaxPoolTake{{}, window}, x, u);
  }
  template <class V>
  V jvp(wrt<0>, const V&, const V& x, const V&, const V&) const {
    return apply(Broadcast{{}, shape_of(x)}, constant_like(x, 0.0));
  }
  template <class V>
  V jvp(wrt<1>, const V& t, const V& x, const V&, const V&) const {
    return apply(*this, x, t);
  }
};

template <class V>
V MaxPoolTake::vjp(wrt<1>, const V& g, const V& x, const V&, const V&) const {
  return apply(MaxPoolSpread{{}, window}, x, g);
}

/// The largest number in each window.  Equal ones share the gradient (K3); a window with a NaN is NaN and so is its
/// gradient (K8).
struct MaxPool : Unary {
  static constexpr std::string_view name = "max_pool";
  static constexpr OpWords words{"Take the largest of each window of {0}", "the pooling",
                                 "The largest number of each window receives the window's gradient."};
  static constexpr bool structural = true;
  static constexpr std::uint32_t reads(wrt<0>) { return 0b01; }
  WindowAxes window;
  static constexpr auto fields = field_list(field("window", &MaxPool::window));
  [[nodiscard]] GRADUS_API Shape result_shape(std::span<const Shape> x) const;
  [[nodiscard]] Array value(const Array& x) const { return max_pool(x, window); }
  template <class V>
  V vjp(wrt<0>, const V& g, const V& x, const V&) const {
    return apply(MaxPoolSpread{{}, window}, x, g);
  }
  template <class V>
  V jvp(wrt<0>, const V& t, const V& x, const V&) const {
    return apply(MaxPoolTake{{}, window}, x, t);
  }
  [[nodiscard]] GRADUS_API std::string_view convention(const Array& x, const Array& y) const;
  [[nodiscard]] GRADUS_API TaughtRule taught(std::size_t k, const TaughtStep& step) const;
};

struct AvgPoolSpread;

/// The mean of each window.  Adjoint: AvgPoolSpread.
struct AvgPool : Unary {
  static constexpr std::string_view name = "avg_pool";
  static constexpr OpWords words{"Average each window of {0}", "the pooling",
                                 "The numbers of a window receive equal shares of its gradient."};
  static constexpr bool structural = true;
  static constexpr bool multilinear = true;
  static constexpr std::uint32_t reads(wrt<0>) { return 0; }
  AverageWindow average;
  static constexpr auto fields = field_list(field("average", &AvgPool::average));
  [[nodiscard]] GRADUS_API Shape result_shape(std::span<const Shape> x) const;
  [[nodiscard]] Array value(const Array& x) const { return avg_pool(x, average); }
  template <class V>
  V vjp(wrt<0>, const V& g, const V&, const V&) const;
  [[nodiscard]] GRADUS_API TaughtRule taught(std::size_t k, const TaughtStep& step) const;
};

/// Each g in equal shares to its window.  Adjoint: AvgPool.
struct AvgPoolSpread : Unary {
  static constexpr bool internal = true;
  static constexpr std::string_view name = "avg_pool_spread";
  static constexpr bool structural = true;
  static constexpr bool multilinear = true;
  static constexpr std::uint32_t reads(wrt<0>) { return 0; }
  AverageWindow average;
  [[nodiscard]] Array value(const Array& g) const { return avg_pool_spread(g, average); }
  template <class V>
  V vjp(wrt<0>, const V& u, const V&, const V&) const {
    return apply(AvgPool{{}, average}, u);
  }
};

template <class V>
V AvgPool::vjp(wrt<0>, const V& g, const V&, const V&) const {
  return apply(AvgPoolSpread{{}, average}, g);
}

/// The stride of a pooling window that moves by its own size: a number that no computation of a stride comes to.
inline constexpr std::int64_t as_kernel = std::numeric_limits<std::int64_t>::min();

/// Options of max_pool1d and max_pool2d.
struct MaxPoolOptions {
  Pair stride{as_kernel};
  Pair padding{0};
  Pair dilation{1};
  bool ceil_mode = false;  ///< whether a last window may hang over the end
};

/// Options of avg_pool1d and avg_pool2d.
struct AvgPoolOptions {
  Pair stride{as_kernel};
  Pair padding{0};
  bool ceil_mode = false;
  bool count_include_pad = true;  ///< whether padding counts as zeros in the mean
};

/// The largest number in each window of images [n, c, height, width], or of one image without n.  Padding never wins.
/// Where several numbers are the largest they share the gradient equally.  Throws ShapeError, naming the shape, when
/// the axes do not fit, an image is empty or the window is larger than the padded image; ValueError for a kernel,
/// stride or dilation below 1, for a padding that is negative or more than half of the window, and for two different
/// numbers for one axis.
GRADUS_API Tensor max_pool2d(const Tensor& x, Pair kernel, const MaxPoolOptions& options = {});
/// The same along one axis: x [n, c, length] or [c, length].
GRADUS_API Tensor max_pool1d(const Tensor& x, std::int64_t kernel, const MaxPoolOptions& options = {});
/// The mean of each window.  A window that hangs over the padded end is divided by what is left of it.  Throws as
/// max_pool2d does.
GRADUS_API Tensor avg_pool2d(const Tensor& x, Pair kernel, const AvgPoolOptions& options = {});
/// The same along one axis: x [n, c, length] or [c, length].
GRADUS_API Tensor avg_pool1d(const Tensor& x, std::int64_t kernel, const AvgPoolOptions& options = {});

}  // namespace gradus
