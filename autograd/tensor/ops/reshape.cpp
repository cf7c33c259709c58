#include "autograd/tensor/ops/reshape.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>
#include <vector>

#include "autograd/base/error.h"

namespace gradus {

Tensor reshape(const Tensor& x, std::span<const std::int64_t> sizes) {
  const auto open = std::ranges::find(sizes, -1);
  if (open == sizes.end()) return reshape(x, Shape(sizes));
  std::vector<std::int64_t> full(sizes.begin(), sizes.end());
  std::int64_t& missing = full[static_cast<std::size_t>(open - sizes.begin())];
  missing = 1;
  const std::int64_t known = Shape(full).size();
  const auto refuse = [&](std::string_view why) {
    throw ShapeError(fmt::format("[reshape] {}: {} as [{}]", why, to_string(x.shape()), fmt::join(sizes, ", ")));
  };
  if (known == 0) refuse("any size would do for -1");
  if (x.size() % known != 0) refuse("no size fits for -1");
  missing = x.size() / known;
  return reshape(x, Shape(full));
}

Tensor reshape(const Tensor& x, std::initializer_list<std::int64_t> sizes) {
  return reshape(x, std::span<const std::int64_t>(sizes.begin(), sizes.size()));
}

Tensor flatten(const Tensor& x, Axis first, Axis last) {
  const Shape shape = x.shape();
  const int rank = std::max(shape.rank(), 1);
  const int from = normalize_axis(first, rank, "flatten");
  const int to = normalize_axis(last, rank, "flatten");
  if (from > to) {
    throw ShapeError(fmt::format("[flatten] axis {} comes behind axis {} in {}", first, last, to_string(shape)));
  }
  std::vector<std::int64_t> sizes(shape.begin(), shape.end());
  if (sizes.empty()) return reshape(x, Shape{1});
  const auto begin = sizes.begin() + from;
  *begin = std::accumulate(begin, sizes.begin() + to + 1, std::int64_t{1}, std::multiplies<>());
  sizes.erase(begin + 1, sizes.begin() + to + 1);
  return reshape(x, Shape(sizes));
}

Tensor squeeze(const Tensor& x, const Axes& axes) {
  const Shape shape = x.shape();
  std::uint32_t mask = axes.mask(shape.rank(), "squeeze");
  for (int k = 0; k < shape.rank(); ++k) {
    if (shape[k] != 1) mask &= ~(1U << k);
  }
  return reshape(x, reduced(shape, mask, false));
}

Tensor unsqueeze(const Tensor& x, Axis axis) {
  const Shape shape = x.shape();
  std::vector<std::int64_t> sizes(shape.begin(), shape.end());
  sizes.insert(sizes.begin() + normalize_axis(axis, shape.rank() + 1, "unsqueeze"), 1);
  return reshape(x, Shape(sizes));
}

Tensor transpose(const Tensor& x, Axis a, Axis b) {
  std::array<int, max_rank> order{};
  std::iota(order.begin(), order.end(), 0);
  const int i = normalize_axis(a, x.rank(), "transpose");
  const int j = normalize_axis(b, x.rank(), "transpose");
  std::swap(order[static_cast<std::size_t>(i)], order[static_cast<std::size_t>(j)]);
  return permute(x, std::span<const int>(order).first(static_cast<std::size_t>(x.rank())));
}

}  // namespace gradus
