// What was not selected passes exactly nothing (K7), at any order, however the orders are taken.
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "autograd/differentiate/gradient.h"
#include "autograd/differentiate/transforms.h"
#include "autograd/math/ops.h"
#include "autograd/scalar/scalar_forward.h"
#include "autograd/scalar/second_order.h"
#include "autograd/tensor/ops/indexing.h"
#include "autograd/tensor/ops/joining.h"
#include "autograd/tensor/ops/structural.h"
#include "tests/catch.h"

using namespace gradus;

namespace not_selected_test {

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();

using Function = std::function<Tensor(const Tensor&)>;

Function reverse(Function f) {
  return [f = std::move(f)](const Tensor& x) { return recorded_value_and_grad(f, {x}).gradients[0]; };
}
Function forward(Function f) {
  return [f = std::move(f)](const Tensor& x) { return recorded_jvp(f, {x}, {Tensor(1.0)}).tangent; };
}

/// f differentiated once for each letter, the first first.
Function differentiated(Function f, const std::string& ways) {
  for (const char way : ways) f = way == 'r' ? reverse(std::move(f)) : forward(std::move(f));
  return f;
}

const std::vector<std::string> all_ways{"r",   "f",   "rr",  "rf",  "fr",  "ff",  "rrr",
                                        "rrf", "rfr", "rff", "frr", "frf", "ffr", "fff"};

/// Functions that are NaN or infinite at the points, or have such derivatives there; defined on every number type.
#define GRADUS_FUNCTION(...) [](const auto& x) { return __VA_ARGS__; }
const auto for_each_singular = [](const auto& use) {
  use("sqrt(x)", GRADUS_FUNCTION(sqrt(x)));
  use("1/x", GRADUS_FUNCTION(1.0 / x));
  use("log(x)", GRADUS_FUNCTION(log(x)));
  use("rsqrt(x)", GRADUS_FUNCTION(rsqrt(x)));
  use("cbrt(x)", GRADUS_FUNCTION(cbrt(x)));
  use("pow(x, 0.5)", GRADUS_FUNCTION(pow(x, 0.5)));
  use("pow(x, -1)", GRADUS_FUNCTION(pow(x, -1.0)));
  use("pow(x, x)", GRADUS_FUNCTION(pow(x, x)));
  use("log(x)·x", GRADUS_FUNCTION(log(x) * x));
  use("x/x", GRADUS_FUNCTION(x / x));
  use("asin(x + 2)", GRADUS_FUNCTION(asin(x + 2.0)));
  use("acosh(x + 1)", GRADUS_FUNCTION(acosh(x + 1.0)));
  use("exp(1/(x·x))", GRADUS_FUNCTION(exp(1.0 / (x * x))));
  use("sqrt(x)·log(x)", GRADUS_FUNCTION(sqrt(x) * log(x)));
  use("hypot(x, 1/x)", GRADUS_FUNCTION(hypot(x, 1.0 / x)));
  use("max(1/x, sqrt(x))", GRADUS_FUNCTION(maximum(1.0 / x, sqrt(x))));
};
#undef GRADUS_FUNCTION

/// The same, selected away.
template <class F>
auto guarded(F f) {
  return [f](const auto& x) { return where(ops::greater(x, 0.0), f(x), 3.0 * x); };
}
template <class F>
auto guarded_below(F f) {
  return [f](const auto& x) { return where(ops::less_equal(x, 0.0), 3.0 * x, f(x)); };
}

/// The k-th derivative by Duals nested so deep.
template <int Order, class F, class X>
X nested(const F& f, const X& x) {
  if constexpr (Order == 0) {
    return f(x);
  } else {
    return nested<Order - 1>([&](const auto& v) { return f(Dual(v, as<std::remove_cvref_t<decltype(v)>>(1.0))).dot; },
                             x);
  }
}

double expected(std::size_t order) { return order == 1 ? 3.0 : 0.0; }

}  // namespace

TEST_CASE("not selected: tensors, by every sequence of modes", "[selected]") {
  for_each_singular([](const char* name, const auto& f) {
    for (const double at : {-1.0, 0.0}) {
      for (const std::string& ways : all_ways) {
        INFO(name << " at " << at << ", " << ways);
        CHECK(differentiated(guarded(f), ways)(variable(at)).item() == expected(ways.size()));
        CHECK(differentiated(guarded_below(f), ways)(variable(at)).item() == expected(ways.size()));
      }
    }
  });
}

TEST_CASE("not selected: values that a slice did not take", "[selected]") {
  for_each_singular([](const char* name, const auto& f) {
    const Function sliced = [&](const Tensor& x) {
      const Tensor both = ops::stack(std::vector<Tensor>{f(x), 3.0 * x});
      return ops::slice(both, {Slice(1)});
    };
    for (const double at : {-1.0, 0.0}) {
      for (const std::string& ways : all_ways) {
        INFO(name << " at " << at << ", " << ways);
        CHECK(differentiated(sliced, ways)(variable(at)).item() == expected(ways.size()));
      }
    }
  });
}

