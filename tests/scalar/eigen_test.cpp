// Scalars in Eigen's matrices.
#include "autograd/scalar/eigen.h"

#include <Eigen/Dense>
#include <vector>

#include "tests/catch.h"

using namespace gradus;
using test::Approx;

TEST_CASE("a linear system of Scalars has the gradient of its solution") {
  Tape tape;
  using Matrix = Eigen::Matrix<Scalar, 2, 2>;
  using Vector = Eigen::Matrix<Scalar, 2, 1>;
  Matrix a;
  a << tape.variable(4.0), tape.variable(1.0), tape.variable(2.0), tape.variable(3.0);
  const Vector b(Scalar(1.0), Scalar(2.0));
  const Vector x = a.partialPivLu().solve(b);
  const Scalar y = x.sum();
  // x = A⁻¹b; ∂(1ᵀx)/∂A = −(A⁻ᵀ1) xᵀ, with A⁻ᵀ1 = (0.1, 0.3) and x = (0.1, 0.6).
  const std::vector<Scalar> in{a(0, 0), a(0, 1), a(1, 0), a(1, 1)};
  const std::vector<double> g = tape.gradient(y, in);
  CHECK(y.value() == Approx(0.7));
  CHECK(g[0] == Approx(-0.01));
  CHECK(g[1] == Approx(-0.06));
  CHECK(g[2] == Approx(-0.03));
  CHECK(g[3] == Approx(-0.18));
  const Scalar n = ((2.0 * a) * b).squaredNorm();
  CHECK(n.value() == Approx(4.0 * (36.0 + 64.0)));
}

namespace {

template <class N>
N solved(const N& a00) {
  Eigen::Matrix<N, 2, 2> a;
  a << a00, N(1.0), N(2.0), N(3.0);
  const Eigen::Matrix<N, 2, 1> b(N(1.0), N(2.0));
  const Eigen::Matrix<N, 2, 1> x = a.partialPivLu().solve(b);
  return ((2.0 * x) * 0.5).sum();
}

}  // namespace

TEST_CASE("a linear system of Duals or Tangents has the derivative of its solution") {
  const Dual<double> by_dual = solved(Dual<double>(4.0, 1.0));
  CHECK(by_dual.v == Approx(0.7));
  CHECK(by_dual.dot == Approx(-0.01));
  const Tangents<2> by_tangents = solved(Tangents<2>(4.0, {1.0, 2.0}));
  CHECK(by_tangents.dot[0] == Approx(-0.01));
  CHECK(by_tangents.dot[1] == Approx(-0.02));
}
