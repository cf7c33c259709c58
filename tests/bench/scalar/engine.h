// What every engine offers: the value and the whole gradient of each workload, recorded anew each time.
#pragma once
#include <cstddef>
#include <functional>
#include <span>
#include <type_traits>
#include <variant>
#include <vector>

#include "adbench.h"
#include "bundle.h"
#include "elementary.h"
#include "hand.h"

namespace bench::scalar {

using Workload = std::variant<Product, LogSumExp, Rosenbrock, BlackScholes, BlackScholesBook, TanhLayers, Mixture, Lstm,
                              Bundle, Hand, Chain>;

/// Writes the gradient at the workload's inputs and returns the value.  Of bundle adjustment: writes of each observation
/// the two rows of its reprojection error and the slope of its weight, and returns the sum of the residuals.
using Gradient = std::function<double(std::span<double> gradient)>;

inline constexpr std::size_t bundle_row = 2 * Bundle::row_inputs + 1;

inline std::size_t gradient_size(const Workload& workload) {
  return std::visit(
      []<class F>(const F& f) {
        if constexpr (std::is_same_v<F, Bundle>) {
          return f.observations * bundle_row;
        } else {
          return f.inputs.size();
        }
      },
      workload);
}

/// An engine is a type E with
///   static double gradient(f, std::span<const double> x, std::span<double> out)         of f(x), a number
///   static double jacobian(f, std::span<const double> x, std::span<double> out)         of f(x), an array; row by row;
///                                                                                       returns the sum of the values
///   template <class F> static constexpr bool takes
/// The workload must outlive what is returned, which is empty when the engine does not take it.
template <class E>
Gradient gradient_by(const Workload& workload) {
  return std::visit(
      []<class F>(const F& f) -> Gradient {
        if constexpr (!E::template takes<F>) {
          return {};
        } else if constexpr (std::is_same_v<F, Bundle>) {
          return [&f](std::span<double> out) {
            double sum = 0.0;
            std::vector<double> x(Bundle::row_inputs);
            for (std::size_t k = 0; k < f.observations; ++k) {
              const std::span<double> row = out.subspan(k * bundle_row, bundle_row);
              f.gather(k, std::span<double, Bundle::row_inputs>(x));
              sum +=
                  E::jacobian(Reprojection{&f.feature[2 * k]}, std::span<const double>(x), row.first(bundle_row - 1));
              sum += E::jacobian(WeightResidual{}, std::span<const double>(x).last(1), row.last(1));
            }
            return sum;
          };
        } else {
          return [&f](std::span<double> out) { return E::gradient(f, std::span<const double>(f.inputs), out); };
        }
      },
      workload);
}

struct Peer {
  const char* name;
  Gradient (*prepare)(const Workload& workload);
};

Gradient gradus_gradient(const Workload& workload);
/// The plain function: writes no gradient.
Gradient double_gradient(const Workload& workload);
Gradient adolc_gradient(const Workload& workload);
Gradient sacado_gradient(const Workload& workload);
Gradient stan_gradient(const Workload& workload);
Gradient eigen_gradient(const Workload& workload);

/// The elementary operations of the plain function: each + − × ÷ and each function counts as one.
double count_operations(const Workload& workload);

/// Throws when a gradient is wrong: compares the value and the slopes in three directions with forward mode in long
/// double.
void check_gradient(const Workload& workload, double value, std::span<const double> gradient);

}  // namespace bench::scalar