TEST_CASE("not selected: the smaller of two and what a clamp cuts off", "[selected]") {
  const std::vector<std::pair<std::string, Function>> functions{
      {"max", [](const Tensor& x) { return maximum(sqrt(x), 2.0 + x); }},
      {"min", [](const Tensor& x) { return minimum(-sqrt(x) + 3.0, 2.0 + x); }},
      {"max of several",
       [](const Tensor& x) {
         return max(ops::stack(std::vector<Tensor>{sqrt(x), x + 2.0, 1.0 - sqrt(x)}));
       }},
      {"min of several",
       [](const Tensor& x) {
         return min(ops::stack(std::vector<Tensor>{3.0 - sqrt(x), x + 2.0}));
       }},
      {"clamp", [](const Tensor& x) { return clamp(sqrt(x), 1.0, 2.0) + x; }},
      {"relu", [](const Tensor& x) { return relu(sqrt(x) - 1.0) + x; }},
      {"relu6", [](const Tensor& x) { return relu6(sqrt(x) - 1.0) + x; }},
      {"floor", [](const Tensor& x) { return floor(sqrt(x) + 0.5) + x; }},
      {"sign", [](const Tensor& x) { return sign(sqrt(x) + 0.5) + x; }},
  };
  for (const auto& [name, f] : functions) {
    for (const std::string& ways : all_ways) {
      INFO(name << ", " << ways);
      CHECK(differentiated(f, ways)(variable(0.0)).item() == (ways.size() == 1 ? 1.0 : 0.0));
    }
  }
}

TEST_CASE("not selected: duals and scalars", "[selected]") {
  for_each_singular([](const char* name, const auto& f) {
    const auto g = guarded(f);
    for (const double at : {-1.0, 0.0}) {
      INFO(name << " at " << at);
      CHECK(nested<1>(g, at) == 3.0);
      CHECK(nested<2>(g, at) == 0.0);
      CHECK(nested<3>(g, at) == 0.0);
      const SecondOrder second =
          scalars::hessian([&](auto x) { return g(x[0]); }, std::vector<double>{at});  // forward over reverse
      CHECK(second.gradient[0] == 3.0);
      CHECK(second.hessian[0] == 0.0);
      Tape tape;
      const std::vector<Scalar> x{tape.variable(at)};
      const Dual<Scalar> y = g(Dual<Scalar>(x[0], Scalar(1.0)));  // reverse over forward
      CHECK(tape.gradient(y.v, x)[0] == 3.0);
      CHECK(y.dot.value() == 3.0);
      CHECK(tape.gradient(y.dot, x)[0] == 0.0);
    }
  });
}

TEST_CASE("a tangent or cotangent of 0 passes nothing, on every number type", "[selected]") {
  const auto product = [](const auto& x, const auto& y) { return x * y; };
  const auto power = [](const auto& x, const auto& y) { return pow(x, y); };
  const auto quotient = [](const auto& x, const auto& y) { return x / y; };
  const auto both = [](const auto& f, double a, double b, double by_a, double by_b) {
    INFO("at " << a << ", " << b);
    const auto is = [](double got, double want) { return got == want || (std::isnan(got) && std::isnan(want)); };
    CHECK(is(f(Dual(a, 1.0), Dual(b, 0.0)).dot, by_a));
    CHECK(is(f(Dual(a, 0.0), Dual(b, 1.0)).dot, by_b));
    const auto tangents = gradient_forward([&](const auto& x) { return f(x[0], x[1]); }, std::array{a, b});
    CHECK(is(tangents.gradient[0], by_a));
    CHECK(is(tangents.gradient[1], by_b));
    const auto three = gradient_forward([&](const auto& x) { return f(x[0], x[1]) + x[2]; }, std::array{a, b, 0.0});
    CHECK(is(three.gradient[0], by_a));
    CHECK(is(three.gradient[1], by_b));
    CHECK(three.gradient[2] == 1.0);
    const SecondOrder s = scalars::hessian([&](auto x) { return f(x[0], x[1]); }, std::vector<double>{a, b});
    CHECK(is(s.gradient[0], by_a));
    CHECK(is(s.gradient[1], by_b));
    Tape tape;
    const std::vector<Scalar> x{tape.variable(a), tape.variable(b)};
    const std::vector<double> g = tape.gradient(f(x[0], x[1]), x);
    CHECK(is(g[0], by_a));
    CHECK(is(g[1], by_b));
    const Tensor u = variable(a);
    const Tensor v = variable(b);
    const Tensor y = f(u, v);
    const std::vector<Tensor> of_tensor = grad(y, {u, v});
    CHECK(is(of_tensor[0].item(), by_a));
    CHECK(is(of_tensor[1].item(), by_b));
    CHECK(is(jvp(y, {u, v}, {Tensor(1.0), Tensor(0.0)}).item(), by_a));
    CHECK(is(jvp(y, {u, v}, {Tensor(0.0), Tensor(1.0)}).item(), by_b));
  };
  const double none = std::numeric_limits<double>::quiet_NaN();
  both(product, 0.0, inf, inf, 0.0);
  both(product, inf, 0.0, 0.0, inf);
  both(power, -0.5, 2.0, -1.0, none);
  both(power, -2.0, -1.0, -0.25, none);
  both(quotient, 1.0, 0.0, inf, -inf);
  // The slope of the logarithm is infinite, and what it is multiplied by moves alone.
  const auto weighted = [](const auto& x, const auto& y) { return log(x) * y; };
  CHECK(weighted(Dual(0.0, 0.0), Dual(0.0, 1.0)).dot == -inf);
  const SecondOrder h = scalars::hessian([&](auto x) { return pow(x[0], x[1]); }, std::vector<double>{-0.5, 2.0});
  CHECK(h.hessian[0] == 2.0);
  const SecondOrder p = scalars::hessian([&](auto x) { return x[0] * x[1]; }, std::vector<double>{0.0, inf});
  CHECK(p.hessian == std::vector<double>{0.0, 1.0, 1.0, 0.0});
  const SecondOrder q =
      scalars::hessian([&](auto x) { return 3.0 * x[0] + x[1] * x[1] - x[0] * x[1]; }, std::vector<double>{0.0, inf});
  CHECK(q.hessian == std::vector<double>{0.0, -1.0, -1.0, 2.0});
}

}  // namespace not_selected_test
