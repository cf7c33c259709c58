// Scalars, Duals and Tangents in Eigen's matrices and vectors.  The library itself does not need Eigen: include this where
// you use it.
#pragma once
#include <Eigen/Core>
#include <limits>

#include "scalar.h"
#include "scalar_forward.h"

namespace gradus::detail {

/// What Eigen is told of a number that stands for a double: a real number that must be constructed, and costs more.
template <class N, int cost>
struct EigenTraits : Eigen::GenericNumTraits<N> {
  using Real = N;
  using NonInteger = N;
  using Nested = N;
  using Literal = double;
  enum {
    IsComplex = 0,
    IsInteger = 0,
    IsSigned = 1,
    RequireInitialization = 1,
    ReadCost = cost / 2,
    AddCost = cost,
    MulCost = cost
  };
  static Real epsilon() { return Real(std::numeric_limits<double>::epsilon()); }
  static Real dummy_precision() { return Real(1e-12); }
  static Real highest() { return Real(std::numeric_limits<double>::max()); }
  static Real lowest() { return Real(std::numeric_limits<double>::lowest()); }
  static Real infinity() { return Real(std::numeric_limits<double>::infinity()); }
  static Real quiet_NaN() { return Real(std::numeric_limits<double>::quiet_NaN()); }
  static int digits10() { return std::numeric_limits<double>::digits10; }
};

}  // namespace gradus::detail

namespace Eigen {

template <class T>
struct NumTraits<gradus::BasicScalar<T>> : gradus::detail::EigenTraits<gradus::BasicScalar<T>, 4> {};
template <class T>
requires gradus::SingleNumber<gradus::Dual<T>>
struct NumTraits<gradus::Dual<T>> : gradus::detail::EigenTraits<gradus::Dual<T>, 4> {
};
template <std::size_t N>
struct NumTraits<gradus::Tangents<N>> : gradus::detail::EigenTraits<gradus::Tangents<N>, 2 * static_cast<int>(N) + 2> {
};

/// Numbers beside these give these.
template <gradus::SingleNumber N, class BinaryOp>
struct ScalarBinaryOpTraits<N, double, BinaryOp> {
  using ReturnType = N;
};
template <gradus::SingleNumber N, class BinaryOp>
struct ScalarBinaryOpTraits<double, N, BinaryOp> {
  using ReturnType = N;
};

}  // namespace Eigen

namespace gradus {

// What Eigen asks of a number that it takes for a real one.
template <SingleNumber N>
N conj(const N& x) {
  return x;
}
template <SingleNumber N>
N real(const N& x) {
  return x;
}
template <SingleNumber N>
N imag(const N&) {
  return N(0.0);
}
template <SingleNumber N>
N abs2(const N& x) {
  return x * x;
}

}  // namespace gradus
