// Forward against reverse: ⟨u, J t⟩ = ⟨Jᵀ u, t⟩ for an op that states both.
#pragma once
#include <fmt/format.h>

#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include "autograd/math/ops.h"
#include "autograd/tensor/rule.h"
#include "tests/reference/naive.h"

namespace gradus::reference {

inline double dot(const Array& a, const Array& b, double& size) {
  const std::vector<double> x = elements(a);
  const std::vector<double> y = elements(b);
  double sum = 0.0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    sum += x[i] * y[i];
    size += std::abs(x[i] * y[i]);
  }
  return sum;
}

/// J t of argument I: by the op's jvp, or its value at t where it is linear.
template <int I, class Op, class... X>
Array tangent(const Op& op, const Array& t, const Array& y, const X&... x) {
  if constexpr (requires { Op::multilinear; }) {
    static_assert(sizeof...(X) == 1, "of one argument here");
    return op.value(t);
  } else {
    return op.jvp(wrt<I>{}, t, x..., y);
  }
}

/// Empty when both ways agree to rounding at argument I, else what they say.
template <int I, class Op, class... X>
std::string adjoint_mismatch(const Op& op, const X&... x) {
  Numbers numbers(77);
  const Array* const all[] = {&x...};
  const Array y = op.value(x...);
  const Array t = random_array(numbers, all[I]->shape());
  const Array u = random_array(numbers, y.shape());
  double size = 0.0;
  const Array forward_tangent = tangent<I>(op, t, y, x...);
  const Array cotangent = op.vjp(wrt<I>{}, u, x..., y);
  if (!forward_tangent.same_shape(y)) return "the tangent's shape is not the result's";
  if (!cotangent.same_shape(*all[I])) return "the cotangent's shape is not the argument's";
  const double forward = dot(u, forward_tangent, size);
  const double reverse = dot(cotangent, t, size);
  if (std::abs(forward - reverse) <= 1e-13 * size) return {};
  return fmt::format("{}: <u, Jt> = {}, <Jᵀu, t> = {}", Op::name, forward, reverse);
}

}  // namespace gradus::reference
