// Hooks: what they see, what they may change, when they go.
#include "autograd/tensor/hook.h"

#include <stdexcept>
#include <string>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/differentiate/gradient.h"
#include "autograd/differentiate/transforms.h"
#include "autograd/math/ops.h"
#include "autograd/tensor/ops/structural.h"
#include "tests/catch.h"

using namespace gradus;

namespace {

using Numbers64 = std::vector<double>;

}  // namespace

TEST_CASE("hooks: they see the whole gradient, at the root, inside and at a leaf", "[hooks]") {
  Tensor x = variable(2.0);
  const Tensor h = x * x;
  const Tensor y = h * h + h;  // two paths meet in h
  Numbers64 seen;
  y.register_hook([&](const Tensor& g) { seen.push_back(g.item()); });
  h.register_hook([&](const Tensor& g) { seen.push_back(g.item()); });
  x.register_hook([&](const Tensor& g) { seen.push_back(g.item()); });
  y.backward();
  CHECK(seen == Numbers64{1, 9, 36});
  CHECK(x.grad().item() == 36.0);
  CHECK(grad(y, {x})[0].item() == 36.0);
  CHECK(seen.size() == 6);
  // No path to x goes through a tensor of another graph, and none of this one is needed for h itself.
  seen.clear();
  CHECK(grad(y, {h})[0].item() == 9.0);
  CHECK(seen == Numbers64{1, 9});
}

TEST_CASE("hooks: a replacement goes on from there", "[hooks]") {
  Tensor x = variable(Array({2}, {1, 2}));
  const Tensor h = x * 3.0;
  h.register_hook([](const Tensor& g) { return g * 10.0; });
  h.register_hook([](const Tensor& g) { return g + 1.0; });  // in the order they were registered
  x.register_hook([](const Tensor&) { return Tensor(); });   // an empty tensor changes nothing
  const Tensor y = sum(h);
  CHECK(grad(y, {h})[0].to_vector() == Numbers64{11, 11});
  y.backward();
  CHECK(x.grad().to_vector() == Numbers64{33, 33});
}

TEST_CASE("hooks: where the gradient is recorded, so is what a hook makes of it", "[hooks]") {
  const Tensor x = variable(3.0);
  const Tensor h = x * x;
  h.register_hook([](const Tensor& g) { return g * g; });
  const Tensor g = recorded_grad(h * x, {x})[0];  // through h: x²·2x, beside it: x²
  CHECK(g.item() == 3.0 * 3.0 * 6.0 + 9.0);
  CHECK(grad(g, {x})[0].item() == 6.0 * 9.0 + 6.0);
}

TEST_CASE("hooks: a replacement of another shape or type is refused", "[hooks]") {
  Tensor x = variable(Array({2}, {1, 2})).set_name("weights");
  HookHandle hook = x.register_hook([](const Tensor& g) { return sum(g); });
  CHECK_THROWS_MATCHES(
      sum(x * x).backward(), ShapeError,
      test::Message("[hook] the gradient of leaf 'weights' is float64 [2], the hook's replacement float64 []"));
  hook.remove();
  x.register_hook([](const Tensor& g) { return cast(g, DType::float32); });
  CHECK_THROWS_AS(sum(x * x).backward(), ShapeError);
  CHECK_FALSE(x.has_grad());
}

TEST_CASE("hooks: one may remove itself while it runs", "[hooks]") {
  const Tensor x = variable(2.0);
  const Tensor y = x * x;
  int runs = 0;
  HookHandle handle;
  handle = x.register_hook([&, big = std::vector<double>(100, 1.0)](const Tensor& g) {
    handle.remove();
    ++runs;
    return g * big[static_cast<std::size_t>(runs)];  // what it captured is still there
  });
  CHECK(handle.registered());
  CHECK(grad(y, {x})[0].item() == 4.0);
  CHECK_FALSE(handle.registered());
  CHECK(grad(y, {x})[0].item() == 4.0);
  CHECK(runs == 1);
  handle.remove();
  HookHandle().remove();
}

TEST_CASE("hooks: one may remove another, register one, and outlive its tensor", "[hooks]") {
  const Tensor x = variable(2.0);
  const Tensor y = x * x;
  int later = 0;
  HookHandle second;
  x.register_hook([&](const Tensor&) {
    second.remove();
    x.register_hook([&](const Tensor&) { ++later; });
  });
  second = x.register_hook([&](const Tensor&) { FAIL("it was removed before its turn"); });
  (void)grad(y, {x});
  CHECK(later == 0);
  (void)grad(y, {x});
  CHECK(later == 1);
  HookHandle orphan;
  {
    const Tensor gone = variable(1.0);
    orphan = gone.register_hook([](const Tensor&) {});
    CHECK(orphan.registered());
  }
  CHECK_FALSE(orphan.registered());
  orphan.remove();
}

TEST_CASE("hooks: one that throws leaves every leaf as it was, and is named", "[hooks]") {
  Tensor x = variable(2.0);
  Tensor w = variable(5.0);
  const Tensor h = tanh(x);
  HookHandle hook = h.register_hook([](const Tensor&) { throw std::runtime_error("no"); });
  const Tensor y = h * w;
  CHECK_THROWS_MATCHES(y.backward(), std::runtime_error, test::Message("no (in a hook of tanh)"));
  CHECK_FALSE(x.has_grad());
  CHECK_FALSE(w.has_grad());
  hook.remove();
  y.backward();
  CHECK(w.grad().item() == h.item());
}

TEST_CASE("hooks: one may walk its own graph and others while the walk goes on", "[hooks]") {
  Tensor x = variable(3.0);
  const Tensor h = x * x;
  const Tensor y = h * x;
  double inner = 0.0;
  HookHandle hook;
  hook = h.register_hook([&](const Tensor&) {
    hook.remove();  // the walk below comes through h too
    inner = grad(h * h, {x})[0].item();
    variable(1.0).backward();
  });
  y.backward();
  CHECK(x.grad().item() == 27.0);
  CHECK(inner == 108.0);
}

TEST_CASE("hooks: only what has a gradient can have one", "[hooks]") {
  CHECK_THROWS_MATCHES(Tensor(1.0).register_hook([](const Tensor&) {}), GraphError,
                       test::Message("[register_hook] this tensor has no gradient: it does not require one"));
  CHECK_THROWS_AS(Tensor().register_hook([](const Tensor&) {}), GraphError);
}

TEST_CASE("hooks: a chain of tensors that only hooks own is freed without recursion", "[hooks]") {
  const Tensor x = variable(1.0);
  Tensor y = x;
  for (int k = 0; k < 200'000; ++k) {
    const Tensor before = y;
    y = y + 1.0;
    y.register_hook([before](const Tensor&) {});
  }
  y = Tensor();
  CHECK(x.item() == 1.0);
}
