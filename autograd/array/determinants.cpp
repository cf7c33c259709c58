#include "autograd/array/determinants.h"

#include <array>
#include <cmath>
#include <vector>

#include "autograd/array/lu_decomposition.h"
#include "autograd/array/matrix_batch.h"
#include "autograd/array/singular_values.h"
#include "autograd/array/wide_product.h"

namespace gradus {

namespace {

using detail::LuDecomposition, detail::MatrixBatch, detail::room;

/// An array of one number for each matrix.
Array one_for_each(const Array& a) {
  return Array::uninitialized(Shape(a.sizes().first(static_cast<std::size_t>(a.rank()) - 2)), a.dtype());
}

/// a·b − c·d, right to the last digit or nearly, by Kahan's rule.
double difference_of_products(double a, double b, double c, double d) {
  const double second = c * d;
  return std::fma(a, b, -second) + std::fma(-c, d, second);
}

constexpr std::int64_t most_by_school = 3;

/// The cofactors of a matrix of at most three rows, all in rows, by the rule of school: exact where the numbers are whole.
template <Element T, class Out>
void small_cofactors(std::int64_t n, const T* a, Out* to) {
  if (n == 1) {
    to[0] = Out(1);
  } else if (n == 2) {
    to[0] = static_cast<Out>(a[3]);
    to[1] = static_cast<Out>(-a[2]);
    to[2] = static_cast<Out>(-a[1]);
    to[3] = static_cast<Out>(a[0]);
  } else {
    for (std::int64_t i = 0; i < 3; ++i) {
      const T* below = a + (i + 1) % 3 * 3;
      const T* last = a + (i + 2) % 3 * 3;
      for (std::int64_t j = 0; j < 3; ++j) {
        const std::int64_t right = (j + 1) % 3;
        const std::int64_t far = (j + 2) % 3;
        to[i * 3 + j] = static_cast<Out>(difference_of_products(below[right], last[far], below[far], last[right]));
      }
    }
  }
}

template <Element T>
double small_determinant(std::int64_t n, const T* a) {
  if (n == 2) return difference_of_products(a[0], a[3], a[1], a[2]);
  std::array<double, most_by_school * most_by_school> c{};
  small_cofactors(n, a, c.data());
  double sum = 0.0;
  for (std::int64_t j = 0; j < n; ++j) sum += static_cast<double>(a[j]) * c[static_cast<std::size_t>(j)];
  return sum;
}

}  // namespace

Array det(const Array& a) {
  const MatrixBatch in(a, "det");
  if (in.empty()) return Array::full(one_for_each(a).shape(), 1.0, a.dtype());
  Array out = one_for_each(a);
  const std::int64_t n = in.rows();
  dispatch(a.dtype(), [&](auto zero) {
    using T = decltype(zero);
    LuDecomposition<T> lu(in);
    std::vector<T> rows(room(n * n));
    for (std::int64_t k = 0; k < in.count(); ++k) {
      T& to = out.mutable_data<T>()[k];
      if (n <= most_by_school) {
        in.read_rows(k, rows.data());
        to = static_cast<T>(small_determinant(n, rows.data()));
        if (std::isfinite(to)) continue;  // a product may have overflowed that need not be taken
      }
      lu.decompose(k);
      WideProduct product;
      for (std::int64_t i = 0; i < n; ++i) product.multiply(lu.pivot(i));
      to = static_cast<T>(lu.sign() * product.value());
    }
  });
  return out;
}

SignAndLog slogdet(const Array& a) {
  const MatrixBatch in(a, "slogdet");
  SignAndLog out{one_for_each(a), one_for_each(a)};
  if (in.empty()) {
    return {Array::full(out.sign.shape(), 1.0, a.dtype()), Array::zeros(out.log.shape(), a.dtype())};
  }
  dispatch(a.dtype(), [&](auto zero) {
    using T = decltype(zero);
    LuDecomposition<T> lu(in);
    for (std::int64_t k = 0; k < in.count(); ++k) {
      lu.decompose(k);
      double sign = lu.sign();
      double log = 0.0;
      for (std::int64_t i = 0; i < in.rows(); ++i) {
        const double pivot = lu.pivot(i);
        sign *= pivot > 0.0 ? 1.0 : pivot < 0.0 ? -1.0 : pivot;  // 0, or NaN
        log += std::log(std::abs(pivot));
      }
      out.sign.mutable_data<T>()[k] = static_cast<T>(sign == 0.0 ? 0.0 : sign);
      out.log.mutable_data<T>()[k] = static_cast<T>(log);
    }
  });
  return out;
}

// ------------------------------------------------------------------------------------------------------------ cofactors

namespace {

/// The product of all numbers but those with the numbers i and j, which may be one.
double product_without(const std::vector<double>& s, std::size_t i, std::size_t j) {
  WideProduct product;
  for (std::size_t l = 0; l < s.size(); ++l) {
    if (l != i && l != j) product.multiply(s[l]);
  }
  return product.value();
}

/// a = U diag(s) Vᵀ of a square matrix, in doubles, and the determinant of U Vᵀ: 1 or −1.
class Rotation {
 public:
  template <Element T>
  explicit Rotation(const detail::SingularValues<T>& of)
      : n_(of.s().size()),
        s_(of.s().begin(), of.s().end()),
        u_(of.u().begin(), of.u().end()),
        vt_(of.vt().begin(), of.vt().end()),
        sign_(orientation(u_) * orientation(vt_)) {}
  [[nodiscard]] const std::vector<double>& s() const noexcept { return s_; }

