// One matrix product in memory, by the fastest of several ways.  Inside the library only.
#pragma once
#include <cstdint>

#include "autograd/base/dtype.h"

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

/// Whether a rows × columns matrix with these strides lies as BLAS can read it: unit steps along one axis.
[[nodiscard]] bool fits_blas(std::int64_t rows, std::int64_t columns, std::int64_t row, std::int64_t column) noexcept;

/// The longest side BLAS can count.
[[nodiscard]] std::int64_t longest_blas_side() noexcept;

/// out = a·b, or out += a·b, for an m × k and a k × n matrix that both fit BLAS; out has rows `lead` apart.
/// Sides are at most longest_blas_side().
template <Element T>
void gemm(std::int64_t m, std::int64_t n, std::int64_t k, MatrixIn<T> a, MatrixIn<T> b, T* out, std::int64_t lead,
          bool accumulate);

extern template void gemm(std::int64_t, std::int64_t, std::int64_t, MatrixIn<float>, MatrixIn<float>, float*,
                          std::int64_t, bool);
extern template void gemm(std::int64_t, std::int64_t, std::int64_t, MatrixIn<double>, MatrixIn<double>, double*,
                          std::int64_t, bool);

}  // namespace gradus::detail
