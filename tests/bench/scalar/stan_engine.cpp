#include <stan/math/rev/core.hpp>
#include <stan/math/rev/scal.hpp>

#include "engine.h"

namespace bench::scalar {

using stan::math::var;

template <>
struct Plain<var> {
  static double of(const var& x) { return x.val(); }
};

namespace {

struct Stan {
  template <class F>
  static constexpr bool takes = true;

  static double gradient(const auto& f, std::span<const double> x, std::span<double> out) {
    static std::vector<var> variables;
    variables.assign(x.begin(), x.end());
    var y = f(std::span<const var>(variables));
    y.grad();
    for (std::size_t i = 0; i < x.size(); ++i) out[i] = variables[i].adj();
    const double value = y.val();
    stan::math::recover_memory();
    return value;
  }

  static double jacobian(const auto& f, std::span<const double> x, std::span<double> out) {
    static std::vector<var> variables;
    variables.assign(x.begin(), x.end());
    double sum = 0.0;
    for (auto y = f(std::span<const var>(variables)); var & each : y) {
      stan::math::set_zero_all_adjoints();
      each.grad();
      for (std::size_t i = 0; i < x.size(); ++i) out[i] = variables[i].adj();
      out = out.subspan(x.size());
      sum += each.val();
    }
    stan::math::recover_memory();
    return sum;
  }
};

}  // namespace

Gradient stan_gradient(const Workload& workload) { return gradient_by<Stan>(workload); }

}  // namespace bench::scalar
