// Hand tracking of ADBench: a hand of bones, posed by 26 parameters, whose skin is fitted to points.
#pragma once
#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "tests/bench/scalar/bench_number.h"

namespace bench::scalar {

/// A rotation and a shift: x ↦ R x + t.
template <class T>
struct Rigid {
  std::array<T, 9> r;
  std::array<T, 3> t;
};

template <class A, class B, class T>
void multiply(const std::array<A, 9>& a, const std::array<B, 9>& b, std::array<T, 9>& out) {
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 3; ++j) {
      out[3 * i + j] = a[3 * i] * b[j] + a[3 * i + 1] * b[3 + j] + a[3 * i + 2] * b[6 + j];
    }
  }
}

/// R x for a row of R at a time.
template <class T, class X>
T row_times(const std::array<T, 9>& r, std::size_t row, const X* x) {
  return r[3 * row] * x[0] + r[3 * row + 1] * x[1] + r[3 * row + 2] * x[2];
}

/// Σ |pointᵢ − skin(vertexᵢ)|², where the skin is a blend of what the bones make of the vertex.  ADBench asks for the
/// residuals' Jacobian, which is dense and a matter of forward mode; here the gradient of their squares is taken, as a
/// fit by gradient descent does.  Inputs: rotation of the hand (angle · axis), its place, and four angles a finger.
struct Hand {
  static constexpr std::size_t fixed_inputs = 26;
  static constexpr std::size_t bones = 22;
  static constexpr std::size_t fingers = 5;
  std::vector<std::size_t> parents;          // of each bone; the first has none
  std::vector<Rigid<double>> relatives;      // of each bone to its parent, at rest
  std::vector<Rigid<double>> inverses;       // from the hand to each bone, at rest
  std::vector<double> vertices;              // of the skin, 3 each
  std::vector<double> weights;               // of each bone for each vertex
  std::vector<std::size_t> correspondences;  // which vertex each point is
  std::vector<double> points;                // 3 each
  std::vector<double> inputs;

  static Hand generate(std::size_t vertices, std::size_t points);

  template <class T>
  T operator()(std::span<const T> x) const;
};

/// Turns about x, then y, then z.
template <class T>
std::array<T, 9> euler_rotation(const T& x, const T& y, const T& z) {
  const T cx = cos(x), sx = sin(x), cy = cos(y), sy = sin(y), cz = cos(z), sz = sin(z);
  const T sysx = sy * sx;
  const T sycx = sy * cx;
  return {cz * cy,
          cz * sysx - sz * cx,
          cz * sycx + sz * sx,  //
          sz * cy,
          sz * sysx + cz * cx,
          sz * sycx - cz * sx,  //
          T(0.0) - sy,
          cy * sx,
          cy * cx};
}

template <class T>
std::array<T, 9> axis_rotation(const T* r) {
  const T angle = sqrt(r[0] * r[0] + r[1] * r[1] + r[2] * r[2]);
  const T x = r[0] / angle, y = r[1] / angle, z = r[2] / angle;
  const T s = sin(angle), c = cos(angle);
  const T d = 1.0 - c;
  return {x * x * d + c,     x * y * d - z * s, x * z * d + y * s,  //
          x * y * d + z * s, y * y * d + c,     y * z * d - x * s,  //
          x * z * d - y * s, y * z * d + x * s, z * z * d + c};
}

template <class T>
T Hand::operator()(std::span<const T> x) const {
  // What each bone does from rest: the hand's first two do not move, a finger has a joint of two angles, two of one, and
  // a tip.
  std::vector<Rigid<T>> absolute(bones);
  const T* angle = &x[6];
  for (std::size_t b = 0; b < bones; ++b) {
    Rigid<T> own;
    const std::size_t joint = b < 2 ? 3 : (b - 2) % 4;
    if (joint == 3) {
      for (std::size_t i = 0; i < 9; ++i) own.r[i] = relatives[b].r[i];
    } else {
      const T bend = *angle++;
      const T spread = joint == 0 ? *angle++ : T(0.0);
      multiply(relatives[b].r, euler_rotation(bend, T(0.0), spread), own.r);
    }
    for (std::size_t i = 0; i < 3; ++i) own.t[i] = relatives[b].t[i];
    if (b == 0) {
      absolute[b] = own;
      continue;
    }
    const Rigid<T>& parent = absolute[parents[b]];
    multiply(parent.r, own.r, absolute[b].r);
    for (std::size_t i = 0; i < 3; ++i) absolute[b].t[i] = row_times(parent.r, i, own.t.data()) + parent.t[i];
  }
  std::vector<Rigid<T>> moved(bones);
  for (std::size_t b = 0; b < bones; ++b) {
    multiply(absolute[b].r, inverses[b].r, moved[b].r);
    for (std::size_t i = 0; i < 3; ++i) {
      moved[b].t[i] = row_times(absolute[b].r, i, inverses[b].t.data()) + absolute[b].t[i];
    }
  }

  const std::array<T, 9> turn = axis_rotation<T>(x.data());
  T sum = 0.0;
  for (std::size_t k = 0; k < correspondences.size(); ++k) {
    const std::size_t v = correspondences[k];
    std::array<T, 3> skin = {T(0.0), T(0.0), T(0.0)};
    for (std::size_t b = 0; b < bones; ++b) {
      const double weight = weights[v * bones + b];
      for (std::size_t i = 0; i < 3; ++i) {
        skin[i] = skin[i] + weight * (row_times(moved[b].r, i, &vertices[3 * v]) + moved[b].t[i]);
      }
    }
    for (std::size_t i = 0; i < 3; ++i) {
      const T error = points[3 * k + i] - (row_times(turn, i, skin.data()) + x[3 + i]);
      sum = sum + error * error;
    }
  }
  return sum;
}

}  // namespace bench::scalar
