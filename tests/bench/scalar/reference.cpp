// Two number types that measure the workloads themselves: one counts operations, one differentiates in long double.
#include <fmt/format.h>

#include <cmath>
#include <stdexcept>

#include "engine.h"

namespace bench::scalar {

namespace {

/// A double that counts what is done with it.
struct Counted {
  double value = 0.0;
  static inline double operations = 0.0;

  Counted() = default;
  Counted(double v) : value(v) {}  // NOLINT: numbers are constants
  explicit operator double() const { return value; }
  static Counted made(double v) {
    operations += 1.0;
    return v;
  }
  friend Counted operator+(const Counted& a, const Counted& b) { return made(a.value + b.value); }
  friend Counted operator-(const Counted& a, const Counted& b) { return made(a.value - b.value); }
  friend Counted operator*(const Counted& a, const Counted& b) { return made(a.value * b.value); }
  friend Counted operator/(const Counted& a, const Counted& b) { return made(a.value / b.value); }
  friend Counted operator-(const Counted& a) { return made(-a.value); }
  friend Counted exp(const Counted& a) { return made(std::exp(a.value)); }
  friend Counted log(const Counted& a) { return made(std::log(a.value)); }
  friend Counted sqrt(const Counted& a) { return made(std::sqrt(a.value)); }
  friend Counted sin(const Counted& a) { return made(std::sin(a.value)); }
  friend Counted cos(const Counted& a) { return made(std::cos(a.value)); }
  friend Counted tanh(const Counted& a) { return made(std::tanh(a.value)); }
  friend Counted erfc(const Counted& a) { return made(std::erfc(a.value)); }
};

/// A long double and its slope in one direction.
struct Sloped {
  long double value = 0.0L;
  long double slope = 0.0L;

  Sloped() = default;
  Sloped(double v) : value(v) {}  // NOLINT: numbers are constants
  Sloped(long double v, long double s) : value(v), slope(s) {}
  explicit operator double() const { return static_cast<double>(value); }
  friend Sloped operator+(const Sloped& a, const Sloped& b) { return {a.value + b.value, a.slope + b.slope}; }
  friend Sloped operator-(const Sloped& a, const Sloped& b) { return {a.value - b.value, a.slope - b.slope}; }
  friend Sloped operator*(const Sloped& a, const Sloped& b) {
    return {a.value * b.value, a.slope * b.value + a.value * b.slope};
  }
  friend Sloped operator/(const Sloped& a, const Sloped& b) {
    const long double quotient = a.value / b.value;
    return {quotient, (a.slope - quotient * b.slope) / b.value};
  }
  friend Sloped operator-(const Sloped& a) { return {-a.value, -a.slope}; }
  friend Sloped exp(const Sloped& a) { return {std::exp(a.value), std::exp(a.value) * a.slope}; }
  friend Sloped log(const Sloped& a) { return {std::log(a.value), a.slope / a.value}; }
  friend Sloped sqrt(const Sloped& a) { return {std::sqrt(a.value), a.slope / (2.0L * std::sqrt(a.value))}; }
  friend Sloped sin(const Sloped& a) { return {std::sin(a.value), std::cos(a.value) * a.slope}; }
  friend Sloped cos(const Sloped& a) { return {std::cos(a.value), -std::sin(a.value) * a.slope}; }
  friend Sloped tanh(const Sloped& a) {
    const long double t = std::tanh(a.value);
    return {t, (1.0L - t * t) * a.slope};
  }
  friend Sloped erfc(const Sloped& a) {
    constexpr long double two_by_root_pi = 1.128379167095512573896158903121545172L;
    return {std::erfc(a.value), -two_by_root_pi * std::exp(-a.value * a.value) * a.slope};
  }
};

struct Counting {
  template <class F>
  static constexpr bool takes = true;

  static double gradient(const auto& f, std::span<const double> x, std::span<double>) {
    const std::vector<Counted> inputs(x.begin(), x.end());
    return f(std::span<const Counted>(inputs)).value;
  }
  static double jacobian(const auto& f, std::span<const double> x, std::span<double>) {
    const std::vector<Counted> inputs(x.begin(), x.end());
    double sum = 0.0;
    for (const Counted& y : f(std::span<const Counted>(inputs))) sum += y.value;
    return sum;
  }
};

/// How far a·b may be from what it is due: for the sizes of what is summed.
struct Sums {
  long double due = 0.0L;
  long double got = 0.0L;
  long double size = 0.0L;
};

constexpr int directions = 3;

void expect_near(const char* what, long double got, long double due, long double size) {
  const long double error = std::abs(got - due) / std::max(size, 1e-300L);
  if (!(error < 1e-10L)) {
    throw std::runtime_error(
        fmt::format("the {} is {:.17g} and not {:.17g}", what, static_cast<double>(got), static_cast<double>(due)));
  }
}

/// Σ gᵢ vᵢ against the slope of f along v.
void add_direction(Sums& sums, std::span<const double> gradient, std::span<const Sloped> x, long double slope) {
  sums.due += slope;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const long double term = gradient[i] * x[i].slope;
    sums.got += term;
    sums.size += std::abs(term);
  }
}

std::vector<Sloped> along(std::span<const double> x, Random& random) {
  std::vector<Sloped> out;
  for (const double value : x) out.emplace_back(value, random.uniform(-1.0, 1.0));
  return out;
}

}  // namespace

double count_operations(const Workload& workload) {
  Counted::operations = 0.0;
  std::vector<double> unused(gradient_size(workload));
  gradient_by<Counting>(workload)(unused);
  return Counted::operations;
}

void check_gradient(const Workload& workload, double value, std::span<const double> gradient) {
  Random random(7);
  for (int k = 0; k < directions; ++k) {
    std::visit(
        [&]<class F>(const F& f) {
          Sums sums;
          long double due = 0.0L;
          if constexpr (std::is_same_v<F, Bundle>) {
            std::vector<double> numbers(Bundle::row_inputs);
            for (std::size_t row = 0; row < f.observations; ++row) {
              f.gather(row, std::span<double, Bundle::row_inputs>(numbers));
              const std::vector<Sloped> x = along(numbers, random);
              const std::span<const Sloped> inputs(x);
              std::span<const double> slopes = gradient.subspan(row * bundle_row, bundle_row);
              for (const Sloped& y : Reprojection{&f.feature[2 * row]}(inputs)) {
                due += y.value;
                add_direction(sums, slopes, inputs, y.slope);
                slopes = slopes.subspan(Bundle::row_inputs);
              }
              const Sloped y = WeightResidual{}(inputs.last(1))[0];
              due += y.value;
              add_direction(sums, slopes, inputs.last(1), y.slope);
            }
          } else {
            const std::vector<Sloped> x = along(f.inputs, random);
            const Sloped y = f(std::span<const Sloped>(x));
            due = y.value;
            add_direction(sums, gradient, x, y.slope);
          }
          expect_near("value", value, due, std::abs(due));
          expect_near("gradient", sums.got, sums.due, sums.size);
        },
        workload);
  }
}

}  // namespace bench::scalar
