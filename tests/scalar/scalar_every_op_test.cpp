// Every op of the list on a tape: against its own formulas on doubles, replayed, and to second order.
#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "autograd/scalar/replay.h"
#include "autograd/scalar/scalar.h"
#include "autograd/scalar/second_order.h"
#include "tests/catch.h"
#include "tests/reference/quad.h"
#include "tests/reference/ulp.h"

using namespace gradus;
using reference::Quad;
using reference::ulp_distance;

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

// Points inside the domain, three numbers each.
template <class Op>
std::vector<std::array<double, 3>> inner_points() {
  const double low = Op::domain.low;
  const double width = Op::domain.high - low;
  std::vector<std::array<double, 3>> points;
  for (int k = 0; k < 9; ++k) {
    points.push_back(
        {low + width * (0.06 + 0.11 * k), low + width * (0.93 - 0.1 * k), low + width * (0.31 + 0.05 * k)});
  }
  return points;
}

// Where conventions and overflow live.
std::vector<std::array<double, 3>> hard_points() {
  const std::array<double, 12> x{0.0, -0.0, 1.0, -1.0, inf, -inf, nan, 1e-310, 1e308, -1e308, 710.0, -745.0};
  std::vector<std::array<double, 3>> points;
  for (const double a : x) {
    for (const double b : x) points.push_back({a, b, 0.5});
  }
  return points;
}

template <class Op>
Scalar on_tape(const Op& op, const std::vector<Scalar>& x) {
  if constexpr (Op::arity == 1) return bind(op, x[0]);
  if constexpr (Op::arity == 2) return bind(op, x[0], x[1]);
  if constexpr (Op::arity == 3) return bind(op, x[0], x[1], x[2]);
}

// f(x…) for the op's number of arguments.
template <class Op, class F>
auto spread(const std::array<double, 3>& x, F f) {
  if constexpr (Op::arity == 1) return f(x[0]);
  if constexpr (Op::arity == 2) return f(x[0], x[1]);
  if constexpr (Op::arity == 3) return f(x[0], x[1], x[2]);
}

// The number that a derivative is, whatever form it is stated in.
template <class D>
double number_of(const D& d) {
  if constexpr (is_gate<D>) {
    return as<double>(d.weight);
  } else {
    return as<double>(d);
  }
}

template <class Op>
std::array<double, 3> partials(const Op& op, const std::array<double, 3>& x, double y) {
  std::array<double, 3> d{};
  d[0] = spread<Op>(x, [&](auto... a) { return number_of(partial<0>(op, a..., y)); });
  if constexpr (Op::arity > 1) d[1] = spread<Op>(x, [&](auto... a) { return number_of(partial<1>(op, a..., y)); });
  if constexpr (Op::arity > 2) d[2] = spread<Op>(x, [&](auto... a) { return number_of(partial<2>(op, a..., y)); });
  return d;
}

// A few that the tape computes in another form than the op states may differ in the last digits.
template <class Op>
constexpr std::uint64_t allowed() {
  return detail::has_slope<Op> ? 16 : detail::opcode_of<Op>() == detail::Opcode::general ? 0 : 4;
}

template <class Op>
void check_points(const Op& op, const std::vector<std::array<double, 3>>& points) {
  Tape tape;
  for (const auto& at : points) {
    tape.clear();
    std::vector<Scalar> x;
    for (int k = 0; k < Op::arity; ++k) x.push_back(tape.variable(at[static_cast<std::size_t>(k)]));
    const Scalar y = on_tape(op, x);
    const double value = spread<Op>(at, [&](auto... a) { return bind(op, a...); });
    INFO(op.name << " at " << at[0] << ", " << at[1] << ", " << at[2]);
    CHECK(ulp_distance(y.value(), value) <= allowed<Op>());
    const std::array<double, 3> expected = partials(op, at, value);
    const std::vector<double> g = tape.gradient(y, x);
    for (std::size_t k = 0; k < x.size(); ++k) {
      INFO("argument " << k << ": " << g[k] << ", expected " << expected[k]);
      CHECK(ulp_distance(g[k], expected[k]) <= allowed<Op>());
    }
  }
}

}  // namespace

TEST_CASE("every op on a tape has the value and the derivatives that it states") {
  for_each_op(Elementwise{},
              [](const auto& op) { check_points(op, inner_points<std::remove_cvref_t<decltype(op)>>()); });
}

TEST_CASE("every op on a tape keeps the conventions at the hard points") {
  for_each_op(Elementwise{}, [](const auto& op) { check_points(op, hard_points()); });
}

