// Checkpoints: the same numbers as without, and what is inside is not kept.
#include "autograd/differentiate/checkpoint.h"

#include <string>
#include <vector>

#include "autograd/array/pool.h"
#include "autograd/autograd.h"
#include "autograd/base/error.h"
#include "autograd/differentiate/check.h"
#include "autograd/differentiate/gradient.h"
#include "autograd/math/ops.h"
#include "autograd/tensor/ops/linear_algebra.h"
#include "autograd/tensor/ops/structural.h"
#include "tests/catch.h"
#include "tests/reference/check_function.h"

using namespace gradus;
using namespace gradus::reference;

namespace {

using Numbers64 = std::vector<double>;

const auto tower = [](const Tensor& x) { return tanh(x * tanh(x)) + x; };

}  // namespace

TEST_CASE("checkpoint: value, gradient and higher derivatives are those of the function", "[checkpoint]") {
  const Array at({3}, {-1.0, 0.5, 2.0});
  const auto plain = [](const std::vector<Tensor>& x) { return tower(x[0]); };
  const auto kept = [](const std::vector<Tensor>& x) { return checkpoint(tower, {x[0]}); };
  CHECK(check_function("checkpoint", kept, {at}, {.order = 3, .replays = false}) == "");
  const Tensor a = variable(at);
  const Tensor b = variable(at);
  CHECK(difference(grad(sum(plain({a})), {a})[0].value(), grad(sum(kept({b})), {b})[0].value()) == "");
  CHECK(check_function("nested",
                       [&](const std::vector<Tensor>& x) {
                         return checkpoint([&](const Tensor& z) { return kept({z}) * z; }, {x[0]});
                       },
                       {at}, {.order = 3, .replays = false}) == "");
  const auto two = [](const std::vector<Tensor>& x) {
    return checkpoint([](const Tensor& p, const Tensor& q) { return p * q + tanh(p); }, {x[0], x[1]});
  };
  CHECK(check_function("two arguments", two, {at, Array({3}, {1, 2, 3})}, {.replays = false}) == "");
  CHECK(check_function("the same argument twice",
                       [&](const std::vector<Tensor>& x) {
                         return two({x[0], x[0]});
                       },
                       {at}, {.replays = false}) == "");
}

TEST_CASE("checkpoint: several results, of their own shapes and types", "[checkpoint]") {
  const auto f = [](const Tensor& x) { return std::vector<Tensor>{x * x, sum(tanh(x)), cast(exp(x), DType::float32)}; };
  const Tensor x = variable(Array({2}, {0.5, -1.0}));
  const std::vector<Tensor> y = checkpoint(f, {x});
  REQUIRE(y.size() == 3);
  CHECK(y[1].shape() == Shape{});
  CHECK(y[2].dtype() == DType::float32);
  const auto total = [](const std::vector<Tensor>& parts) { return sum(parts[0] * parts[1]) + sum(parts[2]); };
  const Tensor z = variable(x.value());
  CHECK(difference(grad(total(y), {x})[0].value(), grad(total(f(z)), {z})[0].value(), 4) == "");
}

TEST_CASE("checkpoint: what the function captures gets its gradient", "[checkpoint]") {
  Tensor w = parameter(Array({2}, {2, 3}), "w");
  const Tensor x = variable(Array({2}, {1, -1}));
  const Tensor h = w * x;  // captured below, and computed from x itself: counted once
  const Tensor y = sum(checkpoint([&](const Tensor& z) { return tanh(z * w) * h; }, {x}) * h);
  const Tensor direct = sum(tanh(x * w) * h * h);
  y.backward();
  const Array from_checkpoint = w.grad();
  w.zero_grad();
  direct.backward();
  CHECK(difference(from_checkpoint, w.grad(), 4) == "");
  CHECK(difference(grad(y, {x})[0].value(), grad(direct, {x})[0].value(), 4) == "");
  CHECK(difference(jvp(y, {x}, {x}).value(), jvp(direct, {x}, {x}).value(), 4) == "");
  CHECK(difference(jvp(y, {h}, {x}).value(), jvp(direct, {h}, {x}).value(), 4) == "");
  CHECK(connected(y, w));
  const Tensor only_captured = checkpoint([&](const Tensor&) { return sum(w * w); }, {Tensor(1.0)});
  CHECK(grad(only_captured, {w})[0].to_vector() == Numbers64{4, 6});
}

TEST_CASE("checkpoint: any number of tensors may be captured", "[checkpoint]") {
  std::vector<Tensor> parts;
  for (int k = 0; k < 100; ++k) parts.push_back(parameter(static_cast<double>(k)));
  const Tensor x = variable(2.0);
  const Tensor y = checkpoint(
      [&](const Tensor& z) {
        Tensor total = z;
        for (const Tensor& p : parts) total = total + p * z;
        return total;
      },
      {x});
  const std::vector<Tensor> g = grad(y, parts);
  for (const Tensor& t : g) CHECK(t.item() == 2.0);
  CHECK(grad(y, {x})[0].item() == 4951.0);
}

