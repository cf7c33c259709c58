// Shapes: the sizes of an array's axes, and what can be asked of them without any numbers.
#pragma once
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "export.h"

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
  /// Size of one axis, counted from the end when negative.  Throws ShapeError when there is no such axis.
  [[nodiscard]] std::int64_t operator[](int axis) const {
    const int k = axis < 0 ? axis + rank_ : axis;
    if (k < 0 || k >= rank_) [[unlikely]]
      throw_no_axis(axis);
    return sizes_[static_cast<std::size_t>(k)];
  }
  [[nodiscard]] std::span<const std::int64_t> sizes() const noexcept {
    return {sizes_.data(), static_cast<std::size_t>(rank_)};
  }
  [[nodiscard]] const std::int64_t* begin() const noexcept { return sizes_.data(); }
  [[nodiscard]] const std::int64_t* end() const noexcept { return sizes_.data() + rank_; }
  friend GRADUS_API bool operator==(const Shape& a, const Shape& b) noexcept;

  /// For sizes that come from a shape or array: nothing is checked.
  static Shape trusted(std::span<const std::int64_t> sizes) noexcept;

 private:
  [[noreturn]] void throw_no_axis(int axis) const;

  int rank_ = 0;
  std::array<std::int64_t, max_rank> sizes_;
};

/// What an axis may be: 0.0 and true are not meant as one.
template <class T>
concept AxisNumber = std::integral<T> && !std::same_as<T, bool>;
template <class T>
concept NoAxisNumber = std::floating_point<T> || std::same_as<T, bool>;

/// One axis as the user wrote it: negative counts from the end.
class Axis {
 public:
  template <AxisNumber I>
  constexpr Axis(I axis) noexcept : axis_(static_cast<int>(axis)) {}  // NOLINT: cumsum(x, 0) reads as it should
  template <NoAxisNumber T>
  Axis(T) = delete;  // an axis is a whole number; keepdims stands behind the axes
  constexpr operator int() const noexcept { return axis_; }  // NOLINT

 private:
  int axis_;
};

/// Axes as the user wrote them (negative counts from the end), made non-negative, ascending and unique.
/// Default-constructed: all axes.  An empty list: none.  Throws ShapeError, naming `op`, for an axis out of range or
/// given twice.
class GRADUS_API Axes {
 public:
  Axes() = default;
  Axes(Axis axis) : count_(1), all_(false) { axes_[0] = axis; }  // NOLINT
  template <AxisNumber I>
  Axes(I axis) : Axes(Axis(axis)) {}  // NOLINT: sum(x, 0) reads as it should
  template <NoAxisNumber T>
  Axes(T) = delete;  // axes are whole numbers: max(x, 0.0) is maximum(x, 0.0), sum(x, true) is sum(x, {}, true)
  Axes(std::initializer_list<Axis> axes);
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
