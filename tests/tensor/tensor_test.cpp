// The tensor as a handle: leaves, names, copies, values that change, and what is refused.
#include "autograd/tensor/tensor.h"

#include <utility>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/differentiate/gradient.h"
#include "autograd/tensor/ops/structural.h"
#include "tests/catch.h"
#include "tests/reference/same.h"

using namespace gradus;

TEST_CASE("tensor: the three kinds of leaf", "[tensor]") {
  const Tensor c(2.0);
  const Tensor v = variable(3.0, "v");
  const Tensor p = parameter(4.0, "p");
  CHECK((c.is_leaf() && v.is_leaf() && p.is_leaf()));
  CHECK_FALSE(c.requires_grad());
  CHECK(v.requires_grad());
  CHECK(p.requires_grad());
  CHECK(v.name() == "v");
  CHECK(c.name().empty());
  CHECK(Tensor(5.0, "five").name() == "five");
}

TEST_CASE("tensor: shape, numbers and dtype are those of its value", "[tensor]") {
  const Tensor x = variable(Array({2, 3}, {1, 2, 3, 4, 5, 6}).to(DType::float32));
  CHECK(x.shape() == Shape{2, 3});
  CHECK(x.rank() == 2);
  CHECK(x.size() == 6);
  CHECK(x.dtype() == DType::float32);
  CHECK(x.to_vector() == std::vector<double>{1, 2, 3, 4, 5, 6});
  CHECK(variable(2.5).item() == 2.5);
  CHECK_THROWS_MATCHES(x.item(), ShapeError, test::Message("[item] one element is needed, the shape is [2, 3]"));
}

TEST_CASE("tensor: a copy is the same tensor", "[tensor]") {
  Tensor x = variable(1.0);
  const Tensor copy = x;
  x.set_value(Array(5.0));
  CHECK(copy.item() == 5.0);
  (2 * copy).backward();
  CHECK(x.grad().item() == 2.0);
}

TEST_CASE("tensor: an empty or moved-from tensor says so", "[tensor]") {
  const Tensor nothing;
  const char* message = "[tensor] this tensor is empty: it was never given a value, or it was moved from";
  CHECK_FALSE(nothing.defined());
  CHECK_THROWS_MATCHES(nothing.shape(), GraphError, test::Message(message));
  CHECK_THROWS_AS(nothing + 1.0, GraphError);
  CHECK_THROWS_AS(1.0 * nothing, GraphError);
  CHECK_THROWS_AS(nothing.backward(), GraphError);
  CHECK_THROWS_AS(nothing.grad(), GraphError);
  CHECK_THROWS_AS(sum(nothing), GraphError);
  CHECK_THROWS_AS(matmul(nothing, nothing), GraphError);
  CHECK_FALSE(nothing.requires_grad());
  CHECK_FALSE(nothing.has_grad());

  for (Tensor t : {variable(1.0), variable(1.0) * 2.0, Tensor(1.0)}) {
    const Tensor u = std::move(t);
    CHECK(u.defined());
    CHECK_THROWS_MATCHES(t.shape(), GraphError, test::Message(message));  // NOLINT: this is what is tested
    CHECK_THROWS_AS(t * u, GraphError);
  }
}

TEST_CASE("tensor: leaves and recorded results can be named, plain values cannot", "[tensor]") {
  Tensor x = variable(1.0);
  x.set_name("x");
  CHECK(x.name() == "x");
  Tensor y = 2 * x;
  CHECK(y.set_name("y").name() == "y");
  Tensor plain = Tensor(1.0) + 2.0;
  CHECK(plain.name().empty());
  CHECK_THROWS_MATCHES(plain.set_name("z"), GraphError,
                       test::Message("[set_name] this value has no record: it is not part of a graph"));
}

TEST_CASE("tensor: setting a leaf leaves what was recorded as it was", "[tensor]") {
  Tensor x = variable(3.0);
  const Tensor y = x * x;
  x.set_value(Array(5.0));
  CHECK(y.item() == 9.0);
  y.backward();
  CHECK(x.grad().item() == 6.0);
  CHECK((x * x).item() == 25.0);
}

TEST_CASE("tensor: a leaf keeps its shape and dtype", "[tensor]") {
  Tensor x = variable(Array::zeros({2}, DType::float32));
  x.set_value(Array({2}, {0.1, 0.2}));
  CHECK(x.dtype() == DType::float32);
  CHECK(x.to_vector()[0] == static_cast<double>(0.1F));
  CHECK_THROWS_MATCHES(x.set_value(Array::zeros({3})), ShapeError,
                       test::Message("[set_value] the leaf is [2], the new value [3]"));
  Tensor y = x * 2.0;
  CHECK_THROWS_AS(y.set_value(Array::zeros({2})), GraphError);
}

TEST_CASE("tensor: detached, the same numbers and no history", "[tensor]") {
  const Tensor x = variable(3.0);
  const Tensor y = x * x;
  const Tensor d = y.detach();
  CHECK(d.item() == 9.0);
  CHECK_FALSE(d.requires_grad());
  CHECK_FALSE(connected(d * 2.0, x));
  CHECK(grad(x * d, {x})[0].item() == 9.0);
}

TEST_CASE("tensor: nothing is recorded of constants, or while recording is off", "[tensor]") {
  const Tensor x = variable(3.0);
  CHECK_FALSE((Tensor(1.0) * Tensor(2.0)).requires_grad());
  {
    const NoGrad off;
    CHECK_FALSE((x * x).requires_grad());
    { const NoGrad still_off; }
    const Tensor y = sum(x * x);
    CHECK(y.item() == 9.0);
    CHECK_FALSE(static_cast<bool>(y.record()));
    CHECK_FALSE(y.is_leaf());
  }
  CHECK((x * x).requires_grad());
}

TEST_CASE("tensor: recording is on again after an exception", "[tensor]") {
  const Tensor x = variable(3.0);
  try {
    const NoGrad off;
    throw ValueError("out");
  } catch (const ValueError&) {
  }
  CHECK((x * x).requires_grad());
}

TEST_CASE("tensor: shapes that do not broadcast are named, and nothing has changed", "[tensor]") {
  const Tensor a = variable(Array::zeros({2, 3}));
  const Tensor b = variable(Array::zeros({3, 2}));
  CHECK_THROWS_MATCHES(a * b, ShapeError,
                       test::Message("[mul] shapes do not broadcast: [2, 3] with [3, 2] (axis -2: 2 is not 3)"));
  CHECK_THROWS_MATCHES(matmul(a, a), ShapeError, test::Message("[matmul] inner sizes differ: [2, 3] by [2, 3]"));
  CHECK(sum(a).item() == 0.0);
}

TEST_CASE("tensor: as text, each number as short as it can be read back", "[tensor]") {
  CHECK(to_string(Tensor(2.5)) == "2.5");
  CHECK(to_string(Tensor(0.1)) == "0.1");
  CHECK(to_string(Array::scalar(0.1, DType::float32)) == "0.1");
  CHECK(to_string(Array({3}, {1, 2, 3})) == "[1, 2, 3]");
  CHECK(to_string(Array({2, 2}, {1, 2, 3, 4})) == "[[1, 2], [3, 4]]");
  CHECK(to_string(Array({2, 1, 2}, {1, 2, 3, 4})) == "[[[1, 2]], [[3, 4]]]");
  CHECK(to_string(Array({2, 2}, {1, 2, 3, 4}).permute(std::vector<int>{1, 0})) == "[[1, 3], [2, 4]]");
  CHECK(to_string(Array::zeros({0, 3})) == "[] of shape [0, 3]");
}
