#include "autograd/array/factorizations.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "autograd/array/blas_lock.h"
#include "autograd/array/lu_decomposition.h"
#include "autograd/array/matrix_batch.h"

namespace gradus {

namespace {

using detail::LuDecomposition, detail::MatrixBatch, detail::room, detail::side;

template <Element T>
void require_regular(const LuDecomposition<T>& lu, std::string_view op, const Array& a, std::int64_t k) {
  if (lu.zero_pivot() == 0) return;
  detail::refuse_matrix(op, a.shape(), k, fmt::format("is singular: pivot {} is 0", lu.zero_pivot()));
}

}  // namespace

Array cholesky(const Array& a) {
  const MatrixBatch in(a, "cholesky");
  Array out = Array::uninitialized(a.shape(), a.dtype());
  if (in.empty()) return out;
  const std::int64_t n = in.rows();
  dispatch(a.dtype(), [&](auto zero) {
    using T = decltype(zero);
    T* to = out.mutable_data<T>();
    for (std::int64_t k = 0; k < in.count(); ++k, to += n * n) {
      in.read_rows(k, to);
      detail::make_symmetric(n, to);
      const blasint minor = [&] {
        const auto alone = detail::one_blas_call();
        return detail::lapack::potrf('U', side(n), to);  // in columns; in rows that is L
      }();
      if (minor != 0) {
        detail::refuse_matrix("cholesky", a.shape(), k,
                              fmt::format("is not positive definite: its leading minor of order {} is not", minor));
      }
      for (std::int64_t i = 0; i < n; ++i) std::fill(to + i * n + i + 1, to + (i + 1) * n, T(0));
    }
  });
  return out;
}

Array solve(const Array& a, const Array& b) {
  const MatrixBatch in(a, "solve");
  const MatrixBatch right(b, "solve");
  Array out = Array::uninitialized(b.shape(), b.dtype());
  if (right.empty()) return out;
  const std::int64_t n = in.rows();
  const std::int64_t columns = right.columns();
  dispatch(a.dtype(), [&](auto zero) {
    using T = decltype(zero);
    LuDecomposition<T> lu(in);
    std::vector<T> x(room(n * columns));
    for (std::int64_t k = 0; k < in.count(); ++k) {
      lu.decompose(k);
      require_regular(lu, "solve", a, k);
      right.read_columns(k, x.data());
      lu.solve(columns, x.data());
      detail::write_rows(x.data(), n, columns, out.mutable_data<T>() + k * n * columns, columns);
    }
  });
  return out;
}

Array solve_triangular(const Array& a, const Array& b, bool lower, bool unit_diagonal) {
  const MatrixBatch in(a, "solve_triangular");
  const MatrixBatch right(b, "solve_triangular");
  Array out = Array::uninitialized(b.shape(), b.dtype());
  if (right.empty()) return out;
  const std::int64_t n = in.rows();
  const std::int64_t columns = right.columns();
  dispatch(a.dtype(), [&](auto zero) {
    using T = decltype(zero);
    std::vector<T> triangle(room(n * n));
    std::vector<T> x(room(n * columns));
    for (std::int64_t k = 0; k < in.count(); ++k) {
      in.read_columns(k, triangle.data());
      for (std::int64_t i = 0; i < n && !unit_diagonal; ++i) {
        if (triangle[static_cast<std::size_t>(i * (n + 1))] != T(0)) continue;
        detail::refuse_matrix("solve_triangular", a.shape(), k,
                              fmt::format("is singular: number {} of the diagonal is 0", i + 1));
      }
      right.read_columns(k, x.data());
      {
        const auto alone = detail::one_blas_call();
        detail::lapack::trsm(lower, unit_diagonal, side(n), side(columns), triangle.data(), x.data());
      }
      detail::write_rows(x.data(), n, columns, out.mutable_data<T>() + k * n * columns, columns);
    }
  });
  return out;
}

Array inv(const Array& a) {
  const MatrixBatch in(a, "inv");
  Array out = Array::uninitialized(a.shape(), a.dtype());
  if (in.empty()) return out;
  const std::int64_t n = in.rows();
  dispatch(a.dtype(), [&](auto zero) {
    using T = decltype(zero);
    LuDecomposition<T> lu(in);
    std::vector<T> x(room(n * n));
    for (std::int64_t k = 0; k < in.count(); ++k) {
      lu.decompose(k);
      require_regular(lu, "inv", a, k);
      std::fill(x.begin(), x.end(), T(0));
      for (std::int64_t i = 0; i < n; ++i) x[static_cast<std::size_t>(i * (n + 1))] = T(1);
      lu.solve(n, x.data());
      detail::write_rows(x.data(), n, n, out.mutable_data<T>() + k * n * n, n);
    }
  });
  return out;
}

}  // namespace gradus
