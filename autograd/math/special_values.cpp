#include "autograd/math/special_values.h"

#include <math.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numbers>

namespace gradus::detail {

namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();
constexpr double no_number = std::numeric_limits<double>::quiet_NaN();

// B₂ⱼ, the Bernoulli numbers.
constexpr std::array<double, 10> bernoulli_numbers{1.0 / 6,       -1.0 / 30,      1.0 / 42, -1.0 / 30,
                                                   5.0 / 66,      -691.0 / 2730,  7.0 / 6,  -3617.0 / 510,
                                                   43867.0 / 798, -174611.0 / 330};

double polynomial(double x, const auto& coefficients) {
  double y = 0.0;
  for (std::size_t k = coefficients.size(); k-- > 0;) y = y * x + coefficients[k];
  return y;
}

// ψ on [1, 2]: (x − r)(Y + R(x − 1)) with the root r in three parts; the rational is that of Boost.Math, right to 2e-17.
double digamma_near_root(double x) {
  constexpr std::array<double, 6> above{0.25479851061131551,  -0.32555031186804491,  -0.65031853770896507,
                                        -0.28919126444774784, -0.045251321448739056, -0.0020713321167745952};
  constexpr std::array<double, 7> below{1.0,
                                        2.0767117023730469,
                                        1.4606242909763515,
                                        0.43593529692665969,
                                        0.054151797245674225,
                                        0.0021284987017821144,
                                        -0.55789841321675513e-6};
  constexpr double billion = 1073741824.0;  // 2³⁰
  const double t = ((x - 1569415565.0 / billion) - 381566830.0 / billion / billion) - 0.9016312093258695918615e-19;
  return t * 0.99558162689208984 + t * (polynomial(x - 1.0, above) / polynomial(x - 1.0, below));
}

// ψ for x > 0.
double digamma_of_positive(double x) {
  if (x >= 10.0) {
    const double square = 1.0 / (x * x);  // 0 for huge x
    double tail = 0.0;
    for (std::size_t j = 8; j > 0; --j) {
      tail = square * (bernoulli_numbers[j - 1] / (2.0 * static_cast<double>(j)) + tail);
    }
    return std::log(x) - (0.5 / x + tail);
  }
  if (x < 1.0) return digamma_near_root(x + 1.0) - 1.0 / x;
  double sum = 0.0;
  while (x > 2.0) {
    x -= 1.0;
    sum += 1.0 / x;
  }
  return sum + digamma_near_root(x);
}

// n! Σ 1/(x + k)ⁿ⁺¹ for k = 0, 1, … and x > 0: terms as long as they are large, then Euler and Maclaurin's formula.
double zeta_sum(int n, double x) {
  double factorial = 1.0;  // (n − 1)!, first, so that small powers do not underflow too early
  for (int k = 2; k < n; ++k) factorial *= k;
  const auto over_power = [&](double by, int times) {
    double y = factorial;
    for (int k = 0; k < times; ++k) y /= by;
    return y;
  };
  const int steps = static_cast<int>(std::max(0.0, std::ceil(12.0 + n - x)));
  const double far = x + steps;
  const double tail = over_power(far, n);
  double term = tail * n / far;  // (n)ⱼ/farʲ over factorials, step by step
  double sum = 0.0;
  double last = 0.5 * term;
  for (int j = 1; j <= static_cast<int>(bernoulli_numbers.size()); ++j) {
    // B₂ⱼ/(2j)! · (n + 2j − 1)!/far^(n + 2j)
    term *= (j == 1 ? n + 1.0 : (n + 2.0 * j - 1.0) * (n + 2.0 * j - 2.0)) /
            (j == 1 ? 2.0 * far : far * far * 2.0 * j * (2.0 * j - 1.0));
    sum += bernoulli_numbers[static_cast<std::size_t>(j - 1)] * term;
  }
  sum = tail + (last + sum);
  for (int k = steps; k-- > 0;) sum += n * over_power(x + k, n + 1);
  return sum;
}

// ψ⁽ⁿ⁾ for x > 0.
double poly_gamma_of_positive(int n, double x) {
  if (n == 0) return digamma_of_positive(x);
  if (x == infinite) return n % 2 != 0 ? 0.0 : -0.0;
  const double size = zeta_sum(n, x);
  return n % 2 != 0 ? size : -size;
}

// ψ⁽ⁿ⁾(a + b) for a ≥ |b|, with what rounding takes from the sum.
double poly_gamma_of_sum(int n, double a, double b) {
  const double sum = a + b;
  const double rest = b - (sum - a);
  const double y = poly_gamma_of_positive(n, sum);
  return rest == 0.0 || !std::isfinite(y) ? y : y + rest * poly_gamma_of_positive(n + 1, sum);
}

}  // namespace

