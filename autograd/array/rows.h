// The groups of numbers along some axes, laid out as the rows of a matrix.
#pragma once
#include <array>
#include <cstdint>
#include <span>

#include "../base/parallel.h"
#include "array.h"

namespace gradus {

/// How the axes in a mask become rows: they are moved behind the others and joined in row-major order.
class GRADUS_API Rows {
 public:
  Rows(const Shape& shape, std::uint32_t mask);

  [[nodiscard]] std::int64_t count() const noexcept { return count_; }
  [[nodiscard]] std::int64_t length() const noexcept { return length_; }
  /// Row after row, without gaps: x itself where it lies that way.
  [[nodiscard]] Array gather(const Array& x) const;
  /// Memory for a number in each place of each row, to be given to scatter() when it is filled.
  [[nodiscard]] Array uninitialized(DType dtype) const { return Array::uninitialized(moved_, dtype); }
  /// Back in the shape the rows came from: a view.
  [[nodiscard]] Array scatter(const Array& rows) const;

 private:
  [[nodiscard]] std::span<const int> order() const noexcept { return {order_.data(), static_cast<std::size_t>(rank_)}; }
  [[nodiscard]] std::span<const int> back() const noexcept { return {back_.data(), static_cast<std::size_t>(rank_)}; }

  int rank_;
  bool in_order_;
  std::array<int, max_rank> order_{};
  std::array<int, max_rank> back_{};
  Shape moved_;
  std::int64_t count_ = 1;
  std::int64_t length_ = 1;
};

/// Rows are given to several threads at once: f reads nothing that it writes elsewhere.
///
/// An array of x's shape: f(row, its length, where as many results go) for each group of x along the axes in `mask`.
template <class F>
Array map_rows(const Array& x, std::uint32_t mask, F&& f) {
  if (x.size() == 0) return x;  // there may be very many empty rows
  const Rows rows(x.shape(), mask);
  const Array in = rows.gather(x);
  Array out = rows.uninitialized(x.dtype());
  dispatch(x.dtype(), [&](auto zero) {
    using T = decltype(zero);
    const T* from = in.data<T>();
    T* to = out.mutable_data<T>();
    detail::spread(rows.count(), rows.length(),
                   [&](std::int64_t i) { f(from + i * rows.length(), rows.length(), to + i * rows.length()); });
  });
  return rows.scatter(out);
}

/// The same for two arrays of one shape and dtype: f(row of x, row of y, length, results).
template <class F>
Array map_rows(const Array& x, const Array& y, std::uint32_t mask, F&& f) {
  if (x.size() == 0) return x;
  const Rows rows(x.shape(), mask);
  const Array first = rows.gather(x);
  const Array second = rows.gather(y);
  Array out = rows.uninitialized(x.dtype());
  dispatch(x.dtype(), [&](auto zero) {
    using T = decltype(zero);
    const T* a = first.data<T>();
    const T* b = second.data<T>();
    T* to = out.mutable_data<T>();
    detail::spread(rows.count(), rows.length(), [&](std::int64_t i) {
      const std::int64_t start = i * rows.length();
      f(a + start, b + start, rows.length(), to + start);
    });
  });
  return rows.scatter(out);
}

/// An array of the reduced shape: f(row, its length), a double, for each group of x along the axes in `mask`.
template <class F>
Array reduce_rows(const Array& x, std::uint32_t mask, bool keepdims, F&& f) {
  const Rows rows(x.shape(), mask);
  const Array in = rows.gather(x);
  Array out = Array::uninitialized(reduced(x.shape(), mask, keepdims), x.dtype());
  dispatch(x.dtype(), [&](auto zero) {
    using T = decltype(zero);
    const T* from = in.data<T>();
    T* to = out.mutable_data<T>();
    detail::spread(rows.count(), rows.length(),
                   [&](std::int64_t i) { to[i] = static_cast<T>(f(from + i * rows.length(), rows.length())); });
  });
  return out;
}

}  // namespace gradus
