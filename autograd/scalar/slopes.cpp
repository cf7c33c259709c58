#include "autograd/scalar/slopes.h"

#include <cmath>

#include "autograd/math/compensated.h"

namespace gradus::detail {

// For |x| ≥ 0.625, 1 − 2e/(1+e) with e = exp(−2|x|); below, the rational function of the Cephes library.  Both are
// base + top/bottom, so that there is one division and nothing to mispredict.
double value_and_slope(const Tanh&, double x, double& slope) noexcept {
  const double size = std::abs(x);
  const double e = std::exp(-2.0 * size);
  const double z = x * x;
  const double p =
      (-9.64399179425052238628e-1 * z - 9.92877231001918586564e1) * z - 1.61468768441708447952e3;
  const double q =
      ((z + 1.12811678491632931402e2) * z + 2.23548839060100448583e3) * z + 4.84406305325125486048e3;
  const bool near = size < 0.625;
  const double rest = (near ? size * (z * p) : -2.0 * e) / (near ? q : 1.0 + e);
  const double y = (near ? size : 1.0) + rest;
  slope = (near ? 1.0 - y : -rest) * (near ? 1.0 + y : 2.0 + rest);
  return std::copysign(y, x);
}

double value_and_slope(const Sigmoid&, double x, double& slope) noexcept {
  const double e = std::exp(-std::abs(x));
  const double r = 1.0 / (1.0 + e);
  const double small = e * r;
  slope = small * r;
  return x < 0.0 ? small : r;
}

// What rounding takes from x/√2 is given back to first order: in the left tail it would count x² times over.
double normal_and_slope(double x, double& slope) noexcept {
  slope = bind(NormalDensity{}, x);
  const double z = x * -0.70710678118654752440;
  const double y = 0.5 * std::erfc(z);
  if (!(std::abs(x) < 40.0)) return y;
  const Sum2<double> exact = exact_product(x, -0.70710678118654752440);
  const double lost = exact.low + x * 4.833646656726457e-17;
  return y - slope * (1.41421356237309504880 * lost);
}

}  // namespace gradus::detail
