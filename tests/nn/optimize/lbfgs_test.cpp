// L-BFGS: down to the minimum, and on from a saved state.
#include <string>
#include <vector>

#include "autograd/autograd.h"
#include "nn/nn.h"
#include "tests/catch.h"

using namespace gradus;

namespace {

struct Valley {
  Tensor p = parameter(Array({2}, {-1.2, 1.0}));
  Tensor operator()() const { return square(1.0 - p[0]) + 100.0 * square(p[1] - square(p[0])); }  // Rosenbrock 1960
};

}  // namespace

TEST_CASE("lbfgs: down the valley", "[optimizer]") {
  for (const bool strong_wolfe : {true, false}) {
    INFO(strong_wolfe);
    Valley valley;
    nn::LBFGS optimizer({valley.p}, strong_wolfe ? 1.0 : 0.1,
                        {.tolerance_grad = 1e-12, .tolerance_change = 1e-16, .strong_wolfe = strong_wolfe});
    double first = optimizer.step(valley);
    CHECK_THAT(first, test::WithinRel(24.2, 1e-12));
    for (int k = 0; k < 30; ++k) first = optimizer.step(valley);
    CHECK(first < 1e-15);
    CHECK_THAT(valley.p.to_vector()[1], test::WithinAbs(1.0, 1e-7));
  }
}

TEST_CASE("lbfgs: a model is fitted, and a state gone on from", "[optimizer]") {
  const Tensor x{{-1.0}, {0.0}, {2.0}}, y{{-1.0}, {1.0}, {5.0}};
  nn::Linear model(1, 1, Key{1}), twin(1, 1, Key{1});
  nn::LBFGS one(model.parameters(), 0.1, {.max_iter = 3, .history_size = 2}), two(twin.parameters());
  const auto loss = [&](nn::Linear& m) { return [&] { return nn::mse_loss(m(x), y); }; };
  for (int k = 0; k < 3; ++k) one.step(loss(model));
  twin.weight().set_value(model.weight());
  twin.bias().set_value(model.bias());
  nn::LBFGS resumed(twin.parameters(), 1.0, {.max_iter = 3, .history_size = 2});
  resumed.load_state(one.state());
  for (int k = 0; k < 100; ++k) {
    one.step(loss(model));
    resumed.step(loss(twin));
    REQUIRE(model.weight().item() == twin.weight().item());
  }
  CHECK_THAT(model.weight().item(), test::WithinAbs(2.0, 1e-4));
  CHECK_THROWS_MATCHES(one.load_state({}), ValueError, test::Message("[lbfgs] the state has no 'rate'"));
  std::vector<nn::NamedArray> other = one.state();
  other[4].array = Array({1}, {1.0});
  CHECK_THROWS_MATCHES(one.load_state(other), ShapeError,
                       test::Message("[lbfgs] 'direction' of the state has 1 numbers, the parameters 2"));
  nn::mse_loss(model(x), y).backward();
  nn::Optimizer& base = one;
  CHECK_THROWS_MATCHES(base.step(), GraphError,
                       test::Message("[lbfgs] a step asks for the loss more than once: call step(loss)"));
  CHECK_THROWS_MATCHES(
      nn::LBFGS({}, 1.0, {.max_iter = 0}), ValueError,
      test::Message("[lbfgs] 0 iterations, 0 evaluations and 100 past steps: there must be one at least"));
}
