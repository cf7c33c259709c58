// compile(): when a function is traced, what it may do inside, and what is refused.
#include "autograd/replay/compile.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/differentiate/checkpoint.h"
#include "autograd/differentiate/custom_op.h"
#include "autograd/differentiate/gradient.h"
#include "autograd/differentiate/transforms.h"
#include "autograd/math/ops.h"
#include "autograd/tensor/ops/creation.h"
#include "autograd/tensor/ops/indexing.h"
#include "autograd/tensor/ops/reductions.h"
#include "autograd/tensor/ops/structural.h"
#include "nn/optimize/first_order.h"
#include "tests/catch.h"
#include "tests/reference/replays.h"
#include "tests/reference/sample.h"

using namespace gradus;
using namespace gradus::reference;

namespace {

Tensor row(std::initializer_list<double> values, DType dtype = DType::float64) {
  return Tensor(Array({static_cast<std::int64_t>(values.size())}, values).to(dtype));
}

}  // namespace

TEST_CASE("compile: traced once for each shape and dtype", "[replay]") {
  int runs = 0;
  const auto f = compile([&](const Tensor& x, const Tensor& y) {
    ++runs;
    return sum(x * y);
  });
  CHECK(f(row({1, 2}), row({3, 4})).item() == 11.0);
  CHECK(f(row({1, 2}), row({5, 6})).item() == 17.0);
  CHECK(f.traces() == 1);
  CHECK(f(row({1, 2, 3}), row({1, 1, 1})).item() == 6.0);
  CHECK(f.traces() == 2);
  CHECK(f(row({1, 2}, DType::float32), row({1, 1}, DType::float32)).dtype() == DType::float32);
  CHECK(f(row({1, 2}), Tensor(2.0)).item() == 6.0);
  CHECK(f.traces() == 4);
  CHECK(f(row({4, 5}), row({1, 1})).item() == 9.0);
  CHECK(f(row({1, 2, 4}), row({1, 1, 1})).item() == 7.0);
  CHECK(f.traces() == 4);
  CHECK(runs == 4);
  const auto copy = f;
  CHECK(copy(row({1, 2}), row({3, 4})).item() == 11.0);
  CHECK(copy.traces() == 4);
}

TEST_CASE("compile: a variable made of an argument has its numbers anew in each run", "[replay]") {
  const auto f = [](const Tensor& x) {
    const Tensor v = variable(x * 2.0), p = parameter(x);
    return grad(sum(v * v * v), v) + grad(sum(x * p * v), p);  // 3v² + x·v
  };
  const auto fast = compile(f);
  for (const double x : {1.0, 2.0, -3.0}) {
    CHECK(fast(row({x, 0.5})).to_vector() == f(row({x, 0.5})).to_vector());
    CHECK(fast(row({x, 0.5})).to_vector()[0] == 14.0 * x * x);
  }
  // What computed it has no part in it.
  const auto slope = compile(
      [](const Tensor& x) { return value_and_grad([](const Tensor& t) { return sum(t * variable(t)); }, x).gradient; });
  CHECK(slope(row({2.0})).item() == 2.0);
  CHECK(slope(row({3.0})).item() == 3.0);
}

TEST_CASE("compile: shapes that come again and again are traced once each", "[replay]") {
  const auto f = compile([](const Tensor& x) { return sum(x); });
  for (int round = 0; round < 5; ++round) {
    for (std::int64_t n = 1; n <= 60; ++n) CHECK(f(ones({n})).item() == static_cast<double>(n));
  }
  CHECK(f.traces() == 60);
  CHECK(f.eager_calls() == 0);
}

