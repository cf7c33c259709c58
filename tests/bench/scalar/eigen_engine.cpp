// Eigen's forward mode, for functions of a few inputs.
#include <Eigen/Core>
#include <unsupported/Eigen/AutoDiff>

#include "engine.h"

namespace Eigen {

/// Eigen has no erfc for its derivatives.
template <class D>
auto erfc(const AutoDiffScalar<D>& x) {
  using std::erfc, std::exp;
  constexpr double two_by_root_pi = 1.12837916709551257390;
  return MakeAutoDiffScalar(erfc(x.value()), x.derivatives() * (-two_by_root_pi * exp(-x.value() * x.value())));
}

}  // namespace Eigen

namespace bench::scalar {

template <class D>
struct Plain<Eigen::AutoDiffScalar<D>> {
  static double of(const Eigen::AutoDiffScalar<D>& x) { return x.value(); }
};

namespace {

template <std::size_t n>
using Number = Eigen::AutoDiffScalar<Eigen::Matrix<double, static_cast<int>(n), 1>>;

struct Forward {
  template <class F>
  static constexpr bool takes = std::is_same_v<F, Bundle> || requires {
    F::fixed_inputs;
  };

  template <std::size_t n>
  static std::array<Number<n>, n> variables(std::span<const double> x) {
    std::array<Number<n>, n> out;
    for (std::size_t i = 0; i < n; ++i) out[i] = Number<n>(x[i], static_cast<int>(n), static_cast<int>(i));
    return out;
  }
  template <std::size_t n>
  static void write(const Number<n>& y, std::span<double> out) {
    for (std::size_t i = 0; i < n; ++i) out[i] = y.derivatives()[static_cast<int>(i)];
  }

  template <class F>
  static double gradient(const F& f, std::span<const double> x, std::span<double> out) {
    constexpr std::size_t n = F::fixed_inputs;
    const auto inputs = variables<n>(x);
    const Number<n> y = f(std::span<const Number<n>>(inputs));
    write<n>(y, out);
    return y.value();
  }

  template <class F>
  static double jacobian(const F& f, std::span<const double> x, std::span<double> out) {
    constexpr std::size_t n = std::is_same_v<F, Reprojection> ? Bundle::row_inputs : 1;
    const auto inputs = variables<n>(x);
    double sum = 0.0;
    for (const auto y = f(std::span<const Number<n>>(inputs)); const Number<n>& each : y) {
      write<n>(each, out);
      out = out.subspan(n);
      sum += each.value();
    }
    return sum;
  }
};

}  // namespace

Gradient eigen_gradient(const Workload& workload) { return gradient_by<Forward>(workload); }

}  // namespace bench::scalar
