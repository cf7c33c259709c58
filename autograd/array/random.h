// Random numbers from a counter: the same key gives the same bits on every compiler, machine and number of threads.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

#include "array.h"
#include "indices.h"

namespace gradus {

namespace detail {

/// How a key was made from one that is an argument of a compiled function, while that is traced: by which parts.
struct KeyPath {
  static constexpr std::size_t most = 6;
  std::uint64_t trace = 0;     // which; 0: the key is an ordinary one
  std::uint32_t argument = 0;  // which of the keys
  std::uint32_t length = 0;    // may be more than are kept
  std::array<std::uint64_t, most> parts{};

  [[nodiscard]] constexpr KeyPath then(std::uint64_t k) const {
    KeyPath out = *this;
    if (trace == 0) return out;
    if (length < most) out.parts[length] = k;
    ++out.length;
    return out;
  }
};

}  // namespace detail

/// Names a stream of random numbers.  Two streams with different keys are independent; two arrays drawn with one key are
/// made of the same bits, so give each its own: key.part(0), key.part(1), …
struct Key {
  std::uint64_t seed = 0;
  std::uint64_t stream = 0;
  detail::KeyPath path{};  ///< Of no concern outside compile().
  /// An independent stream for part k of a computation, and again for parts of parts.
  [[nodiscard]] constexpr Key part(std::uint64_t k) const {
    // The finalizer of SplitMix64 (Steele, Lea, Flood 2014): a bijection that leaves no pattern.
    std::uint64_t z = stream + (k + 1) * 0x9E3779B97F4A7C15;
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EB;
    return {seed, z ^ (z >> 31U), path.then(k)};
  }
};

/// Philox4x32-10: ten rounds of a block cipher over a 128-bit counter.
/// Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy as 1, 2, 3 (SC 2011).
GRADUS_API std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key);

// As tensors: uniform(), normal(), bernoulli() (tensor/ops/creation.h).

/// Numbers spread evenly over [low, high), both rounded to the dtype; all equal to low where the two are equal.
/// Throws ValueError unless low <= high and both are finite.
GRADUS_API Array uniform_array(const Shape& shape, double low, double high, const Key& key,
                               DType dtype = DType::float64);

/// Numbers of the normal distribution, rounded to the dtype at the end.  Element i depends on the key and i alone: a
/// longer array starts with the same numbers.  Throws ValueError unless mean and deviation are finite and the deviation
/// is not negative.
GRADUS_API Array normal_array(const Shape& shape, double mean, double deviation, const Key& key,
                              DType dtype = DType::float64);

/// 1 with probability p, else 0: where `uniform` would be below p.  Throws ValueError unless 0 <= p <= 1.
GRADUS_API Array bernoulli_array(const Shape& shape, double p, const Key& key, DType dtype = DType::float64);

/// 0, 1, …, n − 1 in an order of which each is equally likely.  Throws ShapeError for a negative n.
GRADUS_API Indices permutation(std::int64_t n, const Key& key);

}  // namespace gradus
