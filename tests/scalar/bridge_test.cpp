// Between tensors and Scalars.
#include "autograd/scalar/bridge.h"

#include <cmath>
#include <memory>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/differentiate/gradient.h"
#include "autograd/differentiate/transforms.h"
#include "autograd/math/ops.h"
#include "autograd/tensor/ops/reductions.h"
#include "autograd/tensor/rule.h"
#include "tests/catch.h"

using namespace gradus;
using test::Approx;

TEST_CASE("map runs a generic lambda over arrays, to any order") {
  const Tensor x = variable(Array(Shape{3}, {1.0, 2.0, 3.0}));
  const Tensor y = ops::map([](auto v) { return v * exp(-v); }, x);
  const Tensor g = grad(sum(y), {x})[0];
  for (std::size_t k = 0; k < 3; ++k) {
    const double v = static_cast<double>(k) + 1.0;
    CHECK(y.to_vector()[k] == Approx(v * std::exp(-v)));
    CHECK(g.to_vector()[k] == Approx((1.0 - v) * std::exp(-v)));
  }
  CHECK(ops::map([](auto a, auto b) { return a * b; }, x, x).to_vector()[2] == 9.0);
}

TEST_CASE("an element is read into a Scalar by name, and back") {
  const Tensor x = variable(Array(Shape{2, 2}, {1.0, 2.0, 3.0, 4.0}));
  Tape tape;
  const Scalar s = read_scalar(x, 2);
  CHECK(s.value() == 3.0);
  CHECK(tape.gradient(s * s, std::vector<Scalar>{s})[0] == 6.0);
  CHECK(to_tensor(s * s).item() == 9.0);
  CHECK_THROWS_AS(read_scalar(x, 4), ShapeError);
}

TEST_CASE("a function in plain loops is one op of a tensor's graph") {
  for (const DType dtype : {DType::float32, DType::float64}) {
    const Tensor x = variable(Array(Shape{2, 2}, {1.0, 2.0, 3.0, 4.0}).to(dtype));
    const Tensor y = on_tape(
        [](std::span<const Scalar> v) {
          Scalar p = 1.0;
          for (const Scalar& s : v) p *= s;
          return p;
        },
        x);
    CHECK(y.item() == 24.0);
    CHECK(grad(y * y, {x})[0].to_vector() == std::vector<double>{1152.0, 576.0, 384.0, 288.0});
  }
}

TEST_CASE("a function in plain loops has one derivative, and says so") {
  const ScalarFunction square_sum = [](std::span<const Scalar> v) {
    Scalar sum = 0.0;
    for (const Scalar& s : v) sum += s * s;
    return sum;
  };
  const Tensor x = variable(Array(Shape{2}, {1.0, 3.0})), a = variable(2.0);
  const Tensor y = a * a * on_tape(square_sum, x);
  const std::vector<Tensor> first = recorded_grad(y, {x, a});
  CHECK(first[0].to_vector() == std::vector<double>{8.0, 24.0});
  CHECK(first[1].item() == 40.0);
  // Where the second derivative does not go through it, it is right.
  CHECK(grad(first[1], {a})[0].item() == 20.0);
  CHECK(grad(first[1], {x})[0].to_vector() == std::vector<double>{8.0, 24.0});
  CHECK(grad(sum(first[0]), {a})[0].item() == 32.0);
  const auto message = test::Message(
      "[on_tape] a function in plain loops is differentiable once: its gradient is a number to the graph (in the "
      "backward pass of on_tape_gradient)");
  CHECK_THROWS_MATCHES(grad(sum(first[0]), {x}), GraphError, message);
  CHECK_THROWS_AS(hessian([&](const Tensor& t) { return on_tape(square_sum, t); }, x), GraphError);
}

TEST_CASE("a function in plain loops is kept by the graph that needs it") {
  const Tensor x = variable(Array(Shape{2}, {1.0, 3.0}));
  Tensor y;
  {
    const double factor = 5.0;
    const auto f =
        std::make_unique<ScalarFunction>([factor](std::span<const Scalar> v) { return v[0] * v[1] * factor; });
    y = on_tape(*f, x);
  }
  // A rule may be asked again (checkpoints, runs): the function is its own.
  const std::vector<Array> again{Array(Shape{2}, {2.0, 7.0})};
  CHECK(y.record()->rule->evaluate(again).item() == 70.0);
  CHECK(grad(y, {x})[0].to_vector() == std::vector<double>{15.0, 5.0});
}

TEST_CASE("an op of the user's own works on a tape") {
  const auto softclip = custom_op<"softclip">([](auto x) { return x / (1.0 + abs(x)); });
  Tape tape;
  const std::vector<Scalar> x{tape.variable(-3.0)};
  CHECK(tape.gradient(softclip(x[0]) * 2.0, x)[0] == Approx(2.0 / 16.0));
}
