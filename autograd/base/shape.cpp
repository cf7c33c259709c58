#include "autograd/base/shape.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "autograd/base/error.h"

namespace gradus {

Shape::Shape(std::initializer_list<std::int64_t> sizes)
    : Shape(std::span<const std::int64_t>(sizes.begin(), sizes.size())) {}

Shape::Shape(std::span<const std::int64_t> sizes)
    : rank_(static_cast<int>(std::min<std::size_t>(sizes.size(), max_rank))) {
  if (sizes.size() > max_rank) {
    throw ShapeError(fmt::format("[shape] {} axes, at most {} are allowed", sizes.size(), max_rank));
  }
  std::int64_t bytes = sizeof(double);
  for (std::size_t k = 0; k < sizes.size(); ++k) {
    if (sizes[k] < 0) throw ShapeError(fmt::format("[shape] negative size: [{}]", fmt::join(sizes, ", ")));
    // A size of 0 must not hide an overflow in the strides, so each axis counts at least once.
    if (__builtin_mul_overflow(bytes, std::max<std::int64_t>(sizes[k], 1), &bytes)) {
      throw ShapeError(fmt::format("[shape] too many elements: [{}]", fmt::join(sizes, ", ")));
    }
    sizes_[k] = sizes[k];
  }
}

Shape Shape::trusted(std::span<const std::int64_t> sizes) noexcept {
  Shape shape;
  shape.rank_ = static_cast<int>(sizes.size());
  std::ranges::copy(sizes, shape.sizes_.begin());
  return shape;
}

std::int64_t Shape::size() const noexcept {
  std::int64_t n = 1;
  for (std::int64_t s : *this) n *= s;
  return n;
}

bool operator==(const Shape& a, const Shape& b) noexcept { return std::ranges::equal(a.sizes(), b.sizes()); }

void Shape::throw_no_axis(int axis) const {
  throw ShapeError(fmt::format("[shape] axis {} is out of range for the shape {}", axis, to_string(*this)));
}

Axes::Axes(std::initializer_list<Axis> axes) {
  std::array<int, max_rank + 1> list{};  // one more than are allowed: the other constructor says so
  const std::size_t count = std::min(axes.size(), list.size());
  std::copy_n(axes.begin(), count, list.begin());
  *this = Axes(std::span<const int>(list.data(), count));
}

Axes::Axes(std::span<const int> axes)
    : count_(static_cast<int>(std::min<std::size_t>(axes.size(), max_rank))), all_(false) {
  if (axes.size() > max_rank)
    throw ShapeError(fmt::format("[axes] {} axes, at most {} are allowed", axes.size(), max_rank));
  std::ranges::copy(axes, axes_.begin());
}

std::uint32_t Axes::mask(int rank, std::string_view op) const {
  if (all()) return (1U << rank) - 1;
  std::uint32_t mask = 0;
  for (int axis : list()) {
    const std::uint32_t bit = 1U << normalize_axis(axis, rank, op);
    if (mask & bit) throw ShapeError(fmt::format("[{}] axis {} is given twice", op, axis));
    mask |= bit;
  }
  return mask;
}

std::string to_string(const Shape& shape) { return fmt::format("[{}]", fmt::join(shape.sizes(), ", ")); }

int normalize_axis(int axis, int rank, std::string_view op) {
  if (axis < -rank || axis >= rank) {
    throw ShapeError(fmt::format("[{}] axis {} is out of range for {} ax{}", op, axis, rank, rank == 1 ? "is" : "es"));
  }
  return axis < 0 ? axis + rank : axis;
}

Shape broadcast(const Shape& a, const Shape& b, std::string_view op) {
  if (a == b) return a;
  const int rank = std::max(a.rank(), b.rank());
  std::array<std::int64_t, max_rank> sizes{};
  for (int k = 0; k < rank; ++k) {
    const int i = k - (rank - a.rank());
    const int j = k - (rank - b.rank());
    const std::int64_t m = i < 0 ? 1 : a[i];
    const std::int64_t n = j < 0 ? 1 : b[j];
    if (m != n && m != 1 && n != 1) {
      throw ShapeError(fmt::format("[{}] shapes do not broadcast: {} with {} (axis {}: {} is not {})", op, to_string(a),
                                   to_string(b), k - rank, m, n));
    }
    sizes[static_cast<std::size_t>(k)] = m == 1 ? n : m;
  }
  return Shape(std::span<const std::int64_t>(sizes.data(), static_cast<std::size_t>(rank)));
}

bool broadcasts_to(const Shape& from, const Shape& to) noexcept {
  const int lead = to.rank() - from.rank();
  if (lead < 0) return false;
  for (int k = 0; k < from.rank(); ++k) {
    if (from[k] != to[k + lead] && from[k] != 1) return false;
  }
  return true;
}

void require_broadcast(const Shape& from, const Shape& to) {
  if (broadcasts_to(from, to)) return;
  throw ShapeError(fmt::format("[broadcast_to] {} does not broadcast to {}", to_string(from), to_string(to)));
}

void require_same_size(const Shape& from, const Shape& to) {
  if (from.size() == to.size()) return;
  throw ShapeError(fmt::format("[reshape] sizes differ: {} has {} elements, {} has {}", to_string(from), from.size(),
                               to_string(to), to.size()));
}

Shape in_front(std::int64_t size, const Shape& shape) {
  std::array<std::int64_t, max_rank + 1> sizes{size};
  std::copy(shape.begin(), shape.end(), sizes.begin() + 1);
  return Shape(std::span<const std::int64_t>(sizes).first(static_cast<std::size_t>(shape.rank()) + 1));
}

Shape reduced(const Shape& shape, std::uint32_t mask, bool keepdims) {
  std::array<std::int64_t, max_rank> sizes;
  std::size_t rank = 0;
  for (int k = 0; k < shape.rank(); ++k) {
    const bool gone = ((mask >> k) & 1U) != 0;
    if (!gone) sizes[rank++] = shape[k];
    if (gone && keepdims) sizes[rank++] = 1;
  }
  return Shape::trusted(std::span<const std::int64_t>(sizes.data(), rank));
}

}  // namespace gradus
