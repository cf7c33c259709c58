#include "autograd/array/random_words.h"

#include <bit>
#include <cfloat>
#include <cmath>
#include <cstddef>
#include <limits>

#include "autograd/base/error.h"

namespace gradus::detail {

// Which bits come out is decided by +, −, ×, ÷ and square roots alone, each rounded as IEEE 754 says, and by whole
// numbers: no function of the C library, whose last digit differs from one to the next.
static_assert(FLT_EVAL_METHOD == 0, "intermediate results must be rounded to their type: -msse2 -mfpmath=sse");

namespace {

double normal_polynomial(const std::array<double, 8>& coefficients, double x) {
  double y = coefficients[7];
  for (std::size_t k = 7; k-- > 0;) y = y * x + coefficients[k];
  return y;
}

// How far below the mean the lower share p of the normal distribution ends, in standard deviations, for p in (0, 1/2]:
// rational approximations of relative error 1e-16.
// Wichura: Algorithm AS 241, The percentage points of the normal distribution (Applied Statistics 37, 1988).
double percentage_point(double p) {
  constexpr std::array<double, 8> a{3.3871328727963666080e0,  1.3314166789178437745e+2, 1.9715909503065514427e+3,
                                    1.3731693765509461125e+4, 4.5921953931549871457e+4, 6.7265770927008700853e+4,
                                    3.3430575583588128105e+4, 2.5090809287301226727e+3};
  constexpr std::array<double, 8> b{1.0,
                                    4.2313330701600911252e+1,
                                    6.8718700749205790830e+2,
                                    5.3941960214247511077e+3,
                                    2.1213794301586595867e+4,
                                    3.9307895800092710610e+4,
                                    2.8729085735721942674e+4,
                                    5.2264952788528545610e+3};
  constexpr std::array<double, 8> c{1.42343711074968357734e0,  4.63033784615654529590e0, 5.76949722146069140550e0,
                                    3.64784832476320460504e0,  1.27045825245236838258e0, 2.41780725177450611770e-1,
                                    2.27238449892691845833e-2, 7.74545014278341407640e-4};
  constexpr std::array<double, 8> d{1.0,
                                    2.05319162663775882187e0,
                                    1.67638483018380384940e0,
                                    6.89767334985100004550e-1,
                                    1.48103976427480074590e-1,
                                    1.51986665636164571966e-2,
                                    5.47593808499534494600e-4,
                                    1.05075007164441684324e-9};
  constexpr std::array<double, 8> e{6.65790464350110377720e0,  5.46378491116411436990e0,  1.78482653991729133580e0,
                                    2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
                                    2.71155556874348757815e-5, 2.01033439929228813265e-7};
  constexpr std::array<double, 8> f{1.0,
                                    5.99832206555887937690e-1,
                                    1.36929880922735805310e-1,
                                    1.48753612908506148525e-2,
                                    7.86869131145613259100e-4,
                                    1.84631831751005468180e-5,
                                    1.42151175831644588870e-7,
                                    2.04426310338993978564e-15};
  const double q = 0.5 - p;
  if (q <= 0.425) {
    const double r = 0.180625 - q * q;
    return q * normal_polynomial(a, r) / normal_polynomial(b, r);
  }
  const double r = std::sqrt(-portable_log(p));
  return r <= 5.0 ? normal_polynomial(c, r - 1.6) / normal_polynomial(d, r - 1.6)
                  : normal_polynomial(e, r - 5.0) / normal_polynomial(f, r - 5.0);
}

}  // namespace

std::array<std::uint64_t, 2> random_words(const Key& key, std::uint64_t index) {
  if (key.path.trace != 0) {
    throw GraphError(
        "[compile] a key that is an argument of a compiled function draws tensors, by uniform(), normal() and "
        "bernoulli(): "
        "arrays and indices would stay as they are in the first call");
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
