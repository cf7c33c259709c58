#include "autograd/tensor/ops/window_checks.h"

#include <fmt/format.h>

#include "autograd/base/error.h"
#include "autograd/tensor/ops/shape_checks.h"
#include "autograd/tensor/ops/structural.h"

namespace gradus::detail {

std::int64_t check_option(std::string_view op, std::string_view option, std::int64_t value, std::int64_t least) {
  constexpr std::int64_t most = std::int64_t{1} << 30;
  if (value >= least && value <= most) return value;
  throw ValueError(fmt::format("[{}] {} must be {} {}: {}", op, option, value < least ? "at least" : "at most",
                               value < least ? least : most, value));
}

Ends ends_of(std::string_view op, const Pair& padding, int axes, int side) {
  const auto checked = [&](std::int64_t amount) { return check_option(op, "padding", amount, 0); };
  if (axes == 1) return {checked(padding.height), checked(padding.width)};
  const std::int64_t both = checked(side_of(padding, side));
  return {both, both};
}

void require_one_number(std::string_view op, std::string_view option, const Pair& pair, int axes) {
  if (axes != 1 || pair.height == pair.width) return;
  throw ValueError(
      fmt::format("[{}] {} is one number, as there is one axis: ({}, {})", op, option, pair.height, pair.width));
}

void require_window(std::string_view op, const WindowAxes& window, const Shape& x, std::int64_t WindowAxis::*size) {
  require_matrices(op, x);
  for (int k = 0; k < 2; ++k) {
    if (x[x.rank() - 2 + k] != window[static_cast<std::size_t>(k)].*size) {
      refuse_shape(op, "the window belongs to other sizes", x);
    }
  }
}

void require_overlap(std::string_view op, const WindowAxes& window) {
  for (const WindowAxis& axis : window) {
    const std::int64_t reach = (axis.kernel - 1) * axis.dilation + 1;
    if (axis.before > reach || axis.behind() > reach + axis.stride) {
      throw ShapeError(fmt::format("[{}] the window leaves the input", op));
    }
  }
}

Tensor with_height(const Tensor& x, int axes) {
  if (axes == 2) return x;
  const Shape shape = x.shape();
  return reshape(x, {shape[0], shape[1], 1, shape[2]});
}

Images::Images(const Tensor& x, int axes) : axes_(axes), single_(x.rank() == axes + 1) {
  if (!single_ && x.rank() != axes + 2) return;
  if (!single_) {
    x_ = with_height(x, axes);
    return;
  }
  const Shape shape = x.shape();
  x_ = reshape(x, {1, shape[0], axes == 1 ? 1 : shape[1], shape[axes]});
}

Tensor Images::like_given(const Tensor& y) const {
  const std::uint32_t dropped = (single_ ? 0b1U : 0U) | (axes_ == 1 ? 0b100U : 0U);
  return reshape(y, reduced(y.shape(), dropped, false));
}

}  // namespace gradus::detail
