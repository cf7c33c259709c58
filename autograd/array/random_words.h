// What random numbers are made of: words of a key's stream, and functions whose every bit is the same on every machine.
#pragma once
#include <array>
#include <cstdint>

#include "random.h"

namespace gradus::detail {

/// Block number `index` of a key's stream: two words.  All random numbers come from here.
std::array<std::uint64_t, 2> random_words(const Key& key, std::uint64_t index);

/// In [0, 1): every multiple of 2^-53 is equally likely.
inline double unit(std::uint64_t word) { return static_cast<double>(word >> 11U) * 0x1p-53; }
/// In (0, 1): the middles of 2^53 equal shares.
inline double open_unit(std::uint64_t word) { return (static_cast<double>(word >> 11U) + 0.5) * 0x1p-53; }

/// log x for a normal positive x, to 2 ulp.
double portable_log(double x);
/// e^x, to 2 ulp.
double portable_exp(double x);
/// A number of the normal distribution.
double standard_normal(std::uint64_t word);

/// The words of a stream, one after the other.
class Words {
 public:
  explicit Words(const Key& key) : key_(key) {}
  std::uint64_t next() {
    if (count_ % 2 == 0) pair_ = random_words(key_, count_ / 2);
    return pair_[count_++ % 2];
  }
  /// In [0, bound), each equally likely: words below the remainder of 2^64 would favour small numbers and are skipped.
  std::uint64_t below(std::uint64_t bound) {
    const std::uint64_t skipped = (0 - bound) % bound;
    for (;;) {
      const std::uint64_t word = next();
      if (word >= skipped) return word % bound;
    }
  }
  double uniform() { return open_unit(next()); }
  double normal() { return standard_normal(next()); }

 private:
  Key key_;
  std::uint64_t count_ = 0;
  std::array<std::uint64_t, 2> pair_{};
};

}  // namespace gradus::detail
