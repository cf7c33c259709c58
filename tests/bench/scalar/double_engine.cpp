// The plain function, which is what the gradients' times are compared with.
#include "engine.h"

namespace bench::scalar {

namespace {

struct Double {
  template <class F>
  static constexpr bool takes = true;

  static double gradient(const auto& f, std::span<const double> x, std::span<double>) { return f(x); }

  static double jacobian(const auto& f, std::span<const double> x, std::span<double>) {
    double sum = 0.0;
    for (const double y : f(x)) sum += y;
    return sum;
  }
};

}  // namespace

Gradient double_gradient(const Workload& workload) { return gradient_by<Double>(workload); }

}  // namespace bench::scalar
