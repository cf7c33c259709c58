// The matrices in the last two axes of an array, one after another, as LAPACK wants them.  Inside the library only.
#pragma once
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "../base/error.h"
#include "array.h"
#include "lapack.h"

namespace gradus::detail {

/// Throws ValueError: "[inv] the matrix is singular: [2, 2]", "[inv] matrix [0, 3] is singular: [1, 5, 2, 2]".
[[noreturn]] inline void refuse_matrix(std::string_view op, const Shape& shape, std::int64_t k, std::string_view why) {
  std::string place;
  for (int axis = shape.rank() - 3; axis >= 0; --axis) {
    place = fmt::format("{}{}{}", k % shape[axis], place.empty() ? "" : ", ", place);
    k /= shape[axis];
  }
  throw ValueError(fmt::format("[{}] {} {}: {}", op, place.empty() ? "the matrix" : fmt::format("matrix [{}]", place),
                               why, to_string(shape)));
}

/// Reads matrices of any strides.
class MatrixBatch {
 public:
  /// Throws ShapeError, naming the op, for sides that LAPACK cannot count.
  MatrixBatch(const Array& x, std::string_view op) : x_(x), axes_(static_cast<std::size_t>(x.rank()) - 2) {
    rows_ = x.sizes()[axes_];
    columns_ = x.sizes()[axes_ + 1];
    count_ = 1;
    for (std::size_t k = 0; k < axes_; ++k) count_ *= x.sizes()[k];
    if (std::max(rows_, columns_) > std::numeric_limits<blasint>::max()) {
      throw ShapeError(fmt::format("[{}] too long a side: {}", op, to_string(x.shape())));
    }
  }

  [[nodiscard]] std::int64_t count() const noexcept { return count_; }
  [[nodiscard]] std::int64_t rows() const noexcept { return rows_; }
  [[nodiscard]] std::int64_t columns() const noexcept { return columns_; }
  [[nodiscard]] bool empty() const noexcept { return rows_ == 0 || columns_ == 0; }
  /// Where matrix k begins.  Equal for those that broadcasting made of one.
  [[nodiscard]] std::int64_t offset(std::int64_t k) const noexcept {
    std::int64_t at = 0;
    for (std::size_t axis = axes_; axis-- > 0; k /= x_.sizes()[axis]) at += (k % x_.sizes()[axis]) * x_.strides()[axis];
    return at;
  }
  /// Column after column, or row after row, without gaps.
  template <Element T>
  void read_columns(std::int64_t k, T* to) const {
    read(k, to, columns_, x_.strides()[axes_ + 1], rows_, x_.strides()[axes_]);
  }
  template <Element T>
  void read_rows(std::int64_t k, T* to) const {
    read(k, to, rows_, x_.strides()[axes_], columns_, x_.strides()[axes_ + 1]);
  }

 private:
  template <Element T>
  void read(std::int64_t k, T* to, std::int64_t lines, std::int64_t line, std::int64_t length,
            std::int64_t step) const {
    const T* from = x_.data<T>() + offset(k);
    for (std::int64_t i = 0; i < lines; ++i, from += line) {
      for (std::int64_t j = 0; j < length; ++j) *to++ = from[j * step];
    }
  }

  const Array& x_;
  std::size_t axes_;  // before the last two
  std::int64_t rows_;
  std::int64_t columns_;
  std::int64_t count_;
};

/// Writes the column-major m × n matrix as rows, which lie `lead` apart.
template <Element T>
void write_rows(const T* columns, std::int64_t m, std::int64_t n, T* to, std::int64_t lead) {
  for (std::int64_t i = 0; i < m; ++i) {
    for (std::int64_t j = 0; j < n; ++j) to[i * lead + j] = columns[i + j * m];
  }
}

/// The symmetric part of a matrix, in its place.  The halves are added, so that nothing overflows.
template <Element T>
void make_symmetric(std::int64_t n, T* a) {
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j = 0; j < i; ++j) {
      T& lower = a[i * n + j];
      T& upper = a[j * n + i];
      if (lower != upper) lower = upper = lower / 2 + upper / 2;
    }
  }
}

/// A size as LAPACK counts it; it fits, as MatrixBatch has seen to.
[[nodiscard]] inline blasint side(std::int64_t n) { return static_cast<blasint>(n); }

[[nodiscard]] inline std::size_t room(std::int64_t n) { return static_cast<std::size_t>(std::max<std::int64_t>(n, 1)); }

/// The shape with other sizes in the place of the last two.
[[nodiscard]] inline Shape with_last_sizes(const Shape& x, std::initializer_list<std::int64_t> sizes) {
  std::vector<std::int64_t> all(x.begin(), x.end() - 2);
  all.insert(all.end(), sizes);
  return Shape(std::span<const std::int64_t>(all));
}

}  // namespace gradus::detail
