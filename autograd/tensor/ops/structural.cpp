#include "autograd/tensor/ops/structural.h"

#include <fmt/format.h>

#include <algorithm>

#include "autograd/base/error.h"
#include "autograd/tensor/boxed_rule.h"

namespace gradus {

Tensor detail::cast_to(const Tensor& x, DType dtype) { return cast(x, dtype); }
Tensor detail::broadcast_for(const Tensor& x, const Array& result) { return apply(Broadcast{{}, result.shape()}, x); }

Shape Broadcast::result_shape(std::span<const Shape> x) const {
  require_broadcast(x[0], shape);
  return shape;
}

Shape Reshape::result_shape(std::span<const Shape> x) const {
  require_same_size(x[0], shape);
  return shape;
}

Shape Permute::result_shape(std::span<const Shape> x) const {
  std::array<std::int64_t, max_rank> sizes{};
  for (std::size_t k = 0; k < order.list().size(); ++k) sizes[k] = x[0][order.list()[k]];
  return Shape::trusted(std::span<const std::int64_t>(sizes).first(order.list().size()));
}

namespace {

std::string goes_to_all(std::string_view what, std::uint32_t axes, const Shape& x) {
  const std::string where = detail::along(axes, x.rank());
  return where.empty() ? "" : fmt::format("each number of G goes to all that were {}{}", what, where);
}

}  // namespace

std::string Sum::reason(const Shape& x) const { return goes_to_all("added", axes, x); }
std::string Mean::reason(const Shape& x) const { return goes_to_all("averaged", axes, x); }

Tensor sum(const Tensor& x, const Axes& axes, bool keepdims) {
  return apply(Sum{{}, axes.mask(x.rank(), Sum::name), keepdims}, x);
}
Tensor mean(const Tensor& x, const Axes& axes, bool keepdims) {
  return apply(Mean{{}, axes.mask(x.rank(), Mean::name), keepdims}, x);
}

Tensor broadcast_to(const Tensor& x, const Shape& shape) {
  return x.shape() == shape ? x : apply(Broadcast{{}, shape}, x);
}

Tensor reshape(const Tensor& x, const Shape& shape) { return x.shape() == shape ? x : apply(Reshape{{}, shape}, x); }

Tensor permute(const Tensor& x, std::initializer_list<int> order) {
  return permute(x, std::span<const int>(order.begin(), order.size()));
}

Tensor permute(const Tensor& x, std::span<const int> order) {
  if (order.size() != static_cast<std::size_t>(x.rank())) {
    throw ShapeError(fmt::format("[permute] {} axes are given for {}", order.size(), to_string(x.shape())));
  }
  Permute op;
  op.order.rank = static_cast<int>(std::min<std::size_t>(order.size(), max_rank));
  for (std::size_t k = 0; k < static_cast<std::size_t>(op.order.rank); ++k) {
    op.order.axes[k] = normalize_axis(order[k], x.rank(), Permute::name);
  }
  return apply(op, x);
}

Tensor transpose(const Tensor& x) {
  std::array<int, max_rank> order{};
  const int rank = x.rank();
  for (int k = 0; k < rank; ++k) order[static_cast<std::size_t>(k)] = rank - 1 - k;
  return permute(x, std::span<const int>(order).first(static_cast<std::size_t>(rank)));
}

Tensor cast(const Tensor& x, DType dtype) { return x.dtype() == dtype ? x : apply(Cast{{}, dtype}, x); }

// Saved graphs name these (save/saved_ops.cpp).
template const detail::RuleEntry& detail::unlisted_rule<Broadcast>();
template const detail::RuleEntry& detail::unlisted_rule<Reshape>();
template const detail::RuleEntry& detail::unlisted_rule<Permute>();
template const detail::RuleEntry& detail::unlisted_rule<Cast>();
template const detail::RuleEntry& detail::unlisted_rule<Sum>();
template const detail::RuleEntry& detail::unlisted_rule<Mean>();

}  // namespace gradus
