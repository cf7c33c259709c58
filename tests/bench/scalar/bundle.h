// Bundle adjustment of ADBench: the reprojection errors of points seen by cameras, and the rows of their Jacobian, which
// is sparse: each residual depends on one camera, one point and one weight.
#pragma once
#include <array>
#include <cstddef>
#include <iosfwd>
#include <span>
#include <vector>

#include "tests/bench/scalar/bench_number.h"

namespace bench::scalar {

struct Bundle {
  static constexpr std::size_t camera_size = 11;  // rotation 3, centre 3, focal length, principal point 2, distortion 2
  static constexpr std::size_t row_inputs = camera_size + 3 + 1;
  std::size_t cameras, points, observations;
  std::vector<double> camera, point, weight, feature;
  std::vector<std::size_t> seen_by, seen_point;  // of each observation

  static Bundle generate(std::size_t cameras, std::size_t points, std::size_t observations);
  static Bundle read(std::istream& in);
  /// ADBench's files hold one camera, one point, one weight and one feature, which stand for all.
  void write(std::ostream& out) const;

  /// The inputs of one observation: its camera, its point, its weight.
  void gather(std::size_t observation, std::span<double, row_inputs> x) const;
};

/// What a point turned by a rotation vector becomes (Rodrigues).
template <class T>
std::array<T, 3> rotate(const T* r, const std::array<T, 3>& p) {
  const T square = r[0] * r[0] + r[1] * r[1] + r[2] * r[2];
  if (plain(square) == 0.0) {
    return {p[0] + r[1] * p[2] - r[2] * p[1], p[1] + r[2] * p[0] - r[0] * p[2], p[2] + r[0] * p[1] - r[1] * p[0]};
  }
  const T angle = sqrt(square);
  const T c = cos(angle);
  const T s = sin(angle);
  const T inverse = 1.0 / angle;
  const std::array<T, 3> w = {r[0] * inverse, r[1] * inverse, r[2] * inverse};
  const std::array<T, 3> cross = {w[1] * p[2] - w[2] * p[1], w[2] * p[0] - w[0] * p[2], w[0] * p[1] - w[1] * p[0]};
  const T along = (w[0] * p[0] + w[1] * p[1] + w[2] * p[2]) * (1.0 - c);
  return {p[0] * c + cross[0] * s + w[0] * along, p[1] * c + cross[1] * s + w[1] * along,
          p[2] * c + cross[2] * s + w[2] * along};
}

/// Both coordinates of weight · (projection − feature), of the inputs that gather() gives.
struct Reprojection {
  const double* feature;

  template <class T>
  std::array<T, 2> operator()(std::span<const T> x) const {
    const T* camera = x.data();
    const T* point = camera + Bundle::camera_size;
    const T& weight = point[3];
    const std::array<T, 3> centred = {point[0] - camera[3], point[1] - camera[4], point[2] - camera[5]};
    const std::array<T, 3> seen = rotate<T>(camera, centred);
    const T u = seen[0] / seen[2];
    const T v = seen[1] / seen[2];
    const T square = u * u + v * v;
    const T distortion = 1.0 + camera[9] * square + camera[10] * square * square;
    const T f = camera[6] * distortion;
    return {weight * (f * u + camera[7] - feature[0]), weight * (f * v + camera[8] - feature[1])};
  }
};

/// 1 − w²
struct WeightResidual {
  template <class T>
  std::array<T, 1> operator()(std::span<const T> x) const {
    return {1.0 - x[0] * x[0]};
  }
};

}  // namespace bench::scalar
