// The backward pass: what reaches which tensor, and what is refused.
#include "autograd/differentiate/gradient.h"

#include <cmath>
#include <utility>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/math/ops.h"
#include "autograd/tensor/ops/structural.h"
#include "tests/catch.h"
#include "tests/reference/cases.h"
#include "tests/reference/same.h"

using namespace gradus;
using namespace gradus::reference;

TEST_CASE("gradient: x·x keeps two links and gives 2x", "[gradient]") {
  const Tensor x = variable(3.0);
  const Tensor y = x * x;
  REQUIRE(y.record()->arity == 2);
  CHECK(y.record()->links()[0] == x.record().get());
  CHECK(y.record()->links()[1] == x.record().get());
  CHECK(grad(y, {x})[0].item() == 6.0);
}

TEST_CASE("gradient: what is used in several places gets the sum", "[gradient]") {
  const Tensor x = variable(2.0);
  const Tensor shared = x * x;
  const Tensor y = shared * 3.0 + exp(x - x) * shared + shared / x;
  CHECK(grad(y, {x})[0].item() == 3 * 4.0 + 4.0 + 1.0);
  CHECK(grad(y, {shared})[0].item() == 3.0 + 1.0 + 0.5);
}

TEST_CASE("gradient: an input that is not used gets zeros, and can be told apart", "[gradient]") {
  const Tensor x = variable(3.0);
  const Tensor y = variable(Array({2}, {1, 2}).to(DType::float32));
  const Tensor f = x * x;
  const auto g = grad(f, {x, y});
  CHECK(difference(g[1].value(), Array::zeros({2}, DType::float32)) == "");
  CHECK(connected(f, x));
  CHECK_FALSE(connected(f, y));
  CHECK(connected(f, f));
  CHECK_FALSE(connected(x, f));
  // Multiplied by 0 it is connected all the same.
  CHECK(connected(0.0 * y, y));
}

TEST_CASE("gradient: a constant is differentiated by nobody", "[gradient]") {
  const Tensor c(4.0);
  const Tensor x = variable(3.0);
  CHECK(grad(c * x, {c, x})[0].item() == 0.0);
  CHECK_THROWS_AS(grad(c * c, {x}), GraphError);
  CHECK_FALSE(connected(c * x, c));
  CHECK_THROWS_MATCHES(c.grad(), GraphError, test::Message("[grad] a constant has no gradient"));
  CHECK_THROWS_MATCHES(
      (c * c).backward(), GraphError,
      test::Message("[backward] nothing was recorded: no argument requires a gradient, or recording was off"));
}

TEST_CASE("gradient: with respect to results on the way, and to itself", "[gradient]") {
  const Tensor x = variable(0.5);
  const Tensor y = exp(x);
  const Tensor z = y * y;
  const auto g = grad(z, {y, x, z});
  CHECK(g[0].item() == 2 * y.item());
  CHECK(ulp_distance(g[1].item(), 2 * z.item()) <= 2);
  CHECK(g[2].item() == 1.0);
  CHECK(grad(x, {x})[0].item() == 1.0);
}

TEST_CASE("gradient: nothing asked, nothing computed", "[gradient]") {
  const Tensor x = variable(3.0);
  CHECK(grad(x * x, std::vector<Tensor>{}).empty());
  CHECK_THROWS_AS(grad(x * x, {Tensor()}), GraphError);
  CHECK_THROWS_AS(grad(Tensor(), {x}), GraphError);
}

TEST_CASE("gradient: the same tensor may be asked for twice", "[gradient]") {
  const Tensor x = variable(3.0);
  const auto g = grad(x * x, {x, x});
  CHECK(g[0].item() == 6.0);
  CHECK(g[1].item() == 6.0);
}

TEST_CASE("gradient: asking leaves every leaf as it was", "[gradient]") {
  Tensor x = variable(3.0);
  (void)grad(x * x, {x});
  (void)recorded_grad(x * x, {x});
  CHECK_FALSE(x.has_grad());
  CHECK(x.grad().item() == 0.0);
}

TEST_CASE("gradient: the gradient of several numbers needs a seed", "[gradient]") {
  const Tensor x = variable(Array({3}, {1, 2, 3}));
  const Tensor y = x * x;
  CHECK_THROWS_MATCHES(
      y.backward(), GraphError,
      test::Message("[backward] the tensor is [3]: give a seed of that shape, or reduce it to one number"));
  CHECK_THROWS_MATCHES(
      grad(y, {x}), GraphError,
      test::Message("[grad] the tensor is [3]: give a seed of that shape, or reduce it to one number"));
  CHECK(grad(y, std::vector{x}, Array({3}, {1, 10, 100}))[0].to_vector() == std::vector<double>{2, 40, 600});
  // One number in a shape needs none.
  CHECK(grad(sum(y, 0, true), {x})[0].to_vector() == std::vector<double>{2, 4, 6});
}

