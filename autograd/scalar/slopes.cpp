#include "autograd/scalar/slopes.h"

#include <bit>
#include <cmath>
#include <cstdint>

#include "autograd/math/compensated.h"

namespace gradus::detail {

// For |x| ≥ 0.625, 1 − 2e/(1+e) with e = exp(−2|x|); below, the rational function of the Cephes library.  Both are
// base + top/bottom, so that there is one division and nothing to mispredict.
double value_and_slope(const ops::Tanh&, double x, double& slope) noexcept {
  const double size = std::abs(x);
  const double e = std::exp(-2.0 * size);
  const double z = x * x;
  const double p = (-9.64399179425052238628e-1 * z - 9.92877231001918586564e1) * z - 1.61468768441708447952e3;
  const double q = ((z + 1.12811678491632931402e2) * z + 2.23548839060100448583e3) * z + 4.84406305325125486048e3;
  const bool near = size < 0.625;
  const double rest = (near ? size * (z * p) : -2.0 * e) / (near ? q : 1.0 + e);
  const double y = (near ? size : 1.0) + rest;
  slope = (near ? 1.0 - y : -rest) * (near ? 1.0 + y : 2.0 + rest);
  return std::copysign(y, x);
}

double value_and_slope(const ops::Sigmoid&, double x, double& slope) noexcept {
  const double e = std::exp(-std::abs(x));
  const double r = 1.0 / (1.0 + e);
  const double small = e * r;
  slope = small * r;
  return x < 0.0 ? small : r;
}

namespace {

// e^(−scale·x²) for a power of 2: x² is split into an exact head and a tail, and what their sum loses is given back.
double gaussian(double size, double scale) {
  const double head = std::bit_cast<double>(std::bit_cast<std::uint64_t>(size) & 0xfffffffff8000000U);
  const double exact = scale * (head * head);
  const double rest = scale * ((size - head) * (size + head));
  const double square = exact + rest;
  const double lost = (exact - square) + rest;
  const double e = std::exp(-square);
  return e - e * lost;
}

}  // namespace

double value_and_slope(const Erfc&, double x, double& slope) noexcept {
  const double size = std::abs(x);
  slope = -0x1.20dd750429b6dp+0 * gaussian(size > 28.0 ? 28.0 : size, 1.0);  // −2/√π; NaN stays
  return std::erfc(x);
}

// x/√2 is rounded, and in the left tail that would count x² times over: it is given back to first order.
double value_and_slope(const NormCdf&, double x, double& slope) noexcept {
  constexpr double root_half = 0.70710678118654752440;
  constexpr double rest = -4.833646656726457e-17;  // of 1/√2
  const double size = std::abs(x);
  slope = 0x1.9884533d43651p-2 * gaussian(size > 39.0 ? 39.0 : size, 0.5);  // 1/√(2π)
  const double z = x * -root_half;
  const double y = 0.5 * std::erfc(z);
  if (!(size < 39.0)) return y;
  const double lost = exact_product(x, -root_half).low - x * rest;
  return y - slope * (1.41421356237309504880 * lost);
}

}  // namespace gradus::detail
