#include "autograd/array/random_words.h"

#include <bit>
#include <cfloat>
#include <cmath>
#include <cstddef>
#include <limits>

#include "autograd/base/error.h"
#include "autograd/math/normal_quantile.h"

namespace gradus::detail {

// Which bits come out is decided by +, −, ×, ÷ and square roots alone, each rounded as IEEE 754 says, and by whole
// numbers: no function of the C library, whose last digit differs from one to the next.
static_assert(FLT_EVAL_METHOD == 0, "intermediate results must be rounded to their type: -msse2 -mfpmath=sse");

namespace {

double polynomial_of(const NormalQuantile::Coefficients& coefficients, double x) {
  double y = coefficients[7];
  for (std::size_t k = 7; k-- > 0;) y = y * x + coefficients[k];
  return y;
}

// How far below the mean the lower share p of the normal distribution ends, in standard deviations, for p in (0, 1/2].
double percentage_point(double p) {
  using Q = NormalQuantile;
  const double q = 0.5 - p;
  if (q <= 0.425) {
    const double r = 0.180625 - q * q;
    return q * polynomial_of(Q::near_above, r) / polynomial_of(Q::near_below, r);
  }
  const double r = std::sqrt(-portable_log(p));
  return r <= 5.0 ? polynomial_of(Q::tail_above, r - 1.6) / polynomial_of(Q::tail_below, r - 1.6)
                  : polynomial_of(Q::far_above, r - 5.0) / polynomial_of(Q::far_below, r - 5.0);
}

}  // namespace

std::array<std::uint64_t, 2> random_words(const Key& key, std::uint64_t index) {
  if (key.path.trace != 0) {
    throw GraphError(
        "[compile] a key that is an argument of a compiled function draws tensors, by uniform(), normal() and "
        "the like: arrays and indices would stay as they are in the first call");
  }
  const auto low = [](std::uint64_t x) { return static_cast<std::uint32_t>(x); };
  const auto high = [](std::uint64_t x) { return static_cast<std::uint32_t>(x >> 32U); };
  const auto bits =
      philox({low(index), high(index), low(key.stream), high(key.stream)}, {low(key.seed), high(key.seed)});
  return {(std::uint64_t{bits[1]} << 32U) | bits[0], (std::uint64_t{bits[3]} << 32U) | bits[2]};
}

// log x for a normal positive x, to 2 ulp.  x = m·2^e with m around 1, and log m = 2 artanh s, s = (m − 1)/(m + 1).
double portable_log(double x) {
  constexpr double ln2_high = 0x1.62e42feep-1;  // its low bits are 0, so that its product with an exponent is exact
  constexpr double ln2_low = 0x1.a39ef35793c76p-33;
  const auto bits = std::bit_cast<std::uint64_t>(x);
  // Counted from sqrt(1/2): m is in [sqrt(1/2), sqrt(2)).
  constexpr std::uint64_t root = 0x3FE6A09E667F3BCD;
  const std::int64_t e = static_cast<std::int64_t>(bits - root) >> 52;
  const auto m = std::bit_cast<double>(bits - (static_cast<std::uint64_t>(e) << 52U));
  const double s = (m - 1.0) / (m + 1.0);
  const double z = s * s;
  double series = 1.0 / 23.0;
  for (int k = 21; k > 1; k -= 2) series = series * z + 1.0 / static_cast<double>(k);
  const auto exponent = static_cast<double>(e);
  return exponent * ln2_high + (2.0 * s + (2.0 * s * z * series + exponent * ln2_low));
}

// x = k ln 2 + r, and the series of e^r.
double portable_exp(double x) {
  if (x != x) return x;
  if (x > 709.78) return std::numeric_limits<double>::infinity();
  if (x < -745.2) return 0.0;
  constexpr double ln2_high = 0x1.62e42feep-1;
  constexpr double ln2_low = 0x1.a39ef35793c76p-33;
  const double k = std::floor(x * 1.4426950408889634 + 0.5);
  const double r = (x - k * ln2_high) - k * ln2_low;
  double series = 1.0;
  for (int n = 14; n > 0; --n) series = series * r / static_cast<double>(n) + 1.0;
  return std::ldexp(series, static_cast<int>(k));
}

// The lowest bit is the sign, the others the middle of one of 2^63 equal shares of (0, 1/2): the tails reach 9.1
// standard deviations.
double standard_normal(std::uint64_t word) {
  const double z = percentage_point((static_cast<double>(word >> 1U) + 0.5) * 0x1p-64);
  return (word & 1U) != 0 ? z : -z;
}

}  // namespace gradus::detail
