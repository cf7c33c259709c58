// The rules of reductions: gradients and gradients of gradients against differences, forward against reverse mode, and
// each op against the same composed of simpler ones.
#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "autograd/differentiate/gradient.h"
#include "autograd/math/ops.h"
#include "autograd/tensor/ops/indexing.h"
#include "autograd/tensor/ops/reductions.h"
#include "autograd/tensor/ops/softmax.h"
#include "tests/catch.h"
#include "tests/reference/adjoint.h"
#include "tests/reference/check_gradient.h"
#include "tests/reference/groups.h"

using namespace gradus;
using namespace gradus::reference;

namespace reductions_gradient_test {

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();
using X = const std::vector<Tensor>&;
using Function1 = std::function<Tensor(const Tensor&)>;

/// Distinct numbers, far enough apart that no difference quotient makes two of them change places.
Array spread_array(Numbers& numbers, const Shape& shape) {
  const std::vector<int> order = random_order(numbers, static_cast<int>(shape.size()));
  std::vector<double> values;
  for (const int k : order) values.push_back(-1.0 + 2.0 * (k + 0.5) / static_cast<double>(order.size()));
  return Array(shape, values);
}

/// f over random axes of random shapes of rank 0 to 6: once and twice differentiated.
template <class F>
void check_over_axes(std::uint64_t seed, const F& f, int rounds = 12) {
  Numbers numbers(seed);
  for (int round = 0; round < rounds; ++round) {
    const Shape shape = random_shape(numbers, 6, 3);
    if (shape.size() == 0 || shape.size() > 24) continue;
    const auto mask = static_cast<std::uint32_t>(numbers.bits()) & ((1U << shape.rank()) - 1);
    const Axes axes = axes_of(numbers, mask, shape.rank());
    const bool keepdims = numbers.chance(0.5);
    INFO(to_string(shape) << " over " << mask << (keepdims ? ", kept" : ""));
    check_twice([&](X x) { return weighted(f(x[0], axes, keepdims)); }, {spread_array(numbers, shape)});
  }
}

/// One row [n] as Tensors of one element each.
std::vector<Tensor> parts(const Tensor& x) {
  std::vector<Tensor> out;
  for (std::int64_t k = 0; k < x.size(); ++k) out.push_back(reshape(ops::slice(x, {{k, k + 1}}), {}));
  return out;
}

Tensor product_of_parts(const Tensor& x) {
  Tensor y(1.0);
  for (const Tensor& part : parts(x)) y = y * part;
  return y;
}

/// The derivatives of order 0, 1, 2, 3 along fixed directions.
std::vector<double> derivatives(const Function1& f, const Array& at) {
  const Tensor x = variable(at);
  Tensor y = f(x);
  std::vector<double> out{y.item()};
  Numbers numbers(5);
  for (int order = 0; order < 3; ++order) {
    const Tensor g = recorded_grad(y, {x})[0];
    for (const double v : g.to_vector()) out.push_back(v);
    y = sum(g * Tensor(random_array(numbers, x.shape())));
  }
  return out;
}

}  // namespace

TEST_CASE("reductions: rules agree with differences, to second order", "[reductions]") {
  check_over_axes(31, [](const Tensor& x, const Axes& a, bool keep) { return prod(x, a, keep); });
  check_over_axes(32, [](const Tensor& x, const Axes& a, bool keep) { return max(x, a, keep); });
  check_over_axes(33, [](const Tensor& x, const Axes& a, bool keep) { return min(x, a, keep) * max(x, a, keep); });
  check_over_axes(34, [](const Tensor& x, const Axes& a, bool keep) { return var(x, a, keep); });
  check_over_axes(35, [](const Tensor& x, const Axes& a, bool keep) { return var(x, a, keep, 0.5); });
  check_over_axes(37, [](const Tensor& x, const Axes& a, bool keep) { return logsumexp(x, a, keep); });
  check_over_axes(38, [](const Tensor& x, const Axes& a, bool) { return softmax(x, a); });
  check_over_axes(39, [](const Tensor& x, const Axes& a, bool) { return log_softmax(x, a); });
}

TEST_CASE("reductions: the rules of norms and deviations, away from where they have a corner", "[reductions]") {
  const Array cube({2, 3, 2}, {1, -2, 1.5, 3, -1.3, 1.7, 1.9, -1.6, 2.1, 1.2, -1.8, 1.4});
  for (const double p : {2.0, 1.0, inf, -inf, 3.0, 0.5, 2.5, -1.0}) {
    INFO("p = " << p);
    check_twice([&](X x) { return weighted(norm(x[0], p, {0, 2})); }, {cube});
    check_twice([&](X x) { return weighted(x[0] / norm(x[0], p, -2, true)); }, {cube});
  }
  check_twice([](X x) { return weighted(stddev(x[0], {0, -1})); }, {cube});
  check_twice([](X x) { return weighted(stddev(x[0], {}, false, 1.0)); }, {cube});
  check_twice([](X x) { return weighted((x[0] - mean(x[0], 1, true)) / stddev(x[0], 1, true)); }, {cube});
}

