// Numbers made from a key: the same on every machine and for every engine.
#pragma once
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace bench::scalar {

/// A counter hashed by splitmix64.
class Random {
 public:
  explicit Random(std::uint64_t key) : state_(key * 0x9e3779b97f4a7c15U) {}
  /// Even over [low, high).
  double uniform(double low = 0.0, double high = 1.0) {
    return low + (high - low) * static_cast<double>(next() >> 11U) * 0x1p-53;
  }
  double normal() {
    constexpr double turn = 6.283185307179586;
    const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
    return radius * std::cos(turn * uniform());
  }
  std::vector<double> uniforms(std::size_t count, double low = 0.0, double high = 1.0) {
    std::vector<double> out(count);
    for (double& x : out) x = uniform(low, high);
    return out;
  }
  std::vector<double> normals(std::size_t count, double scale = 1.0) {
    std::vector<double> out(count);
    for (double& x : out) x = scale * normal();
    return out;
  }

 private:
  std::uint64_t next() {
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15U;
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31U);
  }
  std::uint64_t state_;
};

}  // namespace bench::scalar
