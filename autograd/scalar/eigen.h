// Scalars in Eigen's matrices and vectors.  The library itself does not need Eigen: include this where you use it.
#pragma once
#include <Eigen/Core>
#include <limits>

#include "autograd/scalar/scalar.h"

namespace Eigen {

/// A Scalar to Eigen: a real number that must be constructed, and costs a little more than a double.
template <class T>
struct NumTraits<gradus::BasicScalar<T>> : GenericNumTraits<gradus::BasicScalar<T>> {
  using Real = gradus::BasicScalar<T>;
  using NonInteger = gradus::BasicScalar<T>;
  using Nested = gradus::BasicScalar<T>;
  using Literal = double;
  enum {
    IsComplex = 0,
    IsInteger = 0,
    IsSigned = 1,
    RequireInitialization = 1,
    ReadCost = 2,
    AddCost = 4,
    MulCost = 4
  };
  static Real epsilon() { return std::numeric_limits<double>::epsilon(); }
  static Real dummy_precision() { return 1e-12; }
  static Real highest() { return std::numeric_limits<double>::max(); }
  static Real lowest() { return std::numeric_limits<double>::lowest(); }
  static Real infinity() { return std::numeric_limits<double>::infinity(); }
  static Real quiet_NaN() { return std::numeric_limits<double>::quiet_NaN(); }
  static int digits10() { return std::numeric_limits<double>::digits10; }
};

/// Numbers beside Scalars give Scalars, and so do products before a sum has taken them.
template <class T, class BinaryOp>
struct ScalarBinaryOpTraits<gradus::BasicScalar<T>, double, BinaryOp> {
  using ReturnType = gradus::BasicScalar<T>;
};
template <class T, class BinaryOp>
struct ScalarBinaryOpTraits<double, gradus::BasicScalar<T>, BinaryOp> {
  using ReturnType = gradus::BasicScalar<T>;
};

}  // namespace Eigen

namespace gradus {

// What Eigen asks of a number that it takes for a real one.
template <class T>
BasicScalar<T> conj(const BasicScalar<T>& x) {
  return x;
}
template <class T>
BasicScalar<T> real(const BasicScalar<T>& x) {
  return x;
}
template <class T>
BasicScalar<T> imag(const BasicScalar<T>&) {
  return 0.0;
}
template <class T>
BasicScalar<T> abs2(const BasicScalar<T>& x) {
  return x * x;
}

}  // namespace gradus