TEST_CASE("reductions: the rules of what runs along an axis", "[reductions]") {
  Numbers numbers(40);
  const Array cube = random_array(numbers, {2, 3, 2});
  for (int axis = -3; axis < 3; ++axis) {
    check_twice([&](X x) { return weighted(cumsum(x[0], axis)); }, {cube});
    check_twice([&](X x) { return weighted(cumprod(x[0], axis)); }, {cube});
  }
  const Array zeros({5}, {2, 0, -1.5, 0, 3});
  check_twice([](X x) { return weighted(cumprod(x[0], 0)); }, {zeros});
  check_twice([](X x) { return weighted(prod(x[0])); }, {zeros});
  check_twice([](X x) { return weighted(prod(x[0], {0, 2}, true) * x[0]); }, {cube});
}

TEST_CASE("reductions: products with zeros, differentiated three times, are products of their factors",
          "[reductions]") {
  for (const std::vector<double>& x :
       {std::vector<double>{2, 3, 0, 0}, {0, 0, 0, 5}, {1.5, -2, 4, 0}, {0.5, 2, -3, 4}, {7}, {0}, {0, 2}}) {
    const Array at({static_cast<std::int64_t>(x.size())}, x);
    CHECK(far_apart(derivatives([](const Tensor& v) { return prod(v); }, at), derivatives(product_of_parts, at),
                    1e-14) == "");
    const auto running = [](const Tensor& v) {
      Tensor y(0.0);
      Tensor p(1.0);
      for (const Tensor& part : parts(v)) {
        p = p * part;
        y = y + p * p;
      }
      return y;
    };
    const auto whole = [](const Tensor& v) {
      const Tensor y = cumprod(v, 0);
      return sum(y * y);
    };
    CHECK(far_apart(derivatives(whole, at), derivatives(running, at), 1e-13) == "");
  }
}

TEST_CASE("reductions: each is what simpler ops give", "[reductions]") {
  Numbers numbers(41);
  const Array x = random_array(numbers, {3, 4}, DType::float64, 0.5, 2.0);
  const auto same = [&](const Function1& f, const Function1& twin) {
    const auto number = [&](const Function1& of) { return [&of](const Tensor& v) { return weighted(of(v)); }; };
    CHECK(far_apart(derivatives(number(f), x), derivatives(number(twin), x), 1e-12) == "");
  };
  same([](const Tensor& v) { return prod(v, 1); }, [](const Tensor& v) { return exp(sum(log(v), 1)); });
  same([](const Tensor& v) { return var(v, 0); },
       [](const Tensor& v) { return mean(v * v, 0) - mean(v, 0) * mean(v, 0); });
  same([](const Tensor& v) { return stddev(v, 0, true); },
       [](const Tensor& v) { return pow(mean(pow(v - mean(v, 0, true), 2), 0, true), 0.5); });
  same([](const Tensor& v) { return norm(v, 2.0, 1); }, [](const Tensor& v) { return pow(sum(v * v, 1), 0.5); });
  same([](const Tensor& v) { return norm(v, 3.0, 1); },
       [](const Tensor& v) { return pow(sum(pow(v, 3), 1), 1.0 / 3); });
  same([](const Tensor& v) { return norm(v, 1.0); }, [](const Tensor& v) { return sum(v); });
  same([](const Tensor& v) { return softmax(v, 0); }, [](const Tensor& v) { return exp(v) / sum(exp(v), 0, true); });
  same([](const Tensor& v) { return log_softmax(v, 1); },
       [](const Tensor& v) { return v - log(sum(exp(v), 1, true)); });
  same([](const Tensor& v) { return logsumexp(v, {0, 1}); }, [](const Tensor& v) { return log(sum(exp(v))); });
}

