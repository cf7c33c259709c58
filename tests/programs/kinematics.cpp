// Scalars in Eigen's matrices: an arm of three joints, a determinant, and a Kalman filter, differentiated.
#include <gradus/autograd/scalar/eigen.h>
#include <gradus/autograd/tensor/tensor_eigen.h>

#include <Eigen/Geometry>
#include <Eigen/LU>
#include <cmath>

#include "verify.h"
using namespace gradus;

template <class S>
using Vector = Eigen::Matrix<S, 3, 1>;

/// The places of three joints, of which the first turns about z and the others about y, and of the hand.
template <class S>
std::array<Vector<S>, 4> arm(const std::vector<S>& angles) {
  std::array<Vector<S>, 4> at{Vector<S>::Zero()};
  Eigen::Transform<S, 3, Eigen::Isometry> t = Eigen::Transform<S, 3, Eigen::Isometry>::Identity();
  for (std::size_t k = 0; k < 3; ++k) {
    t.rotate(Eigen::AngleAxis<S>(angles[k], k == 0 ? Vector<S>::UnitZ() : Vector<S>::UnitY()));
    t.translate(Vector<S>(S(0.0), S(0.0), S(1.0)));
    at[k + 1] = t.translation();
  }
  return at;
}

/// Minus the log-likelihood of a walk seen through noise, by the logarithms of both variances.
template <class S>
S kalman(const std::vector<S>& logs, const std::vector<double>& seen) {
  Eigen::Matrix<S, 2, 2> f, q = Eigen::Matrix<S, 2, 2>::Identity() * exp(logs[0]),
                            p = Eigen::Matrix<S, 2, 2>::Identity();
  f << S(1.0), S(0.1), S(0.0), S(1.0);
  Eigen::Matrix<S, 2, 1> x = Eigen::Matrix<S, 2, 1>::Zero();
  S loss(0.0);
  for (const double z : seen) {
    x = (f * x).eval();
    p = (f * p * f.transpose() + q).eval();
    const S variance = p(0, 0) + exp(logs[1]), error = z - x(0);
    loss += 0.5 * (error * error / variance + log(variance));
    const Eigen::Matrix<S, 2, 1> gain = p.col(0) / variance;
    x += gain * error;
    p -= (gain * p.row(0)).eval();
  }
  return loss;
}

int main() {
  Tape tape;
  const std::vector<double> q{0.3, 0.8, -0.5}, logs{-3.0, -1.0};
  const auto variables = [&](const std::vector<double>& numbers) {
    std::vector<Scalar> out;
    for (const double x : numbers) out.push_back(tape.variable(x));
    return out;
  };

  // The Jacobian of a hand is axis × (hand − joint).
  const std::vector<Scalar> angles = variables(q);
  const Vector<Scalar> hand = arm(angles)[3];
  const std::vector<double> jacobian = tape.jacobian(std::span<const Scalar>(hand.data(), 3), angles);
  const auto at = arm(q);
  double arm_error = 0.0;
  for (std::size_t k = 0; k < 3; ++k) {
    const Vector<double> axis = k == 0 ? Vector<double>(0, 0, 1) : Vector<double>(-std::sin(q[0]), std::cos(q[0]), 0);
    const Vector<double> column = axis.cross(at[3] - at[k]);
    for (std::size_t i = 0; i < 3; ++i) arm_error = std::max(arm_error, std::abs(column[i] - jacobian[3 * i + k]));
  }

  // ∂det A/∂A = det A · A⁻ᵀ.
  const Eigen::MatrixXd a = as_eigen<double>(normal({5, 5}, 0.0, 1.0, Key{.seed = 11}));
  const Eigen::Matrix<Scalar, 5, 5> s = a.unaryExpr([&](double x) { return tape.variable(x); });
  const std::vector<double> slopes = tape.gradient(s.determinant(), std::span<const Scalar>(s.data(), 25));
  const double det_error =
      (Eigen::Map<const Eigen::MatrixXd>(slopes.data(), 5, 5) - a.determinant() * a.inverse().transpose())
          .cwiseAbs()
          .maxCoeff();

  const std::vector<double> seen = normal({50}, 1.0, 0.6, Key{.seed = 12}).to_vector();
  const std::vector<Scalar> in = variables(logs);
  const std::vector<double> gradient = tape.gradient(kalman(in, seen), in);
  const auto moved = [&](double h) { return kalman(std::vector{logs[0] + h, logs[1]}, seen); };
  const double difference = (moved(1e-5) - moved(-1e-5)) / 2e-5;
  const bool right = within("arm", arm_error, 1e-14) && within("determinant", det_error, 1e-13) &&
                     within("Kalman", std::abs(gradient[0] / difference - 1.0), 1e-7);
  return right ? 0 : 1;
}