TEST_CASE("compile: shapes beyond the plans that are kept run as they are, and are not traced without end",
          "[replay]") {
  Tensor w = parameter(2.0);
  const auto f = compile([&](const Tensor& x) {
    const Tensor y = sum(w * x);
    y.backward();
    return y;
  });
  for (int round = 0; round < 2; ++round) {
    w.zero_grad();
    double total = 0.0;
    for (std::int64_t n = 1; n <= 100; ++n) {
      const Tensor y = f(ones({n}));
      CHECK(y.item() == 2.0 * static_cast<double>(n));
      CHECK_FALSE(y.requires_grad());
      total += static_cast<double>(n);
    }
    CHECK(w.grad().item() == total);
  }
  CHECK(f.traces() == 64);
  CHECK(f.eager_calls() == 2 * 36);
  // A plan that is not used any more makes room.
  for (int k = 0; k < 300; ++k) static_cast<void>(f(ones({64})));
  static_cast<void>(f(ones({100})));
  CHECK(f.traces() == 65);
  static_cast<void>(f(ones({100})));
  CHECK(f.traces() == 65);
  CHECK(f.eager_calls() == 2 * 36);
}

TEST_CASE("compile: what functions may return", "[replay]") {
  const Tensor x(3.0), y(4.0);
  CHECK(compile([](const Tensor& a) { return a * a; })(x).item() == 9.0);
  const auto pair = compile([](const Tensor& a, const Tensor& b) { return std::array{a + b, a * b}; })(x, y);
  CHECK(pair[1].item() == 12.0);
  const auto list = compile([](TensorList t) { return std::vector<Tensor>(t.begin(), t.end()); });
  CHECK(list(TensorList(std::array{x, y}))[1].item() == 4.0);
  const auto [value, gradients] =
      compile(value_and_grad([](const Tensor& a, const Tensor& b) { return a * a * b; }))(x, y);
  CHECK(value.item() == 36.0);
  CHECK(gradients[0].item() == 24.0);
  CHECK(gradients[1].item() == 9.0);
  CHECK(compile([](const Tensor&) { return Tensor(5.0); })(x).item() == 5.0);
}

TEST_CASE("compile: results are constants", "[replay]") {
  const Tensor x = variable(3.0);
  const Tensor y = compile([](const Tensor& a) { return a * a; })(x);
  CHECK_FALSE(y.requires_grad());
}

TEST_CASE("compile: every way to differentiate, inside", "[replay]") {
  const auto cube = [](const Tensor& x) { return sum(x * x * x); };
  const auto f = compile([&](const Tensor& x, const Tensor& v) {
    const auto [y, t] = jvp(cube, {x}, {v});
    const auto pulled = vjp(cube, {x});
    const Tensor inner = grad(cube(x.detach() * x), {x})[0];
    return std::vector<Tensor>{y,
                               t,
                               hvp(cube, x, v),
                               hessian(cube, x),
                               jacobian([](const Tensor& a) { return a * a; }, x),
                               pulled.pullback(Tensor(2.0))[0],
                               inner,
                               value_and_grad(cube, {x}).gradients[0]};
  });
  for (const double s : {1.0, 2.0}) {
    const Tensor x = row({1 * s, 2 * s}), v = row({1, -1 * s});
    const std::vector<Tensor> got = f(x, v);
    const std::vector<double> a = x.to_vector(), b = v.to_vector();
    CHECK(got[0].item() == a[0] * a[0] * a[0] + a[1] * a[1] * a[1]);
    CHECK(got[1].item() == 3 * a[0] * a[0] * b[0] + 3 * a[1] * a[1] * b[1]);
    CHECK(got[2].to_vector() == std::vector<double>{6 * a[0] * b[0], 6 * a[1] * b[1]});
    CHECK(got[3].to_vector() == std::vector<double>{6 * a[0], 0, 0, 6 * a[1]});
    CHECK(got[4].to_vector() == std::vector<double>{2 * a[0], 0, 0, 2 * a[1]});
    CHECK(got[5].to_vector() == std::vector<double>{6 * a[0] * a[0], 6 * a[1] * a[1]});
    // (c·x)³ with c = x held fixed: 3 (c x)² c.
    CHECK(got[6].to_vector()[0] == 3 * (a[0] * a[0]) * (a[0] * a[0]) * a[0]);
    CHECK(got[7].to_vector()[1] == 3 * a[1] * a[1]);
  }
  CHECK(f.traces() == 1);
}

