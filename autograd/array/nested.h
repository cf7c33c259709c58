// Numbers as they are written in a program: 2.0, {1, 2, 3}, {{1, 2}, {3, 4}}, and lists of them in memory.
#pragma once
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <span>
#include <type_traits>
#include <vector>

#include "../base/export.h"
#include "array.h"

namespace gradus {

namespace detail {

/// A number, or numbers in braces, nested.  Looks at the braces, which live to the end of the statement: for parameters
/// only.
class GRADUS_API NestedNumbers {
 public:
  template <class T>
  requires std::is_arithmetic_v<T> NestedNumbers(T number)
  noexcept  // NOLINT: {1, 2} reads as it should
      : number_(static_cast<double>(number)),
        is_float_(std::same_as<T, float>),
        is_double_(std::same_as<T, double> || std::same_as<T, long double>) {}
  NestedNumbers(std::initializer_list<NestedNumbers> list) noexcept  // NOLINT
      : list_(first_of(list)), count_(list.size()), is_list_(true) {}

  /// float32 when there is a float among the numbers and no double, else float64.  Throws ShapeError when lists beside
  /// each other differ in length or depth.
  [[nodiscard]] static Array array(std::initializer_list<NestedNumbers> list);

 private:
  // Outside of the constructor, which compilers warn of keeping a list in.
  static const NestedNumbers* first_of(const std::initializer_list<NestedNumbers>& list) noexcept {
    return list.begin();
  }

  const NestedNumbers* list_ = nullptr;
  std::size_t count_ = 0;
  double number_ = 0.0;
  bool is_list_ = false;
  bool is_float_ = false;
  bool is_double_ = false;
};

template <class T>
concept ListedNumber = std::floating_point<T> ||
    (std::integral<T> && !std::same_as<T, char> && !std::same_as<T, wchar_t> && !std::same_as<T, char8_t> &&
     !std::same_as<T, char16_t> && !std::same_as<T, char32_t>);

template <class List>
using ListElement = std::remove_cvref_t<decltype(*std::data(std::declval<const List&>()))>;

/// float32 for floats, float64 for doubles and whole numbers.
template <class T>
Array array_of(const Shape& shape, std::span<const T> list) {
  if constexpr (Element<T>) {
    return Array(shape, list);
  } else {
    std::vector<double> numbers;
    numbers.reserve(list.size());
    for (const T& x : list) numbers.push_back(static_cast<double>(x));
    return Array(shape, std::span<const double>(numbers));
  }
}

}  // namespace detail

/// A vector, std::array or span of numbers.  Not a matrix of another library, whose order is its own.
template <class List>
concept NumberList = requires(const List& list) {
  std::size(list);
  requires detail::ListedNumber<detail::ListElement<List>>;
  requires std::convertible_to<const List&, std::span<const detail::ListElement<List>>>;
}
&&!requires(const List& list) { list.rows(); };

/// A vector, std::array or span of such lists, each a row.
template <class Rows>
concept NumberRows = requires(const Rows& rows) {
  std::size(rows);
  requires NumberList<detail::ListElement<Rows>>;
};

namespace detail {

/// The size of each row.  Throws ShapeError where they differ.
GRADUS_API std::int64_t row_size(std::span<const std::size_t> sizes);

template <class Rows>
Array array_of_rows(const Rows& rows) {
  std::vector<std::size_t> sizes;
  std::vector<ListElement<ListElement<Rows>>> numbers;
  for (const auto& row : rows) {
    sizes.push_back(std::size(row));
    numbers.insert(numbers.end(), std::begin(row), std::end(row));
  }
  using T = ListElement<ListElement<Rows>>;
  return array_of(Shape{static_cast<std::int64_t>(sizes.size()), row_size(sizes)}, std::span<const T>(numbers));
}

}  // namespace detail

}  // namespace gradus
