#include "autograd/array/matmul.h"

#include <cblas.h>
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "autograd/base/error.h"

namespace gradus {

namespace {

// A matrix as BLAS sees it: rows `lead` numbers apart, to be transposed or not.
struct BlasMatrix {
  Array array;
  std::int64_t lead = 1;
  bool transposed = false;
};

BlasMatrix prepare(const Array& a, bool transposed) {
  const auto strides = a.strides();
  const auto sizes = a.sizes();
  const std::int64_t least = std::max<std::int64_t>(sizes[1], 1);
  if ((strides[1] == 1 || sizes[1] == 1) && (strides[0] >= least || sizes[0] == 1)) {
    return {a, std::max(strides[0], least), transposed};
  }
  if (strides[0] == 1 && strides[1] >= sizes[0]) return {a, strides[1], !transposed};
  return {a.packed(), least, transposed};
}

void gemm(const BlasMatrix& a, const BlasMatrix& b, blasint m, blasint n, blasint k, float* out) {
  cblas_sgemm(CblasRowMajor, a.transposed ? CblasTrans : CblasNoTrans, b.transposed ? CblasTrans : CblasNoTrans, m, n,
              k, 1.0F, a.array.data<float>(), static_cast<blasint>(a.lead), b.array.data<float>(),
              static_cast<blasint>(b.lead), 0.0F, out, n);
}

void gemm(const BlasMatrix& a, const BlasMatrix& b, blasint m, blasint n, blasint k, double* out) {
  cblas_dgemm(CblasRowMajor, a.transposed ? CblasTrans : CblasNoTrans, b.transposed ? CblasTrans : CblasNoTrans, m, n,
              k, 1.0, a.array.data<double>(), static_cast<blasint>(a.lead), b.array.data<double>(),
              static_cast<blasint>(b.lead), 0.0, out, n);
}

// The call into BLAS costs more than a product this small.
constexpr std::int64_t tiny = 128;

template <class T>
void tiny_product(const T* a, const std::int64_t* sa, const T* b, const std::int64_t* sb, std::int64_t m,
                  std::int64_t n, std::int64_t k, T* out) {
  for (std::int64_t i = 0; i < m; ++i) {
    for (std::int64_t j = 0; j < n; ++j) {
      T s = 0;
      for (std::int64_t l = 0; l < k; ++l) s += a[i * sa[0] + l * sa[1]] * b[l * sb[0] + j * sb[1]];
      out[i * n + j] = s;
    }
  }
}

}  // namespace

Array matmul(const Array& a, const Array& b, bool transpose_a, bool transpose_b) {
  const auto shapes = [&] { return fmt::format("{} by {}", to_string(a.shape()), to_string(b.shape())); };
  if (a.rank() != 2 || b.rank() != 2) throw ShapeError(fmt::format("[matmul] two matrices are needed: {}", shapes()));
  if (a.dtype() != b.dtype()) {
    const DType dtype = promote(a.dtype(), b.dtype());
    return matmul(a.to(dtype), b.to(dtype), transpose_a, transpose_b);
  }
  const auto sa = a.sizes();
  const auto sb = b.sizes();
  const std::int64_t m = sa[transpose_a ? 1 : 0];
  const std::int64_t k = sa[transpose_a ? 0 : 1];
  const std::int64_t n = sb[transpose_b ? 0 : 1];
  if (sb[transpose_b ? 1 : 0] != k) {
    // Shapes as the product sees them, transposes applied.
    throw ShapeError(fmt::format("[matmul] inner sizes differ: {} by {}", to_string(Shape{m, k}),
                                 to_string(Shape{sb[transpose_b ? 1 : 0], n})));
  }
  if (std::max({m, n, k}) > std::numeric_limits<blasint>::max()) {
    throw ShapeError(fmt::format("[matmul] a side is too long: {}", shapes()));
  }
  Array out = Array::uninitialized({m, n}, a.dtype());
  if (m == 0 || n == 0) return out;
  if (k == 0) return Array::zeros({m, n}, a.dtype());
  dispatch(a.dtype(), [&](auto zero) {
    using T = decltype(zero);
    if (std::max({m, n, k}) <= tiny && m * n * k <= tiny) {
      const std::int64_t step_a[] = {a.strides()[transpose_a ? 1 : 0], a.strides()[transpose_a ? 0 : 1]};
      const std::int64_t step_b[] = {b.strides()[transpose_b ? 1 : 0], b.strides()[transpose_b ? 0 : 1]};
      tiny_product(a.data<T>(), step_a, b.data<T>(), step_b, m, n, k, out.mutable_data<T>());
    } else {
      gemm(prepare(a, transpose_a), prepare(b, transpose_b), static_cast<blasint>(m), static_cast<blasint>(n),
           static_cast<blasint>(k), out.mutable_data<T>());
    }
  });
  return out;
}

}  // namespace gradus
