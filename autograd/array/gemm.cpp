#include "autograd/array/gemm.h"

#include <algorithm>
#include <limits>
#include <mutex>
#include <type_traits>

#include "autograd/array/blas.h"
#include "autograd/array/blas_lock.h"
#include "autograd/array/onednn.h"
#include "autograd/base/parallel.h"

namespace gradus::detail {

// OpenBLAS built without threads hands out its work buffers without a lock: two products at once get the same one, and
// both come out wrong.
// One built with threads is told to use one: Gradus brings its own.
std::unique_lock<std::mutex> one_blas_call() {
  static std::mutex lock;
  static const bool needed = [] {
    if (blas().get_parallel() == 0) return true;
    blas().set_num_threads(1);
    return false;
  }();
  return needed ? std::unique_lock(lock) : std::unique_lock<std::mutex>();
}

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
  blas().sgemm(CblasRowMajor, a.order, b.order, m, n, k, 1.0F, x, a.lead, y, b.lead, accumulate ? 1.0F : 0.0F, out,
               lead);
}
void call(BlasMatrix a, BlasMatrix b, blasint m, blasint n, blasint k, const double* x, const double* y, double* out,
          blasint lead, bool accumulate) {
  blas().dgemm(CblasRowMajor, a.order, b.order, m, n, k, 1.0, x, a.lead, y, b.lead, accumulate ? 1.0 : 0.0, out, lead);
}

float dot(blasint n, const float* x, blasint dx, const float* y, blasint dy) { return blas().sdot(n, x, dx, y, dy); }
double dot(blasint n, const double* x, blasint dx, const double* y, blasint dy) { return blas().ddot(n, x, dx, y, dy); }

template <class T>
void one_product(std::int64_t m, std::int64_t n, std::int64_t k, const MatrixIn<T>& a, const MatrixIn<T>& b, T* out,
                 std::int64_t lead, bool accumulate, [[maybe_unused]] bool by_onednn) {
  if (m == 1 && n == 1) {  // gemm takes ten times as long
    const T s =
        dot(static_cast<blasint>(k), a.data, static_cast<blasint>(a.column), b.data, static_cast<blasint>(b.row));
    *out = accumulate ? *out + s : s;
    return;
  }
#if defined(GRADUS_HAVE_ONEDNN)
  if constexpr (std::is_same_v<T, float>) {
    if (by_onednn) return onednn_product(m, n, k, a, b, out, lead, accumulate);
  }
#endif
  const auto guard = one_blas_call();
  call(for_blas(a, m, k), for_blas(b, k, n), static_cast<blasint>(m), static_cast<blasint>(n), static_cast<blasint>(k),
       a.data, b.data, out, static_cast<blasint>(lead_of(lead, n)), accumulate);
}

template <class T>
bool is_for_onednn(std::int64_t m, std::int64_t n, std::int64_t k) {
  return std::is_same_v<T, float> && prefers_onednn(m, n, k);
}

constexpr std::int64_t grain = 16;  // a register's worth

// The length of the parts that the longer side is cut into.  It depends on the sizes alone, not on the number of threads:
// both libraries round otherwise where a product is cut otherwise.
std::int64_t part_length(std::int64_t m, std::int64_t n, std::int64_t k) {
  const std::int64_t side = std::max(m, n);
  const double work = static_cast<double>(m) * static_cast<double>(n) * static_cast<double>(k);
  // Each cut reads one factor once more: as few as keep the threads of a machine busy.
  const std::int64_t parts = work < 4e6 ? 1 : work < 5e8 ? 2 : work < 4e9 ? 4 : 16;
  return parts == 1 ? side : pieces(pieces(side, parts), grain) * grain;
}

}  // namespace

template <Element T>
void blas_product(std::int64_t m, std::int64_t n, std::int64_t k, const MatrixIn<T>& a, const MatrixIn<T>& b, T* out,
                  std::int64_t lead, bool accumulate) {
  const std::int64_t side = std::max(m, n);
  const bool by_onednn = is_for_onednn<T>(m, n, k);
  const std::int64_t step = part_length(m, n, k);
  parallel_for(pieces(side, step), [&](std::int64_t part) {
    const std::int64_t begin = part * step;
    const std::int64_t size = std::min(step, side - begin);
    if (m >= n) {
      one_product(size, n, k, a.at(begin * a.row), b, out + begin * lead, lead, accumulate, by_onednn);
    } else {
      one_product(m, size, k, a, b.at(begin * b.column), out + begin, lead, accumulate, by_onednn);
    }
  });
}

template <Element T>
void blas_product_alone(std::int64_t m, std::int64_t n, std::int64_t k, const MatrixIn<T>& a, const MatrixIn<T>& b,
                        T* out, std::int64_t lead, bool accumulate) {
  one_product(m, n, k, a, b, out, lead, accumulate, is_for_onednn<T>(m, n, k));
}

template void blas_product_alone(std::int64_t, std::int64_t, std::int64_t, const MatrixIn<float>&,
                                 const MatrixIn<float>&, float*, std::int64_t, bool);
template void blas_product_alone(std::int64_t, std::int64_t, std::int64_t, const MatrixIn<double>&,
                                 const MatrixIn<double>&, double*, std::int64_t, bool);
template void blas_product(std::int64_t, std::int64_t, std::int64_t, const MatrixIn<float>&, const MatrixIn<float>&,
                           float*, std::int64_t, bool);
template void blas_product(std::int64_t, std::int64_t, std::int64_t, const MatrixIn<double>&, const MatrixIn<double>&,
                           double*, std::int64_t, bool);

}  // namespace gradus::detail
