// Arrays and tensors as Eigen's matrices, and back.  The library itself does not need Eigen: include this where you use it.
#pragma once
#include <Eigen/Core>
#include <algorithm>
#include <cstdint>
#include <type_traits>

#include "../base/error.h"
#include "tensor.h"

namespace gradus {

/// A matrix of Eigen's that looks at numbers of any strides.
template <Element T>
using EigenMap = Eigen::Map<const Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>, Eigen::Unaligned,
                            Eigen::Stride<Eigen::Dynamic, Eigen::Dynamic>>;

/// The numbers of an array to Eigen, which they are kept alive for: an expression of Eigen's like any other, to read only.
template <Element T>
class EigenView : public EigenMap<T> {
 public:
  explicit EigenView(const Array& x)
      : EigenMap<T>(x.data<T>(), x.rank() > 0 ? x.sizes()[0] : 1, x.rank() > 1 ? x.sizes()[1] : 1,
                    Eigen::Stride<Eigen::Dynamic, Eigen::Dynamic>(x.rank() > 0 ? x.strides()[0] : 1,
                                                                  x.rank() > 1 ? x.strides()[1] : 1)),
        numbers_(x) {}

 private:
  Array numbers_;
};

/// A matrix [m, n], a vector [n] as a column, or a single number, as Eigen sees it.  Nothing is copied, whether rows or columns
/// lie together, unless an axis is reversed.  `const Eigen::MatrixXd m = as_eigen<double>(x);` copies.  Throws ShapeError for
/// more than two axes, ValueError where T is not the array's dtype.
template <Element T>
[[nodiscard]] EigenView<T> as_eigen(const Array& x) {
  if (x.rank() > 2) throw ShapeError("[as_eigen] a matrix has two axes at most: " + to_string(x.shape()));
  if (x.dtype() != dtype_of<T>) {
    throw ValueError("[as_eigen] numbers of " + std::string(name_of(x.dtype())) + " are not read as " +
                     std::string(name_of(dtype_of<T>)));
  }
  const bool reversed = std::ranges::any_of(x.strides(), [](std::int64_t step) { return step < 0; });
  return EigenView<T>(reversed ? x.packed() : x);
}
template <Element T>
[[nodiscard]] EigenView<T> as_eigen(const Tensor& x) {
  return as_eigen<T>(x.value());
}

/// An expression of Eigen's as an array of its own: [m, n], or [n] of what is a vector at compile time.  Arrays own their
/// numbers, so these are evaluated into it, once.
template <class Derived>
[[nodiscard]] Array from_eigen(const Eigen::DenseBase<Derived>& x) {
  using T = typename Derived::Scalar;
  static_assert(Element<T>, "arrays hold float or double");
  constexpr bool is_vector = Derived::IsVectorAtCompileTime;
  Array out = Array::uninitialized(is_vector ? Shape{x.size()} : Shape{x.rows(), x.cols()}, dtype_of<T>);
  Eigen::Map<Eigen::Array<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>(out.mutable_data<T>(), x.rows(),
                                                                               x.cols()) = x.derived().array();
  return out;
}

}  // namespace gradus
