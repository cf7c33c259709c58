#include "autograd/array/random.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>
#include <vector>

#include "autograd/array/random_words.h"
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

using detail::standard_normal;
using detail::unit;
using detail::Words;

// numbers[i] = f(word i of the key's stream).
template <class T, class F>
void fill(T* numbers, std::int64_t n, const Key& key, F&& f) {
  for (std::int64_t i = 0; i < n; i += 2) {
    const auto pair = detail::random_words(key, static_cast<std::uint64_t>(i) / 2);
    for (std::int64_t k = 0; k < std::min<std::int64_t>(2, n - i); ++k) {
      numbers[i + k] = f(pair[static_cast<std::size_t>(k)]);
    }
  }
}

template <class F>
Array filled(const Shape& shape, const Key& key, DType dtype, F&& f) {
  Array out = Array::uninitialized(shape, dtype);
  dispatch(dtype, [&](auto zero) {
    using T = decltype(zero);
    fill(out.mutable_data<T>(), out.size(), key, [&](std::uint64_t word) { return static_cast<T>(f(word)); });
  });
  return out;
}

}  // namespace

Array uniform_array(const Shape& shape, double low, double high, const Key& key, DType dtype) {
  if (!(low <= high) || !std::isfinite(low) || !std::isfinite(high)) {
    throw ValueError(fmt::format("[uniform] {} to {} is not a range", low, high));
  }
  Array out = Array::uninitialized(shape, dtype);
  dispatch(dtype, [&](auto zero) {
    using T = decltype(zero);
    const T first = static_cast<T>(low);
    const T end = static_cast<T>(high);
    const T last = first < end ? std::nextafter(end, first) : first;
    fill(out.mutable_data<T>(), out.size(), key, [&](std::uint64_t word) {
      // Weighted, not low + (high − low)·u: the difference may overflow.
      const double u = unit(word);
      return std::clamp(static_cast<T>(static_cast<double>(first) * (1.0 - u) + static_cast<double>(end) * u), first,
                        last);
    });
  });
  return out;
}

Array normal_array(const Shape& shape, double mean, double deviation, const Key& key, DType dtype) {
  if (!std::isfinite(mean) || !std::isfinite(deviation) || deviation < 0.0) {
    throw ValueError(fmt::format("[normal] there is no distribution of mean {} and deviation {}", mean, deviation));
  }
  return filled(shape, key, dtype, [&](std::uint64_t word) { return mean + deviation * standard_normal(word); });
}

Array bernoulli_array(const Shape& shape, double p, const Key& key, DType dtype) {
  if (!(p >= 0.0 && p <= 1.0)) throw ValueError(fmt::format("[bernoulli] {} is not a probability", p));
  return filled(shape, key, dtype, [&](std::uint64_t word) { return unit(word) < p ? 1.0 : 0.0; });
}

Indices permutation(std::int64_t n, const Key& key) {
  const Shape shape{n};
  std::vector<std::int64_t> order(static_cast<std::size_t>(n));
  std::iota(order.begin(), order.end(), std::int64_t{0});
  // Fisher and Yates: the last place gets any of all, the one before it any of the rest.
  Words stream(key);
  for (std::size_t left = order.size(); left > 1; --left) std::swap(order[left - 1], order[stream.below(left)]);
  return Indices(shape, std::move(order));
}

}  // namespace gradus