TEST_CASE("compile: numbers cut off from the gradient are computed anew all the same", "[replay]") {
  const auto f = compile([](const Tensor& x) {
    Tensor scale;
    {
      const NoGrad no_grad;
      scale = x * 10.0;
    }
    const Tensor y = scale * x + stop_gradient(exp(x));
    return std::array{y, grad(y, {x})[0]};
  });
  CHECK(f(Tensor(0.0))[0].item() == 1.0);
  const auto at_two = f(Tensor(2.0));
  CHECK(at_two[0].item() == 20.0 * 2.0 + exp(Tensor(2.0)).item());
  CHECK(at_two[1].item() == 20.0);
}

TEST_CASE("compile: captured variables are live, other captures are fixed", "[replay]") {
  Tensor w = parameter(2.0), c(10.0);
  Tensor earlier = w * 100.0;
  const auto f = compile([&](const Tensor& x) { return x * w + c + earlier; });
  CHECK(f(Tensor(1.0)).item() == 212.0);
  w.set_value(Array(3.0));
  c.set_value(Array(20.0));
  CHECK(f(Tensor(1.0)).item() == 213.0);
}

TEST_CASE("compile: backward() and zero_grad() inside have their effect at each call", "[replay]") {
  Tensor w = parameter(2.0), v = parameter(5.0);
  const auto adds = compile([&](const Tensor& x) {
    (x * w).backward();
    return x;
  });
  adds(Tensor(3.0));
  adds(Tensor(4.0));
  CHECK(w.grad().item() == 7.0);
  CHECK_FALSE(v.has_grad());
  const auto replaces = compile([&](const Tensor& x, const Tensor& y) {
    w.zero_grad();
    (x * w * y).backward();
    return x;
  });
  for (const double x : {3.0, 4.0}) {
    v.zero_grad();
    replaces(Tensor(x), v);
    CHECK(w.grad().item() == x * 5.0);
    CHECK(v.grad().item() == x * 2.0);  // an argument that is a leaf
  }
}

TEST_CASE("compile: inside another compiled function it is part of that", "[replay]") {
  const auto inner = compile([](const Tensor& x) { return x * x; });
  const auto outer = compile([&](const Tensor& x) { return grad(inner(x) * x, {x})[0]; });
  CHECK(outer(Tensor(2.0)).item() == 12.0);
  CHECK(outer(Tensor(3.0)).item() == 27.0);
  CHECK(inner.traces() == 0);
}

TEST_CASE("compile: keys as arguments draw anew, what an eager run draws", "[replay]") {
  const auto noisy = [](const Tensor& x, const Key& key, const Tensor& w, const Key& other) {
    const Tensor mask = bernoulli(x.shape(), 0.5, key.part(3).part(1));
    const Tensor noise = normal(x.shape(), 0.0, 1.0, other) + uniform(x.shape(), -1.0, 1.0, key);
    return grad(sum(square(x * mask * w + noise)), x);
  };
  const auto compiled = compile(noisy);
  const Tensor w = variable({0.5, 2.0, -1.0});
  std::vector<std::vector<double>> seen;
  for (std::uint64_t k = 0; k < 6; ++k) {
    const Tensor x = variable({1.0 + static_cast<double>(k), 2.0, 3.0});
    const Key a{k}, b = Key{k}.part(9);
    CHECK(compiled(x, a, w, b).to_vector() == noisy(x, a, w, b).to_vector());
    seen.push_back(compiled(Tensor{1.0, 1.0, 1.0}, a, w, b).to_vector());
    CHECK(std::count(seen.begin(), seen.end(), seen.back()) == 1);
  }
  CHECK(compiled.traces() == 1);

  // Keys that f captures stay what they were; a compiled function inside another hands the outer one's keys on.
  const Key own{5};
  const auto fixed = compile([&](const Tensor& x) { return x + uniform({2}, 0.0, 1.0, own); });
  CHECK(fixed(Tensor{0.0, 0.0}).to_vector() == fixed(Tensor{0.0, 0.0}).to_vector());
  const auto inner = compile([](const Tensor& x, const Key& key) { return x + uniform({2}, 0.0, 1.0, key.part(1)); });
  const auto outer = compile([&](const Tensor& x, const Key& key) { return inner(x, key) * 2.0; });
  for (std::uint64_t k = 0; k < 3; ++k) {
    const Tensor x{0.0, 1.0};
    CHECK(outer(x, Key{k}).to_vector() == ((x + uniform({2}, 0.0, 1.0, Key{k}.part(1))) * 2.0).to_vector());
  }
  CHECK(outer.traces() == 1);
}

