#include "autograd/array/gemm.h"

#include <cblas.h>

#include <algorithm>
#include <limits>

namespace gradus::detail {

namespace {

// The distance between rows (or columns, where those are the long way), as BLAS wants it: never less than a row.
std::int64_t lead_of(std::int64_t step, std::int64_t length) { return std::max({step, length, std::int64_t{1}}); }

struct BlasMatrix {
  CBLAS_TRANSPOSE order;
  blasint lead;
};

bool row_major(std::int64_t rows, std::int64_t columns, std::int64_t row, std::int64_t column) {
  return (column == 1 || columns == 1) && (row >= columns || rows == 1);
}

template <class T>
BlasMatrix for_blas(const MatrixIn<T>& a, std::int64_t rows, std::int64_t columns) {
  if (row_major(rows, columns, a.row, a.column)) return {CblasNoTrans, static_cast<blasint>(lead_of(a.row, columns))};
  return {CblasTrans, static_cast<blasint>(lead_of(a.column, rows))};
}

void call(BlasMatrix a, BlasMatrix b, blasint m, blasint n, blasint k, const float* x, const float* y, float* out,
          blasint lead, bool accumulate) {
  cblas_sgemm(CblasRowMajor, a.order, b.order, m, n, k, 1.0F, x, a.lead, y, b.lead, accumulate ? 1.0F : 0.0F, out,
              lead);
}
void call(BlasMatrix a, BlasMatrix b, blasint m, blasint n, blasint k, const double* x, const double* y, double* out,
          blasint lead, bool accumulate) {
  cblas_dgemm(CblasRowMajor, a.order, b.order, m, n, k, 1.0, x, a.lead, y, b.lead, accumulate ? 1.0 : 0.0, out, lead);
}

float dot(blasint n, const float* x, blasint dx, const float* y, blasint dy) { return cblas_sdot(n, x, dx, y, dy); }
double dot(blasint n, const double* x, blasint dx, const double* y, blasint dy) { return cblas_ddot(n, x, dx, y, dy); }

// The call into BLAS costs more than a product this small.
constexpr std::int64_t tiny = 128;

template <class T>
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

}  // namespace

std::int64_t longest_blas_side() noexcept { return std::numeric_limits<blasint>::max(); }

bool fits_blas(std::int64_t rows, std::int64_t columns, std::int64_t row, std::int64_t column) noexcept {
  // A step that is never taken may be anything; the others must be non-negative and countable.
  if (std::max(rows == 1 ? 0 : row, columns == 1 ? 0 : column) > longest_blas_side()) return false;
  return row_major(rows, columns, row, column) || row_major(columns, rows, column, row);
}

template <Element T>
void gemm(std::int64_t m, std::int64_t n, std::int64_t k, MatrixIn<T> a, MatrixIn<T> b, T* out, std::int64_t lead,
          bool accumulate) {
  if (std::max({m, n, k}) <= tiny && m * n * k <= tiny) {
    tiny_product(m, n, k, a, b, out, lead, accumulate);
  } else if (m == 1 && n == 1) {  // gemm takes ten times as long
    const T s =
        dot(static_cast<blasint>(k), a.data, static_cast<blasint>(a.column), b.data, static_cast<blasint>(b.row));
    *out = accumulate ? *out + s : s;
  } else {
    call(for_blas(a, m, k), for_blas(b, k, n), static_cast<blasint>(m), static_cast<blasint>(n),
         static_cast<blasint>(k), a.data, b.data, out, static_cast<blasint>(lead_of(lead, n)), accumulate);
  }
}

template void gemm(std::int64_t, std::int64_t, std::int64_t, MatrixIn<float>, MatrixIn<float>, float*, std::int64_t,
                   bool);
template void gemm(std::int64_t, std::int64_t, std::int64_t, MatrixIn<double>, MatrixIn<double>, double*, std::int64_t,
                   bool);

}  // namespace gradus::detail
