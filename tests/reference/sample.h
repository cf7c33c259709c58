// Points and arrays to test with: the same on every machine.
#pragma once
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "autograd/array/array.h"

namespace gradus::reference {

/// Numbers that look random: SplitMix64 (Steele, Lea, Flood 2014).
class Numbers {
 public:
  explicit Numbers(std::uint64_t seed) : state_(seed) {}
  std::uint64_t bits() {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15U);
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31U);
  }
  /// In [low, high).
  double real(double low, double high) { return low + (high - low) * (static_cast<double>(bits() >> 11U) * 0x1p-53); }
  /// In [0, n).
  std::int64_t whole(std::int64_t n) { return static_cast<std::int64_t>(bits() % static_cast<std::uint64_t>(n)); }
  bool chance(double p) { return real(0.0, 1.0) < p; }

 private:
  std::uint64_t state_;
};

/// A row-major array of numbers in [low, high).
inline Array random_array(Numbers& numbers, const Shape& shape, DType dtype = DType::float64, double low = -2.0,
                          double high = 2.0) {
  std::vector<double> values(static_cast<std::size_t>(shape.size()));
  for (double& v : values) v = numbers.real(low, high);
  return Array(shape, values).to(dtype);
}

}  // namespace gradus::reference
