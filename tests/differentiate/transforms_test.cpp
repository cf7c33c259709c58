// jvp, vjp, value_and_grad, jacobian, hessian, hvp: what they give, how they nest, what they refuse.
#include "autograd/differentiate/transforms.h"

#include <array>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/differentiate/check.h"
#include "autograd/math/ops.h"
#include "autograd/tensor/ops/indexing.h"
#include "autograd/tensor/ops/softmax.h"
#include "autograd/tensor/ops/structural.h"
#include "tests/catch.h"
#include "tests/reference/cases.h"
#include "tests/reference/same.h"
#include "tests/reference/tolerance.h"

using namespace gradus;
using namespace gradus::reference;

namespace transforms_test {

namespace {

using Numbers64 = std::vector<double>;

Tensor constant(const Shape& shape, std::initializer_list<double> values) { return Tensor(Array(shape, values)); }

Tensor element(const Tensor& x, std::int64_t k) {
  Array mask = Array::zeros(x.shape());
  mask.mutable_data<double>()[k] = 1.0;
  return sum(x * Tensor(mask));
}

Tensor rosenbrock(const Tensor& x) {
  const Tensor x0 = element(x, 0);
  const Tensor x1 = element(x, 1);
  return pow(1 - x0, 2) + 100 * pow(x1 - x0 * x0, 2);
}

Tensor cube(const Tensor& x) { return x * x * x; }

}  // namespace

TEST_CASE("transforms: a tangent is pushed through any function", "[transforms]") {
  const auto [y, dy] = jvp(cube, {Tensor(2.0)}, {Tensor(0.5)});
  CHECK(y.item() == 8.0);
  CHECK(dy.item() == 6.0);
  CHECK_FALSE(dy.requires_grad());
  const auto product =
      jvp([](auto a, auto b) { return a * b; }, {Tensor(3.0), Tensor(5.0)}, {Tensor(1.0), Tensor(2.0)});
  CHECK(product.tangent.item() == 11.0);
  const auto several = jvp(
      [](const Tensor& x) {
        return std::vector<Tensor>{x * x, Tensor(1.0)};
      },
      {Tensor(3.0)}, {Tensor(1.0)});
  CHECK(several.tangent[0].item() == 6.0);
  CHECK(several.tangent[1].item() == 0.0);  // it does not depend on x (K15)
  const auto array = jvp(
      [](std::span<const Tensor> x) {
        return std::array<Tensor, 2>{x[0] + x[1], x[0] - x[1]};
      },
      {Tensor(3.0), Tensor(1.0)}, {Tensor(1.0), Tensor(1.0)});
  CHECK(array.tangent[0].item() == 2.0);
  CHECK(array.tangent[1].item() == 0.0);
}

TEST_CASE("transforms: a tangent is pushed through a graph that is there already", "[transforms]") {
  const Tensor x = variable(2.0);
  const Tensor h = x * x;
  const Tensor y = h * x;
  CHECK(jvp(y, {x}, {Tensor(1.0)}).item() == 12.0);
  CHECK(jvp(y, {h}, {Tensor(1.0)}).item() == 2.0);
  // As in reverse mode, a change of x goes on through h.
  CHECK(jvp(y, {x, h}, {Tensor(1.0), Tensor(1.0)}).item() == 14.0);
  CHECK(jvp(x, {x}, {Tensor(3.0)}).item() == 3.0);
  CHECK(jvp(y, {variable(1.0)}, {Tensor(1.0)}).item() == 0.0);
  CHECK(jvp(Tensor(1.0), {x}, {Tensor(1.0)}).item() == 0.0);
  const Tensor tangent = recorded_jvp(y, {x}, {Tensor(1.0)});  // 3x²
  CHECK(grad(tangent, {x})[0].item() == 12.0);
}

TEST_CASE("transforms: a zero tangent adds nothing, even where the derivative is infinite", "[transforms]") {
  const auto [y, dy] =
      jvp([](auto a, auto b) { return log(a) + b; }, {Tensor(0.0), Tensor(1.0)}, {Tensor(0.0), Tensor(2.0)});
  CHECK(y.item() == -std::numeric_limits<double>::infinity());
  CHECK(dy.item() == 2.0);
}

TEST_CASE("transforms: a pullback may be used any number of times", "[transforms]") {
  const auto [y, pullback] = vjp([](auto a, auto b) { return a * b; }, {constant({2}, {1, 2}), constant({2}, {3, 4})});
  CHECK(y.to_vector() == Numbers64{3, 8});
  CHECK(pullback(constant({2}, {1, 1}))[0].to_vector() == Numbers64{3, 4});
  CHECK(pullback(constant({2}, {1, 0}))[1].to_vector() == Numbers64{1, 0});
  const auto several = vjp([](const Tensor& x) { return std::vector<Tensor>{x * x, x * x * x}; }, {Tensor(2.0)});
  CHECK(several.pullback({Tensor(3.0), Tensor(0.5)})[0].item() == 18.0);
  CHECK_THROWS_AS(pullback(constant({3}, {1, 1, 1})), ShapeError);
  CHECK_THROWS_AS(several.pullback({Tensor(3.0)}), GraphError);
}

TEST_CASE("transforms: a recorded pullback is differentiable in its seed and its input", "[transforms]") {
  const Tensor x = variable(3.0);
  const Tensor u = variable(2.0);
  const auto run = recorded_vjp(cube, {x});
  const Tensor g = run.pullback(u)[0];  // 3x²u
  CHECK(g.item() == 54.0);
  CHECK(grad(g, {x, u})[0].item() == 36.0);
  CHECK(grad(g, {x, u})[1].item() == 27.0);
}

TEST_CASE("transforms: value and gradient in one run", "[transforms]") {
  const Tensor w = constant({2}, {1, 2});
  const auto f = [](const Tensor& a, const Tensor& b) { return sum(a * a * b); };
  const auto [y, g] = value_and_grad(f, {w, Tensor(3.0)});
  CHECK(y.item() == 15.0);
  CHECK(g[0].to_vector() == Numbers64{6, 12});
  CHECK(g[1].item() == 5.0);
  const auto both = value_and_grad(f);
  CHECK(both(w, Tensor(1.0)).gradients[0].to_vector() == Numbers64{2, 4});
  const Tensor x = variable(2.0);
  const Tensor slope = recorded_value_and_grad(cube, {x}).gradients[0];
  CHECK(grad(slope, {x})[0].item() == 12.0);
  CHECK(x.grad().item() == 0.0);
}

TEST_CASE("transforms: what a function captures is a constant to it, the argument itself included", "[transforms]") {
  const Tensor x = variable(3.0);
  const auto f = [&](const Tensor& z) { return z * x; };
  CHECK(jvp(f, {x}, {Tensor(1.0)}).tangent.item() == 3.0);
  const Tensor slope = recorded_jvp(f, {x}, {Tensor(1.0)}).tangent;
  CHECK(slope.item() == 3.0);
  CHECK(grad(slope, {x})[0].item() == 1.0);
  CHECK(recorded_hvp([&](const Tensor& z) { return z * z * x; }, x, Tensor(1.0)).item() == 6.0);
}

TEST_CASE("transforms: a Jacobian has the result's axes first, by rows and by columns", "[transforms]") {
  const auto square = [](const Tensor& x) { return x * x; };
  CHECK(jacobian(square, constant({2}, {3, 4})).to_vector() == Numbers64{6, 0, 0, 8});
  const Tensor m = constant({2, 3}, {1, 2, 3, 4, 5, 6});
  const Tensor tall = jacobian([](const Tensor& x) { return sum(x, 0); }, m);  // 3 by 6: rows
  CHECK(tall.shape() == Shape{3, 2, 3});
  const Tensor x = constant({2}, {1, 2});
  const auto product = [&](const Tensor& v) { return matmul(reshape(v, {1, 2}), m); };
  const Tensor wide = jacobian(product, x);  // 3 by 2: columns
  CHECK(wide.shape() == Shape{1, 3, 2});
  CHECK(wide.to_vector() == Numbers64{1, 4, 2, 5, 3, 6});
  CHECK(recorded_jacobian(product, x).to_vector() == wide.to_vector());
  CHECK(recorded_jacobian([](const Tensor& v) { return sum(v, 0); }, m).to_vector() == tall.to_vector());
  // Nothing by something, something by nothing.
  CHECK(jacobian(square, Tensor(Array::zeros({0}))).shape() == Shape{0, 0});
  CHECK(jacobian([](const Tensor& v) { return sum(v); }, Tensor(Array::zeros({0}))).shape() == Shape{0});
  CHECK(jacobian(square, Tensor(3.0)).item() == 6.0);
}

TEST_CASE("transforms: the Jacobian of several results by several inputs", "[transforms]") {
  const auto f = [](const Tensor& a, const Tensor& b) { return std::vector<Tensor>{a * b, a}; };
  const auto blocks = jacobian(f, {constant({2}, {1, 2}), Tensor(3.0)});
  REQUIRE(blocks.size() == 2);
  CHECK(blocks[0][0].to_vector() == Numbers64{3, 0, 0, 3});
  CHECK(blocks[0][1].to_vector() == Numbers64{1, 2});
  CHECK(blocks[1][0].to_vector() == Numbers64{1, 0, 0, 1});
  CHECK(blocks[1][1].to_vector() == Numbers64{0, 0});
  const auto by_input = jacobian([](const Tensor& a, const Tensor& b) { return a * b; }, {Tensor(2.0), Tensor(3.0)});
  CHECK(by_input[0].item() == 3.0);
  CHECK(by_input[1].item() == 2.0);
}

TEST_CASE("transforms: Hessians of torture.json, and a Hessian times a vector", "[transforms]") {
  const std::vector<std::pair<std::string, std::function<Tensor(const Tensor&)>>> cases = {
      {"hess-rosenbrock-start", rosenbrock},
      {"hess-logsumexp", [](const Tensor& x) { return logsumexp(x); }},
      {"hess-mixed", [](const Tensor& x) { return pow(element(x, 0), 2) * pow(element(x, 1), 3); }},
      {"hess-bilinear", [](const Tensor& x) { return element(x, 0) * element(x, 1); }},
      {"hess-div", [](const Tensor& x) { return element(x, 0) / element(x, 1); }},
  };
  for (const auto& [id, f] : cases) {
    INFO(id);
    const Json& c = torture_cases().at(id);
    const Tolerance tolerance(c.at("tolerance").get<std::string>());
    const Tensor x(array_of(c.at("inputs").at("x")));
    CHECK(tolerance.of_value(hessian(f, x).to_vector(), numbers_of(c.at("expected").at("hessian"))) == "");
    CHECK(tolerance.of_value(recorded_hessian(f, x).to_vector(), numbers_of(c.at("expected").at("hessian"))) == "");
  }
  const Json& c = torture_cases().at("hvp");
  const Tensor hv = hvp(rosenbrock, constant({2}, {1, 1}), constant({2}, {1, 2}));
  CHECK(hv.to_vector() == numbers_of(c.at("expected").at("hv")));
}

TEST_CASE("transforms: blocks of a Hessian", "[transforms]") {
  const auto f = [](const Tensor& a, const Tensor& b) { return sum(a * a) * b; };
  const auto blocks = hessian(f, {constant({2}, {1, 2}), Tensor(3.0)});
  CHECK(blocks[0][0].to_vector() == Numbers64{6, 0, 0, 6});
  CHECK(blocks[0][1].to_vector() == Numbers64{2, 4});
  CHECK(blocks[1][0].to_vector() == Numbers64{2, 4});
  CHECK(blocks[1][1].item() == 0.0);
  const auto product = hvp(f, {constant({2}, {1, 2}), Tensor(3.0)}, {constant({2}, {1, 0}), Tensor(1.0)});
  CHECK(product[0].to_vector() == Numbers64{8, 4});
  CHECK(product[1].item() == 2.0);
}

TEST_CASE("transforms: they nest to any order", "[transforms]") {
  // d⁴/dx⁴ of sin-like towers is tedious; x⁵ is not: 5·4·3·2·x.
  const auto fifth = [](const Tensor& x) { return pow(x, 5); };
  const Tensor x(2.0);
  const Tensor one(1.0);
  const auto first = [&](const Tensor& z) { return recorded_jvp(fifth, {z}, {one}).tangent; };
  const auto second = [&](const Tensor& z) { return recorded_jvp(first, {z}, {one}).tangent; };
  const auto third = [&](const Tensor& z) { return recorded_grad(second(z), {z})[0]; };
  CHECK(jvp(third, {x}, {one}).tangent.item() == 240.0);
  CHECK(jvp(first, {x}, {one}).tangent.item() == 160.0);

  // The derivative of a Hessian is the same by rows of gradients, and symmetric in all three indices.
  const Tensor v = constant({2}, {0.5, -0.25});
  const auto f = [](const Tensor& z) { return logsumexp(tanh(z) * z); };
  const Tensor t = jacobian([&](const Tensor& z) { return recorded_hessian(f, z); }, v);
  REQUIRE(t.shape() == Shape{2, 2, 2});
  const std::vector<double> n = t.to_vector();
  CHECK(n[1] == test::Approx(n[2]).epsilon(1e-13));
  CHECK(n[1] == test::Approx(n[4]).epsilon(1e-13));
  CHECK(n[3] == test::Approx(n[5]).epsilon(1e-13));
  CHECK(n[3] == test::Approx(n[6]).epsilon(1e-13));
  CHECK(check_gradients([&](const Tensor& z) { return recorded_hessian(f, z); }, {v}).ok);
  CHECK(check_gradients([&](const Tensor& z) { return recorded_jacobian(tanh<Tensor>, z); }, {v}, 2).ok);
  CHECK(check_gradients([&](const Tensor& z) { return recorded_hvp(f, z, z); }, {v}, 2).ok);
}

TEST_CASE("transforms: they work where nothing is recorded, and leave no trace", "[transforms]") {
  const Tensor p = parameter(3.0);
  const NoGrad no_grad;
  CHECK(value_and_grad(cube, {p}).gradients[0].item() == 27.0);
  CHECK(hessian(cube, p).item() == 18.0);
  CHECK(jvp(cube, {p}, {Tensor(1.0)}).tangent.item() == 27.0);
  CHECK_FALSE(p.has_grad());
  CHECK_FALSE((p * p).requires_grad());
}

TEST_CASE("transforms: float32 stays float32, and types may be mixed", "[transforms]") {
  const Tensor x(Array({2}, {1.0, 2.0}).to(DType::float32));
  const auto [y, dy] = jvp(cube, {x}, {constant({2}, {1, 1})});
  CHECK(dy.dtype() == DType::float32);
  CHECK(dy.to_vector() == Numbers64{3, 12});
  CHECK(hessian([](const Tensor& z) { return sum(cube(z)); }, x).dtype() == DType::float32);
  const Tensor mixed = jacobian([](const Tensor& z) { return z * constant({2}, {2, 3}); }, x);
  CHECK(mixed.dtype() == DType::float64);
  CHECK(mixed.to_vector() == Numbers64{2, 0, 0, 3});
}

TEST_CASE("transforms: what does not fit is refused", "[transforms]") {
  const auto two = [](const Tensor& a, const Tensor& b) { return a * b; };
  CHECK_THROWS_MATCHES(jvp(two, {Tensor(1.0)}, {Tensor(1.0)}), GraphError,
                       test::Message("[jvp] the function takes 2 tensors, 1 are given"));
  CHECK_THROWS_MATCHES(jvp(cube, {Tensor(1.0)}, {}), GraphError,
                       test::Message("[jvp] 1 tensors but 0 tangents: each needs one"));
  CHECK_THROWS_MATCHES(jvp(cube, {Tensor(1.0)}, {constant({2}, {1, 2})}), ShapeError,
                       test::Message("[jvp] the tangent is [2], the tensor []"));
  CHECK_THROWS_MATCHES(hessian(cube, constant({2}, {1, 2})), GraphError,
                       test::Message("[hessian] the function gives [2], not one number"));
  CHECK_THROWS_AS(hvp(cube, Tensor(1.0), constant({1}, {1})), ShapeError);
  CHECK_THROWS_AS(value_and_grad(cube, {constant({2}, {1, 2})}), GraphError);
  CHECK_THROWS_AS(jacobian(cube, Tensor()), GraphError);
}

TEST_CASE("transforms: check_gradients finds what is wrong and says where", "[transforms]") {
  const Tensor x = constant({3}, {0.5, -1.0, 2.0});
  const GradientReport right = check_gradients([](const Tensor& z) { return exp(z) * z; }, {x}, 3);
  CHECK(right.ok);
  CHECK(right.to_string().starts_with("right: worst at element "));
  // Element 1 counts twice in the value, and once in the gradient.
  const auto wrong = [&](const Tensor& z) { return sum(z * z) + element(stop_gradient(z), 1); };
  const GradientReport report = check_gradients(wrong, {x});
  CHECK_FALSE(report.ok);
  CHECK(report.input == 0);
  CHECK(report.element == 1);
  CHECK(std::abs(report.computed - report.expected) > 0.4);
  CHECK(report.ulps > 1e12);
  CHECK(report.relative > 0.1);
  CHECK(report.to_string().starts_with("WRONG: worst at element 1 of argument 0, order 1: computed "));
  // A first derivative that is right, and a second one that is cut off.
  const auto cut = [](const Tensor& z) { return sum(stop_gradient(z) * z) * 2.0 - sum(stop_gradient(z * z)); };
  CHECK(check_gradients(cut, {Tensor(1.0)}).ok);
  CHECK_FALSE(check_gradients(cut, {Tensor(1.0)}, 2).ok);
  const Tensor narrow(Array({2}, {0.5, 0.75}).to(DType::float32));
  CHECK(check_gradients([](const Tensor& z) { return tanh(z) * z; }, {narrow}, 2).ok);
  CHECK_THROWS_AS(check_gradients(cube, {}), GraphError);
  CHECK_THROWS_AS(check_gradients(cube, {x}, 0), GraphError);
}

TEST_CASE("transforms: derivatives inside a function that is differentiated are differentiated too", "[transforms]") {
  const Tensor w = variable(2.0);
  const Tensor x(3.0), one(1.0);
  // d/dx of w·x² is 2·w·x; its derivative by w is 2·x.
  const auto slope_by = [&](auto derivative) {
    return value_and_grad([&](const Tensor& v) { return derivative([&](const Tensor& z) { return v * z * z; }); }, w)
        .gradient.item();
  };
  CHECK(slope_by([&](auto f) { return jvp(f, x, one).tangent; }) == 6.0);
  CHECK(slope_by([&](auto f) { return value_and_grad(f, x).gradient; }) == 6.0);
  CHECK(slope_by([&](auto f) { return vjp(f, x).pullback(one)[0]; }) == 6.0);
  CHECK(slope_by([&](auto f) { return jacobian(f, x); }) == 6.0);
  CHECK(slope_by([&](auto f) { return hessian(f, x); }) == 2.0);
  CHECK(slope_by([&](auto f) { return hvp(f, x, one); }) == 2.0);
  CHECK(slope_by([&](auto f) {
          const Tensor z = variable(3.0);
          return grad(f(z), {z})[0];
        }) == 6.0);
  // Σ (∂f/∂x)² of f = x³: (3x²)² = 9x⁴, whose second derivative is 108·x².
  const auto squared_slope = [](const Tensor& z) { return square(grad(z * z * z, {z})[0]); };
  CHECK(hessian(squared_slope, Tensor(2.0)).item() == 432.0);
  CHECK(jvp(squared_slope, Tensor(2.0), one).tangent.item() == 288.0);
  // Outside of one, and where nothing is to be recorded, the plain kind gives constants.
  CHECK_FALSE(jvp([&](const Tensor& z) { return w * z; }, x, one).tangent.requires_grad());
  const auto cut = [&](const Tensor& z) {
    const NoGrad off;
    return value_and_grad([&](const Tensor& u) { return u * z; }, x).gradient;
  };
  CHECK_FALSE(jvp(cut, x, one).value.requires_grad());
}

TEST_CASE("transforms: check_gradients takes what cancels for 0, and nothing larger", "[transforms]") {
  const Tensor scores = constant({2, 3}, {0.3, -1.2, 2.5, 4.0, 0.1, -0.7});
  const auto ok = [](const auto& f, TensorArgs x, int order = 2) {
    const GradientReport report = check_gradients(f, x, order);
    INFO(report.to_string());
    CHECK(report.ok);
  };
  ok([](const Tensor& z) { return sum(softmax(z, 1)); }, scores);
  // A bias before a normalization over the batch, and one that is added to all scores of a row.
  const auto normalized = [](const Tensor& z) { return (z - mean(z, 0, true)) / sqrt(var(z, 0, 0, true) + 1e-5); };
  ok([&](const Tensor& bias) { return tanh(normalized(scores + bias)); }, constant({3}, {0.1, -0.2, 0.3}));
  ok([&](const Tensor& bias) { return exp(softmax(scores + bias, 1)); }, constant({2, 1}, {1.5, -0.5}));
  const Tensor narrow(scores.value().to(DType::float32));
  ok([](const Tensor& z) { return sum(softmax(z, 1)); }, narrow, 1);
  // A gradient that is off by a part of 10¹² of the value is not rounding.
  const auto off = [](const Tensor& z) { return sum(softmax(z, 1)) + 1e-11 * sum(stop_gradient(z) - z); };
  CHECK_FALSE(check_gradients(off, scores).ok);
}

TEST_CASE("transforms: x is one tensor, a list in braces, a vector, an array or a span", "[transforms]") {
  const auto f = [](const Tensor& a) { return a * a * a; };
  const Tensor x(2.0), v(1.0);
  const std::vector<Tensor> vector{x};
  const std::array<Tensor, 1> array{x};
  const Tensor alone = hessian(f, x);
  CHECK(alone.item() == 12.0);
  for (const std::vector<std::vector<Tensor>>& blocks :
       {hessian(f, {x}), hessian(f, vector), hessian(f, array), hessian(f, TensorList(vector))}) {
    CHECK(blocks[0][0].item() == 12.0);
  }
  CHECK(hvp(f, x, {v}).item() == 12.0);
  CHECK(hvp(f, {x}, v)[0].item() == 12.0);
  CHECK(jvp(f, x, v).tangent.item() == 12.0);
  CHECK(vjp(f, array).pullback(v)[0].item() == 12.0);
  CHECK(value_and_grad(f, x).gradient.item() == 12.0);
  CHECK(recorded_jacobian(f, vector)[0].item() == 12.0);
  const Tensor leaf = variable(2.0);
  const std::vector<Tensor> results{leaf * leaf, leaf};
  CHECK(jvp(results, leaf, v)[0].item() == 4.0);
  CHECK(recorded_jvp(results[0], {leaf}, vector).item() == 8.0);
}

TEST_CASE("transforms: a Hessian is NaN in both places or in neither", "[transforms]") {
  const auto f = [](const Tensor& x, const Tensor& y) { return log(sqrt(1 - x) - y + y); };
  const auto blocks = hessian(f, {Tensor(2.0), Tensor(3.0)});
  CHECK(std::isnan(blocks[0][1].item()));
  CHECK(std::isnan(blocks[1][0].item()));
  CHECK(std::isnan(recorded_hessian(f, {Tensor(2.0), Tensor(3.0)})[1][0].item()));
  // The same in one block, beside numbers that are known.
  const auto g = [&](const Tensor& v) {
    return f(ops::slice(v, {Slice(0)}), ops::slice(v, {Slice(1)})) + rosenbrock(ops::slice(v, {Slice(2, 4)}));
  };
  const Tensor h = hessian(g, constant({4}, {2, 3, 1, 1}));
  const Numbers64 numbers = h.to_vector();
  for (std::size_t i = 0; i < 4; ++i) {
    for (std::size_t j = 0; j < 4; ++j) {
      CHECK(std::isnan(numbers[4 * i + j]) == std::isnan(numbers[4 * j + i]));
    }
  }
  CHECK(std::isnan(numbers[1]));
  CHECK(numbers[10] == 802.0);
  CHECK(numbers[11] == -400.0);
  CHECK(numbers[14] == -400.0);
  CHECK(numbers[15] == 200.0);
}

}  // namespace transforms_test
