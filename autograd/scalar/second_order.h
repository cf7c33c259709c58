// Second derivatives of a function of numbers: a tape of dual numbers, forwards over backwards.
#pragma once
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

#include "../base/error.h"
#include "../math/dual.h"
#include "scalar.h"
#include "tape.h"

namespace gradus {

/// A Scalar whose value carries a tangent: gradients on its tape are gradients with theirs.
using DualScalar = BasicScalar<Dual<double>>;
using DualTape = BasicTape<Dual<double>>;

/// A value, its gradient and its Hessian, by rows.
struct SecondOrder {
  double value = 0.0;
  std::vector<double> gradient;
  std::vector<double> hessian;
};

namespace detail {

// Records f at x moving along v; writes gradient and Hessian·v.
template <class F>
double second_order(F& f, std::span<const double> x, std::span<const double> v, DualTape& tape,
                    std::vector<DualScalar>& inputs, std::vector<Dual<double>>& gradient) {
  tape.clear();
  inputs.clear();
  for (std::size_t k = 0; k < x.size(); ++k) inputs.push_back(tape.variable({x[k], v[k]}));
  const DualScalar y = f(std::span<const DualScalar>(inputs));
  gradient.assign(x.size(), Dual<double>(0.0, 0.0));
  tape.gradient(y, inputs, gradient);
  return y.value().v;
}

// Of two mirror images, NaN for both where one is NaN or infinite and the other is something else: a zero ends a path in
// the one order of differentiating and not in the other (K7).
inline void make_agree(std::vector<double>& hessian, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      double& a = hessian[i * n + j];
      double& b = hessian[j * n + i];
      if (a != b && !std::isfinite(a - b)) a = b = std::numeric_limits<double>::quiet_NaN();
    }
  }
}

}  // namespace detail

/// Derivatives of functions of plain numbers.  A namespace of their own: the functions of tensors with these names try
/// what they are given on tensors.
namespace scalars {

/// H(x)·v for the Hessian H of f, by one recording.  f takes a std::span<const S> for any Scalar S.
template <class F>
std::vector<double> hvp(F&& f, std::span<const double> x, std::span<const double> v) {
  if (x.size() != v.size()) detail::throw_lengths("hvp", x.size(), v.size());
  DualTape tape;
  std::vector<DualScalar> inputs;
  std::vector<Dual<double>> gradient;
  detail::second_order(f, x, v, tape, inputs, gradient);
  std::vector<double> out;
  out.reserve(x.size());
  for (const Dual<double>& g : gradient) out.push_back(g.dot);
  return out;
}

/// f(x), its gradient and its Hessian, by one recording for each row.  A second derivative that is NaN or infinite is NaN
/// wherever its mirror image is another.
template <class F>
SecondOrder hessian(F&& f, std::span<const double> x) {
  DualTape tape;
  std::vector<DualScalar> inputs;
  std::vector<Dual<double>> gradient;
  std::vector<double> direction(x.size(), 0.0);
  SecondOrder out;
  out.hessian.reserve(x.size() * x.size());
  for (std::size_t k = 0; k < x.size(); ++k) {
    direction[k] = 1.0;
    out.value = detail::second_order(f, x, direction, tape, inputs, gradient);
    direction[k] = 0.0;
    for (const Dual<double>& g : gradient) out.hessian.push_back(g.dot);
  }
  detail::make_agree(out.hessian, x.size());
  for (const Dual<double>& g : gradient) out.gradient.push_back(g.v);
  return out;
}

}  // namespace scalars

}  // namespace gradus
