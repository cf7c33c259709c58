// One matrix product in memory, by the fastest of several ways.  Inside the library only.
#pragma once
#include <algorithm>
#include <cstdint>
#include <limits>

#include "../base/dtype.h"

namespace gradus::detail {

/// A matrix in memory: element (i, j) is data[i · row + j · column].
template <Element T>
struct MatrixIn {
  const T* data;
  std::int64_t row;
  std::int64_t column;

  [[nodiscard]] MatrixIn transposed() const noexcept { return {data, column, row}; }
  [[nodiscard]] MatrixIn at(std::int64_t offset) const noexcept { return {data + offset, row, column}; }
};

/// The longest side BLAS can count.
inline constexpr std::int64_t longest_blas_side = std::numeric_limits<std::int32_t>::max();

/// Whether the columns of a rows × columns matrix lie side by side, in rows that do not overlap.  A step that is never
/// taken may be anything.
[[nodiscard]] inline bool fits_row_major(std::int64_t rows, std::int64_t columns, std::int64_t row,
                                         std::int64_t column) noexcept {
  return (column == 1 || columns == 1) && (row >= columns || rows == 1);
}

/// Whether a rows × columns matrix with these strides lies as BLAS can read it: unit steps along one axis.
[[nodiscard]] inline bool fits_blas(std::int64_t rows, std::int64_t columns, std::int64_t row,
                                    std::int64_t column) noexcept {
  if (std::max(rows == 1 ? 0 : row, columns == 1 ? 0 : column) > longest_blas_side) return false;
  return fits_row_major(rows, columns, row, column) || fits_row_major(columns, rows, column, row);
}

/// Whether the call into BLAS would cost more than the product.
[[nodiscard]] inline bool is_tiny(std::int64_t m, std::int64_t n, std::int64_t k) noexcept {
  constexpr std::int64_t most = 128;
  return m <= most && n <= most && k <= most && m * n * k <= most;
}

/// gemm in plain loops, for matrices of any strides.
template <Element T>
void tiny_product(std::int64_t m, std::int64_t n, std::int64_t k, const MatrixIn<T>& a, const MatrixIn<T>& b, T* out,
                  std::int64_t lead, bool accumulate) {
  for (std::int64_t i = 0; i < m; ++i) {
    for (std::int64_t j = 0; j < n; ++j) {
      T s = 0;
      for (std::int64_t l = 0; l < k; ++l) s += a.data[i * a.row + l * a.column] * b.data[l * b.row + j * b.column];
      T& to = out[i * lead + j];
      to = accumulate ? to + s : s;
    }
  }
}

/// gemm through BLAS.
template <Element T>
void blas_product(std::int64_t m, std::int64_t n, std::int64_t k, const MatrixIn<T>& a, const MatrixIn<T>& b, T* out,
                  std::int64_t lead, bool accumulate);

/// The same on this thread alone: no part of the result is computed in another way on another number of threads.
template <Element T>
void blas_product_alone(std::int64_t m, std::int64_t n, std::int64_t k, const MatrixIn<T>& a, const MatrixIn<T>& b,
                        T* out, std::int64_t lead, bool accumulate);

/// out = a·b, or out += a·b, for an m × k and a k × n matrix that both fit BLAS; out has rows `lead` apart.
/// Sides are at most longest_blas_side.
template <Element T>
void gemm(std::int64_t m, std::int64_t n, std::int64_t k, const MatrixIn<T>& a, const MatrixIn<T>& b, T* out,
          std::int64_t lead, bool accumulate) {
  if (is_tiny(m, n, k)) {
    tiny_product(m, n, k, a, b, out, lead, accumulate);
  } else {
    blas_product(m, n, k, a, b, out, lead, accumulate);
  }
}

/// gemm on this thread alone, as blas_product_alone.
template <Element T>
void gemm_alone(std::int64_t m, std::int64_t n, std::int64_t k, const MatrixIn<T>& a, const MatrixIn<T>& b, T* out,
                std::int64_t lead, bool accumulate) {
  if (is_tiny(m, n, k)) {
    tiny_product(m, n, k, a, b, out, lead, accumulate);
  } else {
    blas_product_alone(m, n, k, a, b, out, lead, accumulate);
  }
}

}  // namespace gradus::detail