TEST_CASE("checkpoint: the inside is not kept", "[checkpoint]") {
  constexpr std::int64_t many = 100'000;
  const Tensor x = variable(Array::full({many}, 0.5));
  const auto deep = [](Tensor z) {
    for (int k = 0; k < 20; ++k) z = tanh(z);
    return z;
  };
  // What a graph holds is what freeing it adds to the cache of free memory.
  const auto held = [&](const auto& make) {
    pool::trim();
    Tensor y = make();
    pool::trim();
    y = Tensor();
    return pool::cached_bytes();
  };
  const std::size_t plain = held([&] { return deep(x); });
  const std::size_t kept = held([&] { return checkpoint(deep, {x}); });
  const std::size_t one = static_cast<std::size_t>(many) * sizeof(double);
  if (plain > 0) {  // a sanitizer turns the cache off
    CHECK(plain >= 19 * one);
    CHECK(kept <= 2 * one);
  }
  CHECK(difference(grad(sum(checkpoint(deep, {x})), {x})[0].value(), grad(sum(deep(x)), {x})[0].value()) == "");
}

TEST_CASE("checkpoint: twenty thousand of them in a row, each capturing the one before", "[checkpoint]") {
  const Tensor x = variable(1.0);
  Tensor y = x;
  constexpr int n = 20'000;
  for (int k = 0; k < n; ++k) {
    y = checkpoint([before = y](const Tensor& one) { return before + one; }, {Tensor(1.0)});
  }
  CHECK(y.item() == n + 1.0);
  CHECK(grad(y, {x})[0].item() == 1.0);
}

TEST_CASE("checkpoint: hooks run once, inside and outside", "[checkpoint]") {
  const Tensor x = variable(2.0);
  const Tensor w = variable(3.0);
  int outside = 0;
  int inside = 0;
  w.register_hook([&](const Tensor&) { ++outside; });
  const Tensor y = checkpoint(
      [&](const Tensor& z) {
        const Tensor h = z * w;
        if (h.requires_grad()) h.register_hook([&](const Tensor& g) { inside += static_cast<int>(g.item()); });
        return h;
      },
      {x});
  CHECK(grad(y, {x, w})[1].item() == 2.0);
  CHECK(outside == 1);
  CHECK(inside == 1);
}

TEST_CASE("checkpoint: without recording it is the function", "[checkpoint]") {
  const Tensor c(2.0);
  CHECK_FALSE(checkpoint(tower, {c}).requires_grad());
  const NoGrad no_grad;
  const Tensor y = checkpoint(tower, {variable(2.0)});
  CHECK_FALSE(y.requires_grad());
  CHECK(y.item() == tower(c).item());
}

TEST_CASE("checkpoint: a captured leaf may not change before the backward pass", "[checkpoint]") {
  Tensor w = parameter(2.0, "w");
  const Tensor x = variable(3.0);
  const Tensor y = checkpoint([&](const Tensor& z) { return z * w * w; }, {x});
  w.set_value(Array(5.0));
  CHECK_THROWS_MATCHES(
      y.backward(), GraphError,
      test::Message("[checkpoint] a leaf 'w' that the function captures was given a new value since it ran "
                    "(in the backward pass of checkpoint)"));
  CHECK_FALSE(x.has_grad());
}

TEST_CASE("checkpoint: what a function throws comes through", "[checkpoint]") {
  const Tensor x = variable(Array::zeros({2, 3}));
  CHECK_THROWS_AS(checkpoint([](const Tensor& z) { return matmul(z, z); }, {x}), ShapeError);
  int runs = 0;
  const Tensor y = checkpoint(
      [&](const Tensor& z) {
        if (++runs > 1) throw ValueError("[f] tired");
        return sum(z);
      },
      {x});
  CHECK_THROWS_MATCHES(y.backward(), ValueError, test::Message("[f] tired (in the backward pass of checkpoint)"));
  const std::vector<Tensor> many(32, variable(1.0));
  CHECK_THROWS_MATCHES(checkpoint([](std::vector<Tensor> z) { return z[0]; }, TensorList(many)), GraphError,
                       test::Message("[checkpoint] 32 tensors: at most 31 can be recorded"));
}

TEST_CASE("checkpoint: a function that gives something else when it is run again is told", "[checkpoint]") {
  const Tensor w = parameter(Array({3}, {1.0, 2.0, 3.0}));
  int runs = 0;
  const auto other_shape = [&](const Tensor& z) { return ++runs == 1 ? square(z) : square(z(range(0, 2))); };
  CHECK_THROWS_WITH(
      sum(checkpoint(other_shape, {w})).backward(),
      test::ContainsSubstring("a result of shape [2] and float64 when it was run again to differentiate it, and of "
                              "shape [3] and float64 before"));
  CHECK_FALSE(w.has_grad());
  const auto other_numbers = [&](const Tensor& z) {
    return z * uniform({3}, 0.0, 1.0, Key{static_cast<std::uint64_t>(++runs)});
  };
  CHECK_THROWS_WITH(sum(checkpoint(other_numbers, {w})).backward(),
                    test::ContainsSubstring("gave other numbers when it was run again to differentiate it"));
  CHECK_THROWS_WITH(jvp(sum(checkpoint(other_numbers, {w})), {w}, {w}), test::ContainsSubstring("gave other numbers"));
  CHECK_FALSE(w.has_grad());
  // The same random numbers again are no harm.
  const auto same_numbers = [&](const Tensor& z) { return z * uniform({3}, 0.0, 1.0, Key{5}); };
  CHECK(grad(sum(checkpoint(same_numbers, {w})), w).to_vector() == uniform({3}, 0.0, 1.0, Key{5}).to_vector());
}
