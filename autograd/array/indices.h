// Whole numbers with a shape: places along an axis, class labels.
#pragma once
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "../base/export.h"
#include "../base/shape.h"

namespace gradus {

/// Not differentiated, and never changed once made: copies share the numbers, and threads may read them at once.
class GRADUS_API Indices {
 public:
  /// A list: rank 1.
  Indices(std::initializer_list<std::int64_t> list);
  explicit Indices(std::span<const std::int64_t> list);
  /// The whole numbers of a vector, array or span of any integers.
  template <class List>
  requires(std::convertible_to<
           const List&, std::span<const std::remove_cvref_t<decltype(*std::data(std::declval<const List&>()))>>>&&
               std::integral<std::remove_cvref_t<
                   decltype(*std::data(std::declval<const List&>()))>>) explicit Indices(const List& list)
      : Indices(Shape{static_cast<std::int64_t>(std::size(list))},
                std::vector<std::int64_t>(std::begin(list), std::end(list))) {}
  /// Row-major values of a shape.  Throws ShapeError when their number is not the shape's size.
  Indices(const Shape& shape, std::vector<std::int64_t> values);

  [[nodiscard]] const Shape& shape() const noexcept { return shape_; }
  [[nodiscard]] std::int64_t size() const noexcept { return static_cast<std::int64_t>(values_->size()); }
  /// Row-major, whatever the rank.
  [[nodiscard]] std::int64_t operator[](std::int64_t i) const noexcept {
    return (*values_)[static_cast<std::size_t>(i)];
  }
  [[nodiscard]] std::span<const std::int64_t> values() const noexcept { return *values_; }
  [[nodiscard]] auto begin() const noexcept { return values_->begin(); }
  [[nodiscard]] auto end() const noexcept { return values_->end(); }
  /// The same numbers in the same shape.
  friend bool operator==(const Indices& a, const Indices& b) noexcept {
    return a.shape_ == b.shape_ && *a.values_ == *b.values_;
  }

 private:
  Shape shape_;
  std::shared_ptr<const std::vector<std::int64_t>> values_;
};

}  // namespace gradus
