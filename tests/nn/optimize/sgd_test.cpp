// Gradient descent, step by step.
#include <cmath>
#include <limits>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/differentiate/gradient.h"
#include "autograd/math/ops.h"
#include "autograd/tensor/ops/structural.h"
#include "nn/optimize/first_order.h"
#include "tests/catch.h"
#include "tests/reference/cases.h"
#include "tests/reference/ulp.h"

using namespace gradus;
using namespace gradus::reference;

TEST_CASE("sgd: one step down the slope", "[optimizer]") {
  Tensor p = parameter(1.0);
  nn::SGD optimizer({p}, 0.1);
  (0.5 * p).backward();
  optimizer.step();
  CHECK(ulp_distance(p.item(), number_of(torture_cases().at("sgd-step").at("expected").at("p"))) <= 1);
}

TEST_CASE("sgd: momentum carries on", "[optimizer]") {
  const Json& expected = torture_cases().at("momentum-2-steps").at("expected");
  Tensor p = parameter(1.0);
  nn::SGD optimizer({p}, 0.125, 0.5);
  for (const char* key : {"p1", "p2"}) {
    optimizer.zero_grad();
    (0.5 * p).backward();
    optimizer.step();
    CHECK(p.item() == number_of(expected.at(key)));
  }
}

TEST_CASE("sgd: a parameter without a gradient stays where it is", "[optimizer]") {
  Tensor used = parameter(1.0);
  Tensor unused = parameter(7.0);
  nn::SGD optimizer({used, unused}, 0.5, 0.9);
  (2.0 * used).backward();
  optimizer.step();
  CHECK(used.item() == 0.0);
  CHECK(unused.item() == 7.0);
}

TEST_CASE("sgd: gradients add up until they are forgotten", "[optimizer]") {
  Tensor p = parameter(1.0);
  nn::SGD optimizer({p}, 0.25);
  p.backward();
  p.backward();
  optimizer.step();
  CHECK(p.item() == 0.5);
  optimizer.zero_grad();
  CHECK_FALSE(p.has_grad());
  optimizer.step();
  CHECK(p.item() == 0.5);
}

TEST_CASE("sgd: the rate can change on the way", "[optimizer]") {
  Tensor p = parameter(1.0);
  nn::SGD optimizer({p}, 0.5);
  p.backward();
  optimizer.set_rate(0.125);
  CHECK(optimizer.rate() == 0.125);
  optimizer.step();
  CHECK(p.item() == 0.875);
}

TEST_CASE("sgd: a step is recorded nowhere and keeps the dtype", "[optimizer]") {
  Tensor p = parameter(Array({2}, {1, 2}).to(DType::float32));
  nn::SGD optimizer({p}, 0.1, 0.9);
  for (int k = 0; k < 3; ++k) {
    optimizer.zero_grad();
    sum(p * p).backward();
    optimizer.step();
  }
  CHECK(p.dtype() == DType::float32);
  CHECK(p.is_leaf());
}

TEST_CASE("sgd: rates and momenta that make no sense are refused", "[optimizer]") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double inf = std::numeric_limits<double>::infinity();
  for (const double rate : {-0.1, nan, inf}) CHECK_THROWS_AS(nn::SGD({}, rate), ValueError);
  for (const double momentum : {-0.1, 1.0, nan}) CHECK_THROWS_AS(nn::SGD({}, 0.1, momentum), ValueError);
  CHECK_THROWS_MATCHES(nn::SGD({}, -0.5), ValueError,
                       test::Message("[sgd] the learning rate is -0.5: it must be finite and not negative"));
  CHECK_THROWS_MATCHES(nn::SGD({}, 0.1, 1.0), ValueError,
                       test::Message("[sgd] the momentum is 1: it must be at least 0 and below 1"));
  nn::SGD optimizer({}, 0.0);
  CHECK_THROWS_AS(optimizer.set_rate(nan), ValueError);
  CHECK(optimizer.rate() == 0.0);
}

TEST_CASE("sgd: what it could not move, or would move twice, is refused", "[optimizer]") {
  const Tensor p = parameter(1.0);
  CHECK_THROWS_MATCHES(nn::SGD({p, parameter(2.0), p}, 0.1), ValueError,
                       test::Message("[sgd] parameters 0 and 2 are one tensor: it would be moved twice a step"));
  const std::string message = "[sgd] parameter 1 is no leaf that is differentiated: it never has a gradient to follow";
  CHECK_THROWS_MATCHES(nn::SGD({p, Tensor(2.0)}, 0.1), ValueError, test::Message(message));
  CHECK_THROWS_MATCHES(nn::SGD({p, p * 2.0}, 0.1), ValueError, test::Message(message));
}
