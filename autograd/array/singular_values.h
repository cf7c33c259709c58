// A = U diag(s) Vᵀ by LAPACK.  Inside the library only.
#pragma once
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

#include "../base/error.h"
#include "blas_lock.h"
#include "lapack.h"
#include "matrix_batch.h"

namespace gradus::detail {

/// Throws ValueError, naming the op, for numbers that LAPACK cannot take apart.
template <Element T>
void require_finite(const std::vector<T>& numbers, std::string_view op, const Array& a, std::int64_t k) {
  for (const T x : numbers) {
    if (!std::isfinite(x)) refuse_matrix(op, a.shape(), k, fmt::format("has a number that is not finite, {}", x));
  }
}

/// How much work space was asked for.
template <Element T>
[[nodiscard]] std::size_t asked(T wish) {
  if (!(static_cast<double>(wish) <= static_cast<double>(std::numeric_limits<blasint>::max()))) {
    throw ShapeError("[lapack] the matrix needs more work space than LAPACK can count");
  }
  // A float counts large numbers in steps: one step more.
  return static_cast<std::size_t>(std::nextafter(wish, std::numeric_limits<T>::max())) + 1;
}

/// Singular value decompositions of the matrices of a batch, one at a time: in columns.
template <Element T>
class SingularValues {
 public:
  SingularValues(const Array& a, std::string_view op)
      : a_(a), in_(a, op), op_(op), m_(in_.rows()), n_(in_.columns()), k_(std::min(m_, n_)) {
    copy_.resize(room(m_ * n_));
    u_.resize(room(m_ * k_));
    vt_.resize(room(k_ * n_));
    s_.resize(room(k_));
    whole_.resize(room(8 * k_));
  }
  [[nodiscard]] std::int64_t k() const noexcept { return k_; }
  [[nodiscard]] const std::vector<T>& u() const noexcept { return u_; }
  [[nodiscard]] const std::vector<T>& vt() const noexcept { return vt_; }
  [[nodiscard]] const std::vector<T>& s() const noexcept { return s_; }

  void decompose(std::int64_t k) {
    in_.read_columns(k, copy_.data());
    require_finite(copy_, op_, a_, k);
    const blasint left = [&] {
      const auto alone = one_blas_call();
      if (space_.empty()) {
        T wish = 0;
        run(&wish, -1);
        space_.resize(asked(wish));
      }
      return run(space_.data(), static_cast<blasint>(space_.size()));
    }();
    if (left != 0) refuse_matrix(op_, a_.shape(), k, "has singular values that did not converge");
  }
  /// How many are more than rcond times the largest.
  [[nodiscard]] std::int64_t rank(double rcond) const {
    std::int64_t rank = 0;
    while (rank<k_&& static_cast<double>(s_[static_cast<std::size_t>(rank)])> rcond * static_cast<double>(s_[0]))
      ++rank;
    return rank;
  }

 private:
  blasint run(T* space, blasint length) {
    return lapack::gesdd(side(m_), side(n_), copy_.data(), s_.data(), u_.data(), vt_.data(), space, length,
                         whole_.data());
  }

  const Array& a_;
  MatrixBatch in_;
  std::string_view op_;
  std::int64_t m_;
  std::int64_t n_;
  std::int64_t k_;
  std::vector<T> copy_;
  std::vector<T> u_;
  std::vector<T> vt_;
  std::vector<T> s_;
  std::vector<T> space_;
  std::vector<blasint> whole_;
};

}  // namespace gradus::detail
