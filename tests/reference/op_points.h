// Every op of the list, in several settings, and the points it is tested at.
#pragma once
#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <string>
#include <type_traits>
#include <vector>

#include "autograd/math/ops.h"
#include "tests/reference/quad.h"
#include "tests/reference/sample.h"

namespace gradus::reference {

/// An op with attributes is tested in more than its default setting.
template <class Op>
std::vector<Op> settings(const Op& op) {
  return {op};
}
inline std::vector<Power> settings(const Power&) {
  std::vector<Power> out;
  for (const double exponent : {0.0, 1.0, 2.0, 3.0, -1.0, 0.5, 2.5}) out.push_back({{}, exponent, 1.0});
  out.push_back({{}, 2.0, -3.0});
  out.push_back({{}, 2.5, 0.75});
  return out;
}

template <class Op>
std::string label(const Op&) {
  return std::string(Op::name);
}
inline std::string label(const Power& op) { return fmt::format("pow[{} x^{}]", op.coefficient, op.exponent); }

/// Calls f(op) for each setting of each op in the list.
template <class F>
void for_each_setting(F&& f) {
  for_each_op(Elementwise{}, [&](const auto& op) {
    for (const auto& setting : settings(op)) f(setting);
  });
}

/// Calls f(wrt<i>) for each argument of an op.
template <class Op, class F>
void for_each_argument(F&& f) {
  [&]<std::size_t... I>(std::index_sequence<I...>) { (f(wrt<static_cast<int>(I)>{}), ...); }
  (std::make_index_sequence<static_cast<std::size_t>(Op::arity)>{});
}

template <class Op, class T>
using Point = std::array<T, static_cast<std::size_t>(Op::arity)>;

/// op(x[0], x[1], …), in whatever number type x is made of.
template <class Op, class T, std::size_t N>
T value_at(const Op& op, const std::array<T, N>& x) {
  return std::apply([&](const auto&... a) { return bind(op, a...); }, x);
}

/// ∂op/∂x_I at x, where y is the value.
template <int I, class Op, class T, std::size_t N>
T partial_at(const Op& op, const std::array<T, N>& x, const T& y) {
  return std::apply([&](const auto&... a) { return as<T>(partial<I>(op, a..., y)); }, x);
}

template <class T, std::size_t N>
std::array<Quad, N> widened(const std::array<T, N>& x) {
  std::array<Quad, N> out;
  for (std::size_t k = 0; k < N; ++k) out[k] = Quad(static_cast<double>(x[k]));
  return out;
}

/// The ends of the domain, and far out where formulas lose their digits, overflow and underflow.
template <class Op>
std::vector<double> tails() {
  if (Op::domain.low > 0.0) return {1e-30, 1e-8, Op::domain.low, Op::domain.high, 1e8, 1e30};
  std::vector<double> out;
  for (const double x : {1e-8, 1e-3, 20.0, 40.0, 80.0, 350.0, 700.0}) {
    out.push_back(x);
    out.push_back(-x);
  }
  return out;
}

/// `count` points spread over the domain, then the tails in every combination.
template <class T, class Op>
std::vector<Point<Op, T>> points(std::size_t count) {
  Numbers numbers(20250101);
  std::vector<Point<Op, T>> out(count);
  for (auto& x : out) {
    for (T& a : x) a = static_cast<T>(numbers.real(Op::domain.low, Op::domain.high));
  }
  const std::vector<double> ends = tails<Op>();
  std::size_t combinations = 1;
  for (int k = 0; k < Op::arity; ++k) combinations *= ends.size();
  for (std::size_t c = 0; c < combinations; ++c) {
    Point<Op, T> x{};
    std::size_t rest = c;
    for (T& a : x) {
      a = static_cast<T>(ends[rest % ends.size()]);
      rest /= ends.size();
    }
    out.push_back(x);
  }
  return out;
}

/// The op's value up to a constant, in a form that keeps its digits around `center`: where a value saturates, a
/// difference of values has none left.
template <class Op, std::size_t N>
Quad up_to_a_constant(const Op& op, const std::array<Quad, N>& x, const std::array<Quad, N>&) {
  return value_at(op, x);
}
inline Quad up_to_a_constant(const Tanh& op, const std::array<Quad, 1>& x, const std::array<Quad, 1>& center) {
  if (center[0] > Quad(1.0)) return -2.0 / (exp(2.0 * x[0]) + 1.0);   // tanh x − 1
  if (center[0] < Quad(-1.0)) return 2.0 / (exp(-2.0 * x[0]) + 1.0);  // tanh x + 1
  return value_at(op, x);
}
inline Quad up_to_a_constant(const Sigmoid& op, const std::array<Quad, 1>& x, const std::array<Quad, 1>& center) {
  return center[0] > Quad(1.0) ? -1.0 / (exp(x[0]) + 1.0) : value_at(op, x);  // σ(x) − 1
}

/// Ulps that an op may lose at a point beyond the usual bounds.  An op that cannot keep them gets an overload here, with
/// its reason.
template <class Op, std::size_t N>
double allowance(const Op&, const std::array<Quad, N>&) {
  return 0.0;
}

}  // namespace gradus::reference
