#include "autograd/array/decompositions.h"

#include <algorithm>
#include <vector>

#include "autograd/array/blas_lock.h"
#include "autograd/array/gemm.h"
#include "autograd/array/matrix_batch.h"
#include "autograd/array/singular_values.h"

namespace gradus {

namespace {

using detail::asked, detail::MatrixBatch, detail::require_finite, detail::room, detail::side, detail::SingularValues,
    detail::with_last_sizes;

}  // namespace

Array stacked_qr(const Array& a) {
  const MatrixBatch in(a, "qr");
  const std::int64_t m = in.rows();
  const std::int64_t n = in.columns();
  const std::int64_t k = std::min(m, n);
  Array out = Array::zeros(with_last_sizes(a.shape(), {m + n, k}), a.dtype());
  if (k == 0) return out;
  dispatch(a.dtype(), [&](auto zero) {
    using T = decltype(zero);
    std::vector<T> copy(room(m * n));
    std::vector<T> tau(room(k));
    std::vector<T> space;
    T* to = out.mutable_data<T>();
    for (std::int64_t i = 0; i < in.count(); ++i, to += (m + n) * k) {
      in.read_columns(i, copy.data());
      const auto alone = detail::one_blas_call();
      if (space.empty()) {
        T first = 0;
        T second = 0;
        detail::lapack::geqrf(side(m), side(n), copy.data(), tau.data(), &first, -1);
        detail::lapack::orgqr(side(m), side(k), copy.data(), tau.data(), &second, -1);
        space.resize(std::max(asked(first), asked(second)));
      }
      const auto length = static_cast<blasint>(space.size());
      detail::lapack::geqrf(side(m), side(n), copy.data(), tau.data(), space.data(), length);
      T* transposed_r = to + m * k;
      for (std::int64_t column = 0; column < n; ++column) {
        for (std::int64_t row = 0; row <= std::min(column, k - 1); ++row) {
          transposed_r[column * k + row] = copy[static_cast<std::size_t>(row + column * m)];
        }
      }
      detail::lapack::orgqr(side(m), side(k), copy.data(), tau.data(), space.data(), length);
      detail::write_rows(copy.data(), m, k, to, k);
    }
  });
  return out;
}

Array stacked_eigh(const Array& a) {
  const MatrixBatch in(a, "eigh");
  const std::int64_t n = in.rows();
  Array out = Array::uninitialized(with_last_sizes(a.shape(), {n + 1, n}), a.dtype());
  if (in.empty()) return out;
  dispatch(a.dtype(), [&](auto zero) {
    using T = decltype(zero);
    std::vector<T> copy(room(n * n));
    std::vector<T> space;
    std::vector<blasint> whole;
    T* to = out.mutable_data<T>();
    for (std::int64_t k = 0; k < in.count(); ++k, to += (n + 1) * n) {
      in.read_rows(k, copy.data());
      detail::make_symmetric(n, copy.data());
      require_finite(copy, "eigh", a, k);
      const blasint left = [&] {
        const auto alone = detail::one_blas_call();
        if (space.empty()) {
          T wish = 0;
          blasint whole_wish = 0;
          detail::lapack::syevd(side(n), copy.data(), to, &wish, -1, &whole_wish, -1);
          space.resize(asked(wish));
          whole.resize(static_cast<std::size_t>(whole_wish));
        }
        return detail::lapack::syevd(side(n), copy.data(), to, space.data(), static_cast<blasint>(space.size()),
                                     whole.data(), static_cast<blasint>(whole.size()));
      }();
      if (left != 0) detail::refuse_matrix("eigh", a.shape(), k, "has eigenvalues that did not converge");
      detail::write_rows(copy.data(), n, n, to + n, n);
    }
  });
  return out;
}

Array stacked_svd(const Array& a) {
  const MatrixBatch sizes(a, "svd");
  const std::int64_t m = sizes.rows();
  const std::int64_t n = sizes.columns();
  const std::int64_t k = std::min(m, n);
  Array out = Array::uninitialized(with_last_sizes(a.shape(), {m + 1 + n, k}), a.dtype());
  if (k == 0) return out;
  dispatch(a.dtype(), [&](auto zero) {
    using T = decltype(zero);
    SingularValues<T> svd(a, "svd");
    T* to = out.mutable_data<T>();
    for (std::int64_t i = 0; i < sizes.count(); ++i, to += (m + 1 + n) * k) {
      svd.decompose(i);
      detail::write_rows(svd.u().data(), m, k, to, k);
      std::copy_n(svd.s().data(), k, to + m * k);
      std::copy_n(svd.vt().data(), n * k, to + (m + 1) * k);  // Vᵀ in columns is V in rows
    }
  });
  return out;
}

Array pinv(const Array& a, double rcond) {
  const MatrixBatch sizes(a, "pinv");
  const std::int64_t m = sizes.rows();
  const std::int64_t n = sizes.columns();
  Array out = Array::zeros(with_last_sizes(a.shape(), {n, m}), a.dtype());
  if (sizes.empty()) return out;
  dispatch(a.dtype(), [&](auto zero) {
    using T = decltype(zero);
    SingularValues<T> svd(a, "pinv");
    const std::int64_t k = svd.k();
    std::vector<T> scaled(room(n * k));
    T* to = out.mutable_data<T>();
    for (std::int64_t i = 0; i < sizes.count(); ++i, to += n * m) {
      svd.decompose(i);
      const std::int64_t rank = svd.rank(rcond);
      if (rank == 0) continue;
      for (std::int64_t j = 0; j < n; ++j) {
        for (std::int64_t l = 0; l < rank; ++l) {
          const auto at = static_cast<std::size_t>(j * k + l);
          scaled[at] = svd.vt()[at] / svd.s()[static_cast<std::size_t>(l)];
        }
      }
      detail::gemm_alone<T>(n, m, rank, {scaled.data(), k, 1}, {svd.u().data(), m, 1}, to, m, false);
    }
  });
  return out;
}

}  // namespace gradus
