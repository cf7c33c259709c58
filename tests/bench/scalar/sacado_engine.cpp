// Sacado's reverse mode.  RAD_EQ_ALIAS is its fastest setting: a copy of a number is no record.
#define RAD_EQ_ALIAS
#include <Sacado_trad.hpp>

#include "engine.h"

namespace Sacado::Rad {

/// Sacado has no erfc: one of its records with the value and the slope given.
template <class X>
ADvari<double>& erfc(const X& x) {
  const ADvari<double>& argument = x;
  constexpr double two_by_root_pi = 1.12837916709551257390;
  return ADf1(std::erfc(argument.Val), -two_by_root_pi * std::exp(-argument.Val * argument.Val), argument);
}

}  // namespace Sacado::Rad

namespace bench::scalar {

using Var = Sacado::Rad::ADvar<double>;

template <>
struct Plain<Var> {
  static double of(const Var& x) { return x.val(); }
};

namespace {

struct Reverse {
  template <class F>
  static constexpr bool takes = true;

  static double gradient(const auto& f, std::span<const double> x, std::span<double> out) {
    const std::vector<Var> variables(x.begin(), x.end());
    Var y = f(std::span<const Var>(variables));
    Var::Outvar_Gradcomp(y);
    for (std::size_t i = 0; i < x.size(); ++i) out[i] = variables[i].adj();
    return y.val();
  }

  static double jacobian(const auto& f, std::span<const double> x, std::span<double> out) {
    const std::vector<Var> variables(x.begin(), x.end());
    auto y = f(std::span<const Var>(variables));
    std::array<Var*, y.size()> outputs;
    for (std::size_t k = 0; k < y.size(); ++k) outputs[k] = &y[k];
    double sum = 0.0;
    for (std::size_t k = 0; k < y.size(); ++k) {
      std::array<double, y.size()> weights{};
      weights[k] = 1.0;
      Var::Weighted_Gradcomp(y.size(), outputs.data(), weights.data());
      for (std::size_t i = 0; i < x.size(); ++i) out[i] = variables[i].adj();
      out = out.subspan(x.size());
      sum += y[k].val();
    }
    return sum;
  }
};

}  // namespace

Gradient sacado_gradient(const Workload& workload) { return gradient_by<Reverse>(workload); }

}  // namespace bench::scalar
