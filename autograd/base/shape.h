// Shapes: the sizes of an array's axes, and what can be asked of them without any numbers.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "autograd/base/export.h"

namespace gradus {

/// The most axes an array can have.
inline constexpr int max_rank = 16;

/// Sizes of the axes, outermost first.  A value type that never allocates.
/// Every size is >= 0 and the number of bytes of such a float64 array fits 63 bits, or it cannot be constructed.
class GRADUS_API Shape {
 public:
  Shape() noexcept {}  // NOLINT: the sizes beyond the rank are never read
  Shape(const Shape& other) noexcept { *this = other; }
  Shape& operator=(const Shape& other) noexcept {
    rank_ = other.rank_;
    for (int k = 0; k < rank_; ++k) sizes_[static_cast<std::size_t>(k)] = other.sizes_[static_cast<std::size_t>(k)];
    return *this;
  }
  /// Throws ShapeError on a negative size, more than max_rank axes, or a product that overflows.
  Shape(std::initializer_list<std::int64_t> sizes);
  explicit Shape(std::span<const std::int64_t> sizes);

  [[nodiscard]] int rank() const noexcept { return rank_; }
  /// Number of elements: the product of the sizes, 1 for rank 0.
  [[nodiscard]] std::int64_t size() const noexcept;
  /// Size of one axis; the index must be in [0, rank).
  [[nodiscard]] std::int64_t operator[](int axis) const noexcept { return sizes_[static_cast<std::size_t>(axis)]; }
  [[nodiscard]] std::span<const std::int64_t> sizes() const noexcept {
    return {sizes_.data(), static_cast<std::size_t>(rank_)};
  }
  [[nodiscard]] const std::int64_t* begin() const noexcept { return sizes_.data(); }
  [[nodiscard]] const std::int64_t* end() const noexcept { return sizes_.data() + rank_; }
  friend GRADUS_API bool operator==(const Shape& a, const Shape& b) noexcept;

  /// For sizes that come from a shape or array: nothing is checked.
  static Shape trusted(std::span<const std::int64_t> sizes) noexcept;

 private:
  int rank_ = 0;
  std::array<std::int64_t, max_rank> sizes_;
};

/// Axes as the user wrote them (negative counts from the end), made non-negative, ascending and unique.
/// Default-constructed: all axes.  An empty list: none.  Throws ShapeError, naming `op`, for an axis out of range or
/// given twice.
class GRADUS_API Axes {
 public:
  Axes() = default;
  Axes(int axis) : Axes(std::span<const int>(&axis, 1)) {}  // NOLINT: sum(x, 0) reads as it should
  Axes(std::initializer_list<int> axes) : Axes(std::span<const int>(axes.begin(), axes.size())) {}
  explicit Axes(std::span<const int> axes);

  /// Bit k is set when axis k of a shape with this rank is meant.
  [[nodiscard]] std::uint32_t mask(int rank, std::string_view op) const;
  [[nodiscard]] bool all() const noexcept { return all_; }
  [[nodiscard]] std::span<const int> list() const noexcept { return {axes_.data(), static_cast<std::size_t>(count_)}; }

 private:
  std::array<int, max_rank> axes_{};
  int count_ = 0;
  bool all_ = true;
};

/// "[64, 784]", "[]" for rank 0.
GRADUS_API std::string to_string(const Shape& shape);

/// One axis, counted from the end when negative.  Throws ShapeError, naming `op`, when out of range.
GRADUS_API int normalize_axis(int axis, int rank, std::string_view op);

/// The shape both broadcast to, by NumPy's rule.  Throws ShapeError, naming `op`, both shapes and the axis.
GRADUS_API Shape broadcast(const Shape& a, const Shape& b, std::string_view op);

/// Whether `from` broadcasts to exactly `to`.
GRADUS_API bool broadcasts_to(const Shape& from, const Shape& to) noexcept;

/// Throws ShapeError unless `from` broadcasts to `to`.
GRADUS_API void require_broadcast(const Shape& from, const Shape& to);
/// Throws ShapeError unless both shapes have as many elements.
GRADUS_API void require_same_size(const Shape& from, const Shape& to);

/// The shape with one more axis in front.  Throws ShapeError where that is one too many.
GRADUS_API Shape in_front(std::int64_t size, const Shape& shape);

/// What is left of a shape when the axes in `mask` are summed away (or kept with size 1).
GRADUS_API Shape reduced(const Shape& shape, std::uint32_t mask, bool keepdims);

}  // namespace gradus