TEST_CASE("compile: what a key that is an argument cannot draw", "[replay]") {
  const Tensor x{1.0, 2.0};
  const auto array =
      compile([](const Tensor& t, const Key& key) { return t * Tensor(uniform_array({2}, 0.0, 1.0, key)); });
  CHECK_THROWS_WITH(array(x, Key{1}), test::ContainsSubstring("draws tensors, by uniform(), normal() and the like"));
  const auto order = compile([](const Tensor& t, const Key& key) { return take(t, permutation(2, key), 0); });
  CHECK_THROWS_WITH(order(x, Key{1}), test::ContainsSubstring("arrays and indices would stay"));
  const auto deep = compile([](const Tensor& t, const Key& key) {
    return t * uniform({2}, 0.0, 1.0, key.part(0).part(0).part(0).part(0).part(0).part(0).part(0));
  });
  CHECK_THROWS_WITH(deep(x, Key{1}), test::ContainsSubstring("was parted 7 times: at most 6"));
}

TEST_CASE("compile: what is refused", "[replay]") {
  const Tensor x(2.0);
  Tensor w = parameter(1.0);
  const auto message_of = [&](auto f) {
    try {
      static_cast<void>(compile(f)(x));
    } catch (const GraphError& e) {
      return std::string(e.what()).substr(0, std::string(e.what()).find(" inside"));
    }
    return std::string("nothing was thrown");
  };
  CHECK(message_of([](const Tensor& t) { return t * t.item(); }) == "[compile] item()");
  CHECK(message_of([](const Tensor& t) { return t * (t * t).to_vector()[0]; }) == "[compile] to_vector()");
  CHECK(message_of([](const Tensor& t) { return t * static_cast<double>(argmax(t)[0]); }) == "[compile] argmax");
  CHECK(message_of([&](const Tensor& t) {
          w.set_value(Array(3.0));
          return t;
        }) == "[compile] set_value()");
  CHECK(message_of([&](const Tensor& t) { return t * Tensor(w.grad()); }) == "[compile] .grad()");
  CHECK(message_of([&](const Tensor& t) {
          nn::SGD optimizer({w}, 0.1);
          (w * t).backward();
          optimizer.step();
          return t;
        }) == "[compile] step() of an optimizer");
  CHECK(message_of([](const Tensor& t) { return checkpoint([](const Tensor& a) { return a * a; }, {t}); }) ==
        "[compile] 'checkpoint' runs a function of yours on numbers: it cannot be compiled");
  CHECK(message_of([](const Tensor& t) {
          t.register_hook([](const Tensor& g) { return g * 2.0; });
          return grad(t * t, {t})[0];
        }).substr(0, 9) == "[compile]");
  CHECK(w.item() == 1.0);
  CHECK_THROWS_MATCHES(compile([](const Tensor& t) { return t; })(Tensor()), GraphError,
                       test::Message("[compile] argument 0 is an empty tensor"));
  // What fails while it is traced leaves nothing behind.
  CHECK(compile([](const Tensor& t) { return t * 2.0; })(x).item() == 4.0);
}

TEST_CASE("compile: a step that returns nothing, and one that takes nothing") {
  const Tensor w = parameter(Array({2}, {1.0, 2.0}));
  const auto step = compile([&](const Tensor& x) { sum(square(x * w)).backward(); });
  const auto alone = compile([&] {
    const Tensor loss = sum(square(w));
    loss.backward();
    return loss;
  });
  for (int k = 1; k <= 3; ++k) {
    step(Tensor{1.0, 3.0});
    CHECK(w.grad().to_vector() == std::vector<double>{2.0 * k, 36.0 * k});
  }
  Tensor(w).zero_grad();
  for (int k = 1; k <= 3; ++k) {
    CHECK(alone().item() == 5.0);
    CHECK(w.grad().to_vector() == std::vector<double>{2.0 * k, 4.0 * k});
  }
  CHECK(step.traces() == 1);
  CHECK(alone.traces() == 1);
}