TEST_CASE("gradient: a seed has the shape of the result", "[gradient]") {
  const Tensor x = variable(Array({3}, {1, 2, 3}));
  const Tensor y = x * x;
  for (const Shape& wrong : {Shape{1, 3}, Shape{4}, Shape{}}) {
    CHECK_THROWS_AS(y.backward(Array::zeros(wrong)), ShapeError);
    CHECK_THROWS_AS(grad(y, std::vector{x}, Array::zeros(wrong)), ShapeError);
    CHECK_THROWS_AS(recorded_grad(y, std::vector{x}, Tensor(Array::zeros(wrong))), ShapeError);
  }
  CHECK_THROWS_MATCHES(y.backward(Array::zeros({4})), ShapeError,
                       test::Message("[backward] the seed is [4], the tensor [3]"));
  CHECK_FALSE(x.has_grad());
}

TEST_CASE("gradient: a seed stays the caller's", "[gradient]") {
  const Tensor x = variable(Array({3}, {1, 2, 3}));
  const Array seed({3}, {1, 1, 1});
  (-x * 2.0).backward(seed);
  (-x * 2.0).backward(seed);
  CHECK(seed.to_vector() == std::vector<double>{1, 1, 1});
  CHECK(x.grad().to_vector() == std::vector<double>{-4, -4, -4});
}

TEST_CASE("gradient: backward twice adds twice, and what was read stays as it was", "[gradient]") {
  Tensor x = variable(Array({2}, {1, 2}));
  const Tensor y = sum(x * x);
  y.backward();
  const Array first = x.grad();
  CHECK(first.to_vector() == std::vector<double>{2, 4});
  y.backward();
  CHECK(x.grad().to_vector() == std::vector<double>{4, 8});
  CHECK(first.to_vector() == std::vector<double>{2, 4});
  x.zero_grad();
  CHECK_FALSE(x.has_grad());
  CHECK(x.grad().to_vector() == std::vector<double>{0, 0});
  y.backward();
  CHECK(difference(x.grad(), first) == "");
}

TEST_CASE("gradient: leaves that got the same gradient do not share it", "[gradient]") {
  Tensor a = variable(Array({2}, {1, 2}));
  Tensor b = variable(Array({2}, {3, 4}));
  sum(a + b).backward();
  sum(a).backward();
  CHECK(a.grad().to_vector() == std::vector<double>{2, 2});
  CHECK(b.grad().to_vector() == std::vector<double>{1, 1});
}

TEST_CASE("gradient: backward from a leaf is 1", "[gradient]") {
  Tensor x = variable(3.0);
  x.backward();
  CHECK(x.grad().item() == 1.0);
}

TEST_CASE("gradient: only leaves have one", "[gradient]") {
  const Tensor x = variable(3.0);
  Tensor y = x * x;
  CHECK_THROWS_MATCHES(y.grad(), GraphError, test::Message("[grad] only a leaf has one: this tensor was computed"));
  CHECK_THROWS_AS(y.zero_grad(), GraphError);
}

TEST_CASE("gradient: several outputs, each with its seed", "[gradient]") {
  Tensor x = variable(2.0);
  pow(x, 2).backward(Array(3.0));
  pow(x, 3).backward(Array(0.5));
  CHECK(x.grad().item() == number_of(torture_cases().at("multi-output-seeds").at("expected").at("grad_x")));
}

TEST_CASE("gradient: a result outlives the handles of what it was computed from", "[gradient]") {
  Tensor x = variable(Array({2}, {0.5, -0.5}));
  Tensor y;
  {
    const Tensor a = tanh(x);
    const Tensor b = a * a;
    y = sum(b * a);
  }
  const Tensor z = std::move(y);
  z.backward();
  const auto expected = grad(sum(pow(tanh(x), 3)), {x})[0].to_vector();
  CHECK(difference(x.grad().to_vector(), expected, 4) == "");
}

TEST_CASE("gradient: what does not lead to a target is not walked", "[gradient]") {
  const Tensor x = variable(3.0);
  const Tensor far = variable(0.0);
  // log at 0 would give an infinite derivative; it is not asked for.
  const Tensor y = x * x + log(far);
  CHECK(grad(y, {x})[0].item() == 6.0);
}

TEST_CASE("gradient: a zero cotangent does not wake an infinite derivative", "[gradient]") {
  const Tensor x = variable(Array({2}, {0, 1}));
  const Tensor mask(Array({2}, {0, 1}));
  CHECK(grad(sum(log(x) * mask), {x})[0].to_vector() == std::vector<double>{0, 1});
}

TEST_CASE("gradient: a NaN is never hidden by an op that selects", "[gradient]") {
  const Tensor x = variable(Array({2}, {std::nan(""), 1.0}));
  for (const Tensor& y : {relu(x), step(x)}) {
    INFO(y.record()->rule->name());
    CHECK(std::isnan(y.to_vector()[0]));
    const std::vector<double> g = grad(sum(y), {x})[0].to_vector();
    CHECK(std::isnan(g[0]));
    CHECK_FALSE(std::isnan(g[1]));
  }
}