TEST_CASE("reductions: forward and reverse mode are adjoint", "[reductions]") {
  Numbers numbers(42);
  for (int round = 0; round < 60; ++round) {
    const Shape shape = random_shape(numbers, 5, 3);
    const Array x = shuffled_in_memory(numbers, random_array(numbers, shape));
    const Array z = random_array(numbers, shape);
    const auto mask = static_cast<std::uint32_t>(numbers.bits()) & ((1U << shape.rank()) - 1);
    const bool flag = numbers.chance(0.5);
    INFO(to_string(shape) << " over " << mask);
    CHECK(adjoint_mismatch<0>(Shift{{}, mask, flag ? 1 : -2, 3.0}, x) == "");
    CHECK(adjoint_mismatch<0>(CumSum{{}, mask, flag}, x) == "");
    CHECK(adjoint_mismatch<0>(CumProd{{}, mask, flag}, x) == "");
    CHECK(adjoint_mismatch<0>(Recurrence{{}, mask, flag}, x, z) == "");
    CHECK(adjoint_mismatch<1>(Recurrence{{}, mask, flag}, x, z) == "");
    CHECK(adjoint_mismatch<0>(OtherProducts{{}, mask}, x) == "");
    CHECK(adjoint_mismatch<0>(Prod{{{}, mask, flag}}, x) == "");
    CHECK(adjoint_mismatch<0>(Centered{{}, mask}, x) == "");
    CHECK(adjoint_mismatch<0>(LogSumExp{{}, mask, flag}, x) == "");
    if (shape.size() == 0) continue;
    CHECK(adjoint_mismatch<0>(ExtremeOf<Extreme::largest>{{{}, mask, flag}}, x) == "");
    CHECK(adjoint_mismatch<0>(ExtremeShares{{}, mask, Extreme::smallest}, x) == "");
    CHECK(adjoint_mismatch<0>(Var{{{}, mask, flag}, 0.5}, x) == "");
    CHECK(adjoint_mismatch<0>(Std{{{}, mask, flag}, 0.0}, x) == "");
    CHECK(adjoint_mismatch<0>(Norm{{{}, mask, flag}, 2.0}, x) == "");
    CHECK(adjoint_mismatch<0>(Norm{{{}, mask, flag}, 3.5}, x) == "");
    CHECK(adjoint_mismatch<0>(Softmax{{}, mask}, x) == "");
    CHECK(adjoint_mismatch<0>(LogSoftmax{{}, mask}, x) == "");
    const Array y = Softmax{{}, mask}.value(x);
    CHECK(adjoint_mismatch<1>(SoftmaxPullback{{}, mask}, y, z) == "");
    CHECK(adjoint_mismatch<1>(LogSoftmaxPullback{{}, mask}, y, z) == "");
    CHECK(adjoint_mismatch<1>(Anchored{{}, mask, flag}, y, z) == "");
  }
  const Array logits = random_array(numbers, {4, 3});
  const Indices labels{2, 0, -1, 1};
  CHECK(adjoint_mismatch<0>(CrossEntropy{{}, labels}, logits) == "");
  CHECK(adjoint_mismatch<0>(CrossEntropySlope{{}, labels}, logits) == "");
}

TEST_CASE("reductions: rules of empty arrays", "[reductions]") {
  const Tensor x = variable(Array::zeros({2, 0, 3}));
  for (const int axis : {0, 1, 2}) {
    for (const Tensor& y : {prod(x, axis), var(x, axis), stddev(x, axis), norm(x, 2.0, axis), norm(x, 3.0, axis),
                            cumsum(x, axis), cumprod(x, axis), softmax(x, axis), log_softmax(x, axis)}) {
      const Tensor g = recorded_grad(sum(y), {x})[0];
      CHECK(g.shape() == x.shape());
      CHECK(grad(sum(g), {x})[0].shape() == x.shape());
    }
  }
  CHECK(grad(sum(max(x, 0)), {x})[0].shape() == x.shape());
}

TEST_CASE("reductions: subgradients at the singular points, also in second order", "[reductions]") {
  const Tensor zero = variable(Array::zeros({3}));
  for (const double p : {2.0, 1.0, inf, 3.0, 1.5, 0.5, 0.0}) {
    INFO("p = " << p);
    const Tensor part = variable(Array({2}, {0, 2}));  // one coordinate at its corner
    for (const double h : grad(sum(recorded_grad(norm(part, p), {part})[0]), {part})[0].to_vector())
      CHECK(std::isfinite(h));
    const Tensor g = recorded_grad(norm(zero, p), {zero})[0];
    CHECK(g.to_vector() == std::vector<double>{0, 0, 0});
    for (const double h : grad(sum(g), {zero})[0].to_vector()) CHECK(h == 0.0);
  }
  const Tensor same = variable(Array::full({3}, 2.5));
  const Tensor g = recorded_grad(stddev(same), {same})[0];
  CHECK(grad(sum(g), {same})[0].to_vector() == std::vector<double>{0, 0, 0});
  // No cotangent arrives: nothing does, whatever the slope (K7).
  const Tensor bad = variable(Array({2}, {std::numeric_limits<double>::quiet_NaN(), 1}));
  CHECK(grad(0.0 * norm(bad), {bad})[0].to_vector() == std::vector<double>{0, 0});
}

}  // namespace reductions_gradient_test
