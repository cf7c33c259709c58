#include "autograd/array/onednn.h"

#if defined(GRADUS_HAVE_ONEDNN)

#include <dnnl.h>

#include <algorithm>
#include <stdexcept>

// Debian's oneDNN runs on OpenMP.  Declared here, as not every compiler brings omp.h.
extern "C" {
int omp_get_max_threads();
void omp_set_num_threads(int count);
}

namespace gradus::detail {

namespace {

struct Layout {
  char order;
  std::int64_t lead;
};

Layout layout(const MatrixIn<float>& a, std::int64_t rows, std::int64_t columns) {
  if (fits_row_major(rows, columns, a.row, a.column)) return {'N', std::max({a.row, columns, std::int64_t{1}})};
  return {'T', std::max({a.column, rows, std::int64_t{1}})};
}

}  // namespace

OneDnnThread::OneDnnThread() noexcept : before_(omp_get_max_threads()) {
  if (before_ != 1) omp_set_num_threads(1);
}

OneDnnThread::~OneDnnThread() {
  if (before_ != 1) omp_set_num_threads(before_);
}

void onednn_product(std::int64_t m, std::int64_t n, std::int64_t k, const MatrixIn<float>& a, const MatrixIn<float>& b,
                    float* out, std::int64_t lead, bool accumulate) {
  const Layout x = layout(a, m, k);
  const Layout y = layout(b, k, n);
  const OneDnnThread alone;
  if (dnnl_sgemm(x.order, y.order, m, n, k, 1.0F, a.data, x.lead, b.data, y.lead, accumulate ? 1.0F : 0.0F, out,
                 std::max(lead, n)) != dnnl_success) {
    throw std::runtime_error("[matmul] oneDNN refused a product");
  }
}

}  // namespace gradus::detail

#endif
