#include "autograd/array/gemm.h"

#include <cblas.h>

#include <algorithm>
#include <limits>

namespace gradus::detail {

namespace {

// The distance between rows (or columns, where those are the long way), as BLAS wants it: never less than a row.
std::int64_t lead_of(std::int64_t step, std::int64_t length) { return std::max({step, length, std::int64_t{1}}); }

static_assert(longest_blas_side <= std::numeric_limits<blasint>::max());

struct BlasMatrix {
  CBLAS_TRANSPOSE order;
  blasint lead;
};

template <class T>
BlasMatrix for_blas(const MatrixIn<T>& a, std::int64_t rows, std::int64_t columns) {
  if (fits_row_major(rows, columns, a.row, a.column))
    return {CblasNoTrans, static_cast<blasint>(lead_of(a.row, columns))};
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

}  // namespace

template <Element T>
void blas_product(std::int64_t m, std::int64_t n, std::int64_t k, const MatrixIn<T>& a, const MatrixIn<T>& b, T* out,
                  std::int64_t lead, bool accumulate) {
  if (m == 1 && n == 1) {  // gemm takes ten times as long
    const T s =
        dot(static_cast<blasint>(k), a.data, static_cast<blasint>(a.column), b.data, static_cast<blasint>(b.row));
    *out = accumulate ? *out + s : s;
  } else {
    call(for_blas(a, m, k), for_blas(b, k, n), static_cast<blasint>(m), static_cast<blasint>(n),
         static_cast<blasint>(k), a.data, b.data, out, static_cast<blasint>(lead_of(lead, n)), accumulate);
  }
}

template void blas_product(std::int64_t, std::int64_t, std::int64_t, const MatrixIn<float>&, const MatrixIn<float>&,
                           float*, std::int64_t, bool);
template void blas_product(std::int64_t, std::int64_t, std::int64_t, const MatrixIn<double>&, const MatrixIn<double>&,
                           double*, std::int64_t, bool);

}  // namespace gradus::detail
