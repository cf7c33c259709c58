#include "autograd/array/random.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "autograd/base/error.h"

namespace gradus {

std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key) {
  constexpr std::uint64_t multiplier_0 = 0xD2511F53;
  constexpr std::uint64_t multiplier_1 = 0xCD9E8D57;
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t p0 = multiplier_0 * counter[0];
    const std::uint64_t p1 = multiplier_1 * counter[2];
    counter = {static_cast<std::uint32_t>(p1 >> 32U) ^ counter[1] ^ key[0], static_cast<std::uint32_t>(p1),
               static_cast<std::uint32_t>(p0 >> 32U) ^ counter[3] ^ key[1], static_cast<std::uint32_t>(p0)};
    key[0] += 0x9E3779B9;
    key[1] += 0xBB67AE85;
  }
  return counter;
}

namespace {

template <class T>
void fill(T* numbers, std::int64_t n, T low, T high, const Key& key) {
  const std::array<std::uint32_t, 2> cipher_key{static_cast<std::uint32_t>(key.seed),
                                                static_cast<std::uint32_t>(key.seed >> 32U)};
  const T last = low < high ? std::nextafter(high, low) : low;
  for (std::int64_t i = 0; i < n; i += 2) {
    const auto block = static_cast<std::uint64_t>(i) / 2;
    const auto bits = philox({static_cast<std::uint32_t>(block), static_cast<std::uint32_t>(block >> 32U),
                              static_cast<std::uint32_t>(key.stream), static_cast<std::uint32_t>(key.stream >> 32U)},
                             cipher_key);
    for (std::int64_t k = 0; k < std::min<std::int64_t>(2, n - i); ++k) {
      const auto half = static_cast<std::size_t>(2 * k);
      const std::uint64_t word = (std::uint64_t{bits[half + 1]} << 32U) | bits[half];
      const double unit = static_cast<double>(word >> 11U) * 0x1p-53;  // [0, 1), every multiple of 2^-53
      // Weighted, not low + (high − low)·unit: the difference may overflow.
      const double x = static_cast<double>(low) * (1.0 - unit) + static_cast<double>(high) * unit;
      numbers[i + k] = std::clamp(static_cast<T>(x), low, last);
    }
  }
}

}  // namespace

Array uniform(const Shape& shape, double low, double high, const Key& key, DType dtype) {
  if (!(low <= high) || !std::isfinite(low) || !std::isfinite(high)) {
    throw ValueError(fmt::format("[uniform] {} to {} is not a range", low, high));
  }
  Array out = Array::uninitialized(shape, dtype);
  dispatch(dtype, [&](auto zero) {
    using T = decltype(zero);
    fill(out.mutable_data<T>(), out.size(), static_cast<T>(low), static_cast<T>(high), key);
  });
  return out;
}

}  // namespace gradus
