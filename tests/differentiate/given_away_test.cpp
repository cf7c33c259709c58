// A loss that is given away to its backward pass.
#include <memory>
#include <utility>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/differentiate/gradient.h"
#include "autograd/math/ops.h"
#include "autograd/tensor/ops/structural.h"
#include "tests/catch.h"
#include "tests/reference/same.h"

using namespace gradus;
using namespace gradus::reference;

namespace {

struct Model {
  Tensor w = parameter(Array({2, 2}, {0.5, -1.0, 2.0, 0.25}));
  Tensor b = parameter(Array({2}, {0.1, -0.2}));
  Tensor x = Tensor(Array({3, 2}, {1.0, 2.0, -1.0, 0.5, 0.0, 3.0}));
  [[nodiscard]] Tensor hidden() const { return tanh(matmul(x, w) + b); }
  [[nodiscard]] Tensor loss() const {
    const Tensor h = hidden();
    return sum(h * h + h);
  }
};

}  // namespace

TEST_CASE("given away: the gradients are the same bits, and the tensor is empty afterwards", "[backward]") {
  Model kept;
  Model given;
  const Tensor loss = kept.loss();
  loss.backward();
  Tensor gone = given.loss();
  std::move(gone).backward();
  CHECK_FALSE(gone.defined());  // NOLINT: what is left of it is the point
  CHECK(difference(kept.w.grad(), given.w.grad()) == "");
  CHECK(difference(kept.b.grad(), given.b.grad()) == "");
  loss.backward();  // one that was not given away can be walked again
  CHECK(difference(kept.b.grad(), (2.0 * given.b.grad())) == "");
}

TEST_CASE("given away: what something else holds stays whole", "[backward]") {
  Model model;
  const Tensor h = model.hidden();
  Tensor loss = sum(h * h);
  const Tensor copy = loss;
  const Tensor other = sum(exp(h));
  std::move(loss).backward();
  const Array first = model.w.grad();
  model.w.zero_grad();
  copy.backward();
  CHECK(difference(model.w.grad(), first) == "");
  model.w.zero_grad();
  other.backward();
  CHECK(model.w.has_grad());
}

TEST_CASE("given away: what was recorded is freed during the walk, not after it", "[backward]") {
  const Tensor x = variable(Array({2}, {0.5, 1.0}));
  Tensor a = exp(x);
  bool freed = false;
  bool seen = false;
  auto token = std::make_shared<int>(1);
  const std::weak_ptr<int> alive = token;
  a.register_hook([&](const Tensor&) {
    seen = true;
    freed = alive.expired();
  });
  Tensor b = tanh(a);
  b.register_hook([held = std::move(token)](const Tensor&) {});
  Tensor loss = sum(b * b);
  b = Tensor();
  a = Tensor();
  std::move(loss).backward();
  CHECK(seen);
  CHECK(freed);
}

TEST_CASE("given away: what lets go during the walk does no harm", "[backward]") {
  const Tensor x = variable(Array({2}, {0.5, 1.0}));
  Tensor r;
  {
    Tensor a = exp(x);
    a.register_hook([&](const Tensor&) { r = Tensor(); });
    r = tanh(a);
  }
  Tensor loss = sum(r * r);
  std::move(loss).backward();
  const Tensor again = sum(tanh(exp(x)) * tanh(exp(x)));
  CHECK(difference(x.grad(), grad(again, {x})[0].value(), 4) == "");
}

TEST_CASE("given away: a parameter is updated in place once nothing holds its old value", "[backward]") {
  Model model;
  model.loss().backward();
  const void* const before = model.w.value().bytes();
  const std::vector<double> expected = (model.w.value() - 0.5 * model.w.grad()).to_vector();
  model.w.descend(0.5, model.w.grad());
  CHECK(model.w.value().bytes() == before);
  CHECK(model.w.to_vector() == expected);

  const Array held = model.w.value();
  const std::vector<double> old = held.to_vector();
  model.w.descend(0.5, model.w.grad());
  CHECK(held.to_vector() == old);
  CHECK(model.w.to_vector() != old);
}

TEST_CASE("given away: what cannot be walked is refused and keeps its value", "[backward]") {
  Tensor constant(2.0);
  CHECK_THROWS_AS(std::move(constant).backward(), GraphError);
  CHECK(constant.item() == 2.0);  // NOLINT: a refused tensor is still there
  Tensor wide = variable(Array({2}, {1.0, 2.0}));
  CHECK_THROWS_AS(std::move(wide).backward(), GraphError);
  CHECK_THROWS_WITH(wide.descend(1.0, Array({3}, {1.0, 2.0, 3.0})), "[descend] the leaf is [2], the new value [3]");
}