TEST_CASE("tanh, sigmoid and erfc on a tape are within the errors that they state") {
  Tape tape;
  const auto worst = [&](const auto& op) {
    std::array<double, 2> error{};
    for (int k = -40000; k <= 40000; ++k) {
      const double at = 27.0 * std::pow(k / 40000.0, 3);
      tape.clear();
      const Scalar x = tape.variable(at);
      const Scalar y = bind(op, x);
      const double slope = tape.gradient(y, std::array{x})[0];
      const Quad exact = op.value(Quad(at));
      error[0] = std::max(error[0], reference::ulp_error(y.value(), exact));
      error[1] = std::max(error[1], reference::ulp_error(slope, as<Quad>(partial<0>(op, Quad(at), exact))));
    }
    INFO(op.name << ": " << error[0] << ", " << error[1]);
    CHECK(error[0] <= op.worst.value);
    CHECK(error[1] <= op.worst.derivative);
  };
  worst(ops::Tanh{});
  worst(ops::Sigmoid{});
  worst(Erfc{});
}

TEST_CASE("a zero adjoint contributes exactly zero to every argument of every op") {
  for_each_op(Elementwise{}, [](const auto& op) {
    using Op = std::remove_cvref_t<decltype(op)>;
    Tape tape;
    for (const auto& at : hard_points()) {
      tape.clear();
      std::vector<Scalar> x;
      for (int k = 0; k < Op::arity; ++k) x.push_back(tape.variable(at[static_cast<std::size_t>(k)]));
      const Scalar unused = on_tape(op, x);
      const Scalar other = tape.variable(1.0);
      const Scalar y = where(Scalar(0.0) * other, unused, other);
      const std::vector<double> g = tape.gradient(y, x);
      INFO(op.name << " at " << at[0] << ", " << at[1]);
      for (const double d : g) CHECK(d == 0.0);
    }
  });
}

TEST_CASE("every op replayed agrees with the tape") {
  for_each_op(Elementwise{}, [](const auto& op) {
    using Op = std::remove_cvref_t<decltype(op)>;
    constexpr auto arity = static_cast<std::size_t>(Op::arity);
    const auto points = inner_points<Op>();
    const std::size_t n = points.size();
    std::vector<double> in(arity * n);
    std::vector<double> values(n);
    std::vector<double> gradients(arity * n);
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t k = 0; k < arity; ++k) in[k * n + i] = points[i][k];
    }
    Tape tape;
    std::vector<Scalar> x;
    for (std::size_t k = 0; k < arity; ++k) x.push_back(tape.variable(points[0][k]));
    Replay replay(tape, x, on_tape(op, x));
    replay.gradients(static_cast<std::int64_t>(n), in, values, gradients);
    for (std::size_t i = 0; i < n; ++i) {
      tape.clear();
      x.clear();
      for (std::size_t k = 0; k < arity; ++k) x.push_back(tape.variable(points[i][k]));
      const Scalar y = on_tape(op, x);
      const std::vector<double> g = tape.gradient(y, x);
      INFO(op.name << " at " << points[i][0] << ", " << points[i][1]);
      CHECK(values[i] == test::Approx(y.value()).epsilon(1e-12).margin(1e-14));
      for (std::size_t k = 0; k < arity; ++k) {
        CHECK(gradients[k * n + i] == test::Approx(g[k]).epsilon(1e-12).margin(1e-13));
      }
    }
  });
}

TEST_CASE("second derivatives of every op on a tape of dual numbers are those of nested dual numbers") {
  for_each_op(Elementwise{}, [](const auto& op) {
    using Op = std::remove_cvref_t<decltype(op)>;
    using Second = Dual<Dual<double>>;
    const std::array<double, 3> at = inner_points<Op>()[3];
    const std::vector<double> x(at.begin(), at.begin() + Op::arity);
    const auto f = [&](std::span<const DualScalar> s) {
      if constexpr (Op::arity == 1) return bind(op, s[0]);
      if constexpr (Op::arity == 2) return bind(op, s[0], s[1]);
      if constexpr (Op::arity == 3) return bind(op, s[0], s[1], s[2]);
    };
    const SecondOrder got = scalars::hessian([&](std::span<const DualScalar> s) { return DualScalar(f(s)); }, x);
    for (std::size_t i = 0; i < x.size(); ++i) {
      for (std::size_t j = 0; j < x.size(); ++j) {
        const auto moving = [&](std::size_t k) {
          return Second(Dual<double>(at[k], k == i ? 1.0 : 0.0), Dual<double>(k == j ? 1.0 : 0.0, 0.0));
        };
        const auto y = [&] {
          if constexpr (Op::arity == 1) return bind(op, moving(0));
          if constexpr (Op::arity == 2) return bind(op, moving(0), moving(1));
          if constexpr (Op::arity == 3) return bind(op, moving(0), moving(1), moving(2));
        }();
        INFO(op.name << " " << i << " " << j);
        CHECK(got.hessian[i * x.size() + j] == test::Approx(y.dot.dot).epsilon(1e-10).margin(1e-11));
      }
    }
  });
}