  /// U · middle · Vᵀ times the sign, all in rows.
  template <Element T>
  void rotate_back(const std::vector<double>& middle, T* to) const {
    const std::vector<double> half = product(middle, [&](std::size_t l, std::size_t j) { return vt_[l + j * n_]; });
    for (std::size_t i = 0; i < n_; ++i) {
      for (std::size_t j = 0; j < n_; ++j) {
        double sum = 0.0;
        for (std::size_t l = 0; l < n_; ++l) sum += u_[i + l * n_] * half[l * n_ + j];
        to[i * n_ + j] = static_cast<T>(sign_ * sum);
      }
    }
  }
  /// Uᵀ h V, all in rows.
  template <Element T>
  [[nodiscard]] std::vector<double> rotated(const std::vector<T>& h) const {
    std::vector<double> half(n_ * n_);
    for (std::size_t l = 0; l < n_; ++l) {
      for (std::size_t i = 0; i < n_; ++i) {
        for (std::size_t j = 0; j < n_; ++j) half[i * n_ + j] += u_[l + i * n_] * static_cast<double>(h[l * n_ + j]);
      }
    }
    return product(half, [&](std::size_t l, std::size_t j) { return vt_[j + l * n_]; });
  }

 private:
  template <class At>
  [[nodiscard]] std::vector<double> product(const std::vector<double>& a, const At& at) const {
    std::vector<double> out(n_ * n_);
    for (std::size_t i = 0; i < n_; ++i) {
      for (std::size_t l = 0; l < n_; ++l) {
        for (std::size_t j = 0; j < n_; ++j) out[i * n_ + j] += a[i * n_ + l] * at(l, j);
      }
    }
    return out;
  }
  /// The determinant of an orthogonal matrix.
  [[nodiscard]] double orientation(std::vector<double> q) const {
    std::vector<blasint> pivots(n_);
    const auto alone = detail::one_blas_call();
    detail::lapack::getrf(static_cast<blasint>(n_), q.data(), pivots.data());
    double sign = 1.0;
    for (std::size_t i = 0; i < n_; ++i) {
      if (pivots[i] != static_cast<blasint>(i) + 1) sign = -sign;
      if (q[i * (n_ + 1)] < 0.0) sign = -sign;
    }
    return sign;
  }

  std::size_t n_;
  std::vector<double> s_;
  std::vector<double> u_;
  std::vector<double> vt_;  // both in columns
  double sign_;
};

}  // namespace

Array cofactors(const Array& a) {
  const MatrixBatch in(a, "cofactors");
  Array out = Array::uninitialized(a.shape(), a.dtype());
  if (in.empty()) return out;
  const std::int64_t n = in.rows();
  dispatch(a.dtype(), [&](auto zero) {
    using T = decltype(zero);
    detail::SingularValues<T> svd(a, "cofactors");
    std::vector<T> rows(room(n * n));
    T* to = out.mutable_data<T>();
    for (std::int64_t k = 0; k < in.count(); ++k, to += n * n) {
      if (n <= most_by_school) {
        in.read_rows(k, rows.data());
        small_cofactors(n, rows.data(), to);
        continue;
      }
      svd.decompose(k);
      const Rotation of(svd);
      std::vector<double> middle(rows.size());
      const auto size = static_cast<std::size_t>(n);
      for (std::size_t i = 0; i < size; ++i) middle[i * size + i] = product_without(of.s(), i, i);
      of.rotate_back(middle, to);
    }
  });
  return out;
}

Array cofactors_along(const Array& a, const Array& h) {
  const MatrixBatch in(a, "cofactors");
  const MatrixBatch along(h, "cofactors");
  Array out = Array::zeros(a.shape(), a.dtype());
  const std::int64_t n = in.rows();
  if (n <= 1) return out;
  dispatch(a.dtype(), [&](auto zero) {
    using T = decltype(zero);
    detail::SingularValues<T> svd(a, "cofactors");
    std::vector<T> rows(room(n * n));
    std::vector<T> direction(rows.size());
    T* to = out.mutable_data<T>();
    for (std::int64_t k = 0; k < in.count(); ++k, to += n * n) {
      along.read_rows(k, direction.data());
      if (n == 2) {  // the cofactors are linear
        small_cofactors(n, direction.data(), to);
        continue;
      }
      if (n == 3) {  // each is a·b − c·d
        in.read_rows(k, rows.data());
        for (std::int64_t i = 0; i < 3; ++i) {
          for (std::int64_t j = 0; j < 3; ++j) {
            const auto at = [&](std::int64_t row, std::int64_t column) {
              return static_cast<std::size_t>((i + row) % 3 * 3 + (j + column) % 3);
            };
            const auto moved = [&](std::size_t p, std::size_t q) {
              return direction[p] * rows[q] + rows[p] * direction[q];
            };
            to[i * 3 + j] = static_cast<T>(moved(at(1, 1), at(2, 2)) - moved(at(1, 2), at(2, 1)));
          }
        }
        continue;
      }
      svd.decompose(k);
      const Rotation of(svd);
      const std::vector<double> e = of.rotated(direction);
      const auto size = static_cast<std::size_t>(n);
      std::vector<double> middle(size * size);
      for (std::size_t i = 0; i < size; ++i) {
        for (std::size_t j = 0; j < size; ++j) {
          if (i == j) continue;
          const double others = product_without(of.s(), i, j);
          middle[i * size + j] = -e[j * size + i] * others;
          middle[i * size + i] += e[j * size + j] * others;
        }
      }
      of.rotate_back(middle, to);
    }
  });
  return out;
}

}  // namespace gradus
