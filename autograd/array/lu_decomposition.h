// P A = L U: what systems of equations, inverses and determinants are computed from.  Inside the library only.
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "blas_lock.h"
#include "lapack.h"
#include "matrix_batch.h"

namespace gradus::detail {

/// LU decompositions of the matrices of a batch, one at a time.
template <Element T>
class LuDecomposition {
 public:
  LuDecomposition(const MatrixBatch& a) : a_(a), lu_(room(a.rows() * a.rows())), pivots_(room(a.rows())) {}

  /// Decomposes matrix k, unless it is the one before over again.
  void decompose(std::int64_t k) {
    const std::int64_t place = a_.offset(k);
    if (k > 0 && place == place_) return;
    place_ = place;
    a_.read_columns(k, lu_.data());
    const auto alone = one_blas_call();
    singular_ = lapack::getrf(side(a_.rows()), lu_.data(), pivots_.data());
  }
  /// The number from 1 of the pivot that is 0; 0 where none is.
  [[nodiscard]] blasint zero_pivot() const noexcept { return singular_; }
  void solve(std::int64_t columns, T* b) const {
    const auto alone = one_blas_call();
    lapack::getrs(side(a_.rows()), side(columns), lu_.data(), pivots_.data(), b);
  }
  [[nodiscard]] double pivot(std::int64_t i) const {
    return static_cast<double>(lu_[static_cast<std::size_t>(i * (a_.rows() + 1))]);
  }
  /// Of the exchanges of rows.
  [[nodiscard]] double sign() const {
    double sign = 1.0;
    for (std::size_t i = 0; i < pivots_.size(); ++i) {
      if (pivots_[i] != static_cast<blasint>(i) + 1) sign = -sign;
    }
    return sign;
  }

 private:
  const MatrixBatch& a_;
  std::vector<T> lu_;
  std::vector<blasint> pivots_;
  blasint singular_ = 0;
  std::int64_t place_ = 0;
};

}  // namespace gradus::detail
