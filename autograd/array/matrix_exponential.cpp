#include "autograd/array/matrix_exponential.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <span>
#include <vector>

#include "autograd/array/blas_lock.h"
#include "autograd/array/gemm.h"
#include "autograd/array/lapack.h"
#include "autograd/array/matrix_batch.h"

namespace gradus {

namespace {

using SquareMatrix = std::vector<double>;  // in rows

/// A Padé approximant of eˣ: its coefficients, and up to which norm it is right to the last digit.
struct Pade {
  double most;
  std::span<const double> coefficients;
};
constexpr double third[] = {120, 60, 12, 1};
constexpr double fifth[] = {30240, 15120, 3360, 420, 30, 1};
constexpr double seventh[] = {17297280, 8648640, 1995840, 277200, 25200, 1512, 56, 1};
constexpr double ninth[] = {17643225600, 8821612800, 2075673600, 302702400, 30270240, 2162160, 110880, 3960, 90, 1};
constexpr double thirteenth[] = {64764752532480000,
                                 32382376266240000,
                                 7771770303897600,
                                 1187353796428800,
                                 129060195264000,
                                 10559470521600,
                                 670442572800,
                                 33522128640,
                                 1323241920,
                                 40840800,
                                 960960,
                                 16380,
                                 182,
                                 1};
// Higham, "The scaling and squaring method for the matrix exponential revisited", table 2.3.
constexpr Pade approximants[] = {{1.495585217958292e-2, third},
                                 {2.539398330063230e-1, fifth},
                                 {9.504178996162932e-1, seventh},
                                 {2.097847961257068, ninth},
                                 {5.371920351148152, thirteenth}};

class Exponential {
 public:
  explicit Exponential(std::int64_t n) : n_(n), size_(static_cast<std::size_t>(n * n)) {}

  /// Of a, which is written over.
  void apply(SquareMatrix& a) const {
    const double norm = norm_of(a);
    if (!std::isfinite(norm)) {
      std::fill(a.begin(), a.end(), std::numeric_limits<double>::quiet_NaN());
      return;
    }
    const auto* found = std::ranges::find_if(approximants, [&](const Pade& p) { return norm <= p.most; });
    int squarings = 0;
    if (found == std::end(approximants)) {
      --found;
      std::frexp(norm / found->most, &squarings);
      for (double& x : a) x = std::ldexp(x, -squarings);
    }
    approximate(a, found->coefficients);
    for (int k = 0; k < squarings; ++k) a = product(a, a);
  }

 private:
  /// The largest sum of sizes of a column.
  [[nodiscard]] double norm_of(const SquareMatrix& a) const {
    double norm = 0.0;
    for (std::int64_t j = 0; j < n_; ++j) {
      double sum = 0.0;
      for (std::int64_t i = 0; i < n_; ++i) sum += std::abs(a[static_cast<std::size_t>(i * n_ + j)]);
      norm = sum > norm || std::isnan(sum) ? sum : norm;
    }
    return norm;
  }
  [[nodiscard]] SquareMatrix product(const SquareMatrix& a, const SquareMatrix& b) const {
    SquareMatrix out(size_);
    detail::gemm_alone<double>(n_, n_, n_, {a.data(), n_, 1}, {b.data(), n_, 1}, out.data(), n_, false);
    return out;
  }
  /// a ← (V − U)⁻¹ (V + U), U the odd part of the numerator and V the even one.
  void approximate(SquareMatrix& a, std::span<const double> c) const {
    const SquareMatrix square = product(a, a);
    SquareMatrix odd(size_, 0.0);
    SquareMatrix even(size_, 0.0);
    SquareMatrix power(size_, 0.0);  // a⁰, a², a⁴, …
    for (std::int64_t i = 0; i < n_; ++i) power[static_cast<std::size_t>(i * (n_ + 1))] = 1.0;
    for (std::size_t k = 0; k < c.size(); k += 2) {
      for (std::size_t i = 0; i < size_; ++i) {
        even[i] += c[k] * power[i];
        odd[i] += c[k + 1] * power[i];
      }
      if (k + 2 < c.size()) power = product(power, square);
    }
    odd = product(a, odd);
    // LAPACK takes columns: of the transposed equation, (V + U)ᵀ from the rows of both, as all are functions of one matrix.
    SquareMatrix below(size_);
    for (std::size_t i = 0; i < size_; ++i) {
      below[i] = even[i] - odd[i];
      a[i] = even[i] + odd[i];
    }
    std::vector<blasint> pivots(detail::room(n_));
    const auto alone = detail::one_blas_call();
    detail::lapack::getrf(detail::side(n_), below.data(), pivots.data());
    detail::lapack::getrs(detail::side(n_), detail::side(n_), below.data(), pivots.data(), a.data());
  }

  std::int64_t n_;
  std::size_t size_;
};

}  // namespace

Array expm(const Array& a) {
  const detail::MatrixBatch in(a, "expm");
  Array out = Array::uninitialized(a.shape(), a.dtype());
  if (in.empty()) return out;
  const std::int64_t n = in.rows();
  const Exponential exponential(n);
  dispatch(a.dtype(), [&](auto zero) {
    using T = decltype(zero);
    std::vector<T> rows(detail::room(n * n));
    T* to = out.mutable_data<T>();
    for (std::int64_t k = 0; k < in.count(); ++k, to += n * n) {
      in.read_rows(k, rows.data());
      SquareMatrix x(rows.begin(), rows.end());
      exponential.apply(x);
      for (std::size_t i = 0; i < x.size(); ++i) to[i] = static_cast<T>(x[i]);
    }
  });
  return out;
}

}  // namespace gradus