double log_gamma(double x) noexcept {
#if defined(_WIN32)
  return std::lgamma(x);
#else
  int sign = 0;
  return ::lgamma_r(x, &sign);
#endif
}

double gamma(double x) noexcept {
  if (!(x < 0.0) || x == std::floor(x)) return std::tgamma(x);
  const bool negative = std::fmod(std::floor(x), 2.0) != 0.0;
  if (x < -200.0) return negative ? -0.0 : 0.0;
  // Γ(x + k)/(x(x + 1)…(x + k − 1)), the sums exact and the product with what rounding took from it.  The second half of
  // the factors is divided by later, where the product would overflow.
  const int k = 1 - static_cast<int>(std::floor(x));
  double y = std::tgamma(x + k);
  for (int begin = 0; begin < k; begin += 100) {
    double product = 1.0;
    double lost = 0.0;
    for (int j = begin; j < std::min(k, begin + 100); ++j) {
      const double next = product * (x + j);
      lost = lost * (x + j) + std::fma(product, x + j, -next);
      product = next;
    }
    y = (y - y * (lost / product)) / product;
  }
  return y;
}

double poly_gamma(double order, double x) noexcept {
  if (std::isnan(x) || !(order >= 0.0) || std::floor(order) != order || order > 150.0) return no_number;
  const int n = static_cast<int>(order);
  if (x >= 0.5) return poly_gamma_of_positive(n, x);
  if (x == -infinite) return no_number;
  // With x = t − m for a whole m, all that is left to add up is at positive arguments.
  const double m = -std::rint(x);
  const double t = x + m;
  if (t == 0.0) {
    if (n % 2 != 0) return infinite;
    return m == 0.0 ? std::copysign(infinite, -x) : no_number;
  }
  double pole = 1.0 / t;  // n!/tⁿ⁺¹
  for (int k = 1; k <= n; ++k) pole = pole / t * k;
  const double right = poly_gamma_of_sum(n, 1.0, t);
  if (m == 0.0) return n % 2 != 0 ? pole + right : right - pole;
  const double between = poly_gamma_of_sum(n, 1.0, -t);
  const double beyond = poly_gamma_of_sum(n, m, 1.0 - t);
  return n % 2 != 0 ? pole + (right + (between - beyond)) : (right - between) - pole + beyond;
}

double bessel_ratio(double order, double x) noexcept {
  if (std::isnan(x) || !(order >= 0.0) || std::floor(order) != order || order > 150.0) return no_number;
  const double size = std::abs(x);
  if (size > 1400.0) return infinite;
  const int n = static_cast<int>(order);
  // eˣ as a product, since Iₙ is finite a little longer.
  const double exponential = std::exp(std::min(size, 700.0));
  const double rest = size > 700.0 ? std::exp(size - 700.0) : 1.0;
  if (size > std::max(30.0, order * order)) {
    // eˣ/√(2πx) · (1 − (4n² − 1)/(8x) + …)/xⁿ, with what rounding took from the root and the quotient.
    double term = 1.0;
    double sum = 0.0;
    for (int k = 1; k < 2.0 * size && std::abs(term) > 1e-17; ++k) {
      const double odd = 2.0 * k - 1.0;
      term *= -(4.0 * order * order - odd * odd) / (8.0 * k * size);
      sum += term;
    }
    double above = exponential;
    for (int k = 0; k < n; ++k) above /= size;
    const double square = 2.0 * std::numbers::pi * size;
    const double square_lost = std::fma(2.0 * std::numbers::pi, size, -square) + 2.4492935982947064e-16 * size;
    const double root = std::sqrt(square);
    const double root_lost = (std::fma(-root, root, square) + square_lost) / (2.0 * root);
    const double y = above / root;
    const double lost = (std::fma(-y, root, above) - y * root_lost) / root;
    return rest * (y + (y * sum + lost));
  }
  // Poisson's integral, 1/(2n − 1)!! · 1/π ∫ e^(x cos θ) sin²ⁿθ dθ from 0 to π: of what is periodic and smooth the
  // trapezoidal rule gives all digits, and nothing cancels.
  const int intervals = std::max(48, 5 * n);
  double sum = 0.0;
  double lost = 0.0;  // what rounding took from the sum
  for (int k = 0; k <= intervals; ++k) {
    const double s = std::sin(0.5 * std::numbers::pi * k / intervals);
    const double square = s * s;
    double term = std::exp(-2.0 * size * square) * (k == 0 || k == intervals ? 0.5 : 1.0);
    for (int j = 0; j < n; ++j) term *= 4.0 * square * (1.0 - square);
    const double next = sum + term;
    lost += std::max(sum, term) - next + std::min(sum, term);
    sum = next;
  }
  double scale = intervals;
  for (int k = 1; k <= n; ++k) scale *= 2.0 * k - 1.0;
  return rest * (exponential * ((sum + lost) / scale));
}

}  // namespace gradus::detail
