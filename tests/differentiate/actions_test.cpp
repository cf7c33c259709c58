// The graph cases of torture.json that are actions, and anomaly mode.
#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/differentiate/gradient.h"
#include "autograd/differentiate/transforms.h"
#include "autograd/math/ops.h"
#include "autograd/tensor/anomaly.h"
#include "autograd/tensor/ops/structural.h"
#include "tests/catch.h"
#include "tests/reference/cases.h"

using namespace gradus;
using namespace gradus::reference;

namespace {

using Numbers64 = std::vector<double>;

const Json& expected(const char* id) { return torture_cases().at(id).at("expected"); }

/// What a function throws, as text; empty when it throws nothing.
template <class E, class F>
std::string message_of(const F& f) {
  try {
    f();
  } catch (const E& error) {
    return error.what();
  }
  return {};
}

}  // namespace

TEST_CASE("actions: several outputs, each with its seed, in one walk", "[actions]") {
  Tensor x = variable(2.0);
  const Tensor y1 = x * x;
  const Tensor y2 = y1 * x;
  backward({y1, y2}, {Array(3.0), Array(0.5)});
  CHECK(x.grad().item() == number_of(expected("multi-output-seeds").at("grad_x")));
  CHECK(grad({y1, y2}, {x}, {Array(3.0), Array(0.5)})[0].item() == 18.0);
  CHECK(grad({y1, y1}, {x, y1}, {Array(1.0), Array(2.0)})[1].item() == 3.0);
  const std::vector<Tensor> y{y1, y2};
  const std::vector<Tensor> u{variable(3.0), variable(0.5)};
  const Tensor g = recorded_grad(y, std::span(&x, 1), u)[0];  // 2x·u₀ + 3x²·u₁
  CHECK(g.item() == 18.0);
  CHECK(grad(g, {x, u[0], u[1]})[0].item() == 12.0);
  CHECK(grad(g, {x, u[0], u[1]})[2].item() == 12.0);
  CHECK_THROWS_MATCHES(grad({y1, y2}, {x}, {Array(1.0)}), GraphError,
                       test::Message("[grad] 2 tensors but 1 seeds: each needs one"));
  CHECK_THROWS_AS(backward({y1, Tensor(1.0)}, {Array(1.0), Array(1.0)}), GraphError);
  CHECK(x.grad().item() == 18.0);
}

TEST_CASE("actions: a seed has the shape of its tensor", "[actions]") {
  Tensor x = variable(Array({3}, {1, 2, 3}));
  const Tensor y = x * x;
  for (const Shape& shape : {Shape{1, 3}, Shape{4}}) {
    CHECK_THROWS_AS(y.backward(Array::zeros(shape)), ShapeError);
    CHECK_THROWS_AS(grad({y}, {x}, {Array::zeros(shape)}), ShapeError);
  }
  CHECK_FALSE(x.has_grad());
}

TEST_CASE("actions: backward twice adds twice, and zero_grad starts again", "[actions]") {
  Tensor x = variable(Array({2}, {0.1, 3}));
  const Tensor y = sum(x * x);
  y.backward();
  const Numbers64 once = x.grad().to_vector();
  y.backward();
  CHECK(x.grad().to_vector() == Numbers64{2 * once[0], 2 * once[1]});
  x.zero_grad();
  y.backward();
  CHECK(x.grad().to_vector() == once);
}

TEST_CASE("actions: the gradient of an intermediate result, kept by a hook", "[actions]") {
  Tensor input = variable(Array({3}, {1, 1, 1}));
  const Tensor h = input * 3.0;
  const Tensor out = sum(h * h);
  Array kept = Array::zeros({3});
  h.register_hook([&](const Tensor& g) { kept = kept + g.value(); });
  out.backward();
  CHECK(kept.to_vector() == Numbers64{6, 6, 6});  // 2h
  out.backward();
  CHECK(kept.to_vector() == Numbers64{12, 12, 12});  // 4h
  CHECK(input.grad().to_vector() == Numbers64{36, 36, 36});
  CHECK(grad(out, {h})[0].to_vector() == Numbers64{6, 6, 6});
}

TEST_CASE("actions: by an intermediate result, by itself, by what is not part of the graph", "[actions]") {
  const Tensor x = variable(1.0);
  const Tensor y = tanh(x);
  const Tensor z = y * y;
  CHECK(grad(z, {y})[0].item() == 2 * y.item());
  CHECK(grad(y, {y})[0].item() == number_of(expected("grad-wrt-self").at("grad")));
  // A tensor belongs to no graph object here: what y does not depend on has zeros as its gradient (K15).
  const Tensor foreign = variable(Array({2}, {1, 2}));
  CHECK(grad(z, {foreign})[0].to_vector() == Numbers64{0, 0});
  CHECK_FALSE(connected(z, foreign));
  CHECK_THROWS_AS(grad(z, {Tensor()}), GraphError);
}

TEST_CASE("actions: nothing is recorded under NoGrad", "[actions]") {
  const Tensor x = variable(3.0);
  const NoGrad no_grad;
  const Tensor y = x * x;
  CHECK_FALSE(y.requires_grad());
  CHECK_FALSE(y.record());
  const Recording recording;
  CHECK((x * x).requires_grad());
}

TEST_CASE("actions: what was recorded keeps its numbers", "[actions]") {
  Tensor x = variable(3.0);
  const Tensor y = x * x;
  x.set_value(Array(5.0));
  y.backward();
  CHECK(x.grad().item() == 6.0);
}

TEST_CASE("actions: a tensor outlives all else of its graph", "[actions]") {
  const auto make = [] {
    const Tensor x = variable(Array({2}, {1, 2}));
    const Tensor h = tanh(x) * x;
    return sum(h * h);
  };
  const Tensor y = make();
  y.backward();
  CHECK(y.item() > 0.0);
}

TEST_CASE("actions: a tensor that was moved from says so", "[actions]") {
  Tensor t = variable(1.0);
  const Tensor u = std::move(t);
  CHECK(u.item() == 1.0);
  CHECK_THROWS_AS(t.shape(), GraphError);  // NOLINT: that is the case
  CHECK_THROWS_AS(t * u, GraphError);
  CHECK_THROWS_AS(grad(u, {t}), GraphError);
}

TEST_CASE("anomaly: the op that first makes a NaN is named with its place", "[anomaly]") {
  const Tensor x = variable(Array({2}, {1.0, -1.0}), "x");
  CHECK(std::isnan(log(x).to_vector()[1]));  // unnoticed outside
  const DetectAnomaly detect;
  const int line = __LINE__ - 1;
  const std::string message = message_of<GraphError>([&] { return exp(log(x * 2.0)); });
  CHECK(message.starts_with("[log] element 1 of its result [2] is NaN, recorded at "));
  CHECK(message.find("actions_test.cpp:" + std::to_string(line)) != std::string::npos);
  // So is one that nobody differentiates.
  CHECK(
      message_of<GraphError>([&] { return log(Tensor(-1.0)); }).starts_with("[log] element 0 of its result [] is NaN"));
  // An infinity is a number like any other.
  CHECK(log(variable(0.0)).item() == -std::numeric_limits<double>::infinity());
  const Tensor nan = variable(std::nan(""));
  CHECK(message_of<GraphError>([&] { return nan * 2.0; }).find("; argument 0 has one already") != std::string::npos);
}

TEST_CASE("anomaly: in the backward pass an infinity counts too", "[anomaly]") {
  const DetectAnomaly detect;
  Tensor x = variable(Array({2}, {0, 0}), "x");
  const Tensor squares = sum(x * x);
  Tensor root;
  int line = 0;
  {
    const Here here;
    line = __LINE__ - 1;
    root = sqrt(squares);
  }
  const std::string message = message_of<GraphError>([&] { root.backward(); });
  CHECK(message.starts_with("[sqrt] its backward pass gives element 0 of argument 0 the gradient inf, recorded at "));
  CHECK(message.find("actions_test.cpp:" + std::to_string(line)) != std::string::npos);
  CHECK_FALSE(x.has_grad());
  root.set_name("length");
  CHECK(message_of<GraphError>([&] { (void)recorded_grad(root, {x}); }).starts_with("[sqrt 'length'] "));
}

TEST_CASE("anomaly: the guards nest and end", "[anomaly]") {
  const Tensor x = variable(-1.0);
  {
    const DetectAnomaly outer;
    { const DetectAnomaly inner; }
    CHECK_THROWS_AS(log(x), GraphError);
  }
  CHECK(std::isnan(log(x).item()));
  const Tensor y = log(x);
  const DetectAnomaly detect;
  // Recorded before: the op is named, without a place.
  CHECK(message_of<GraphError>([&] { y.backward(Array(std::nan(""))); }) ==
        "[log] its backward pass gives element 0 of argument 0 the gradient NaN");
}
