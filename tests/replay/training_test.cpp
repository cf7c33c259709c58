// Training steps, compiled and eager, side by side: not a bit may differ, however many steps.
#include <string>
#include <vector>

#include "autograd/differentiate/gradient.h"
#include "autograd/differentiate/transforms.h"
#include "autograd/graph/graph.h"
#include "autograd/replay/compile.h"
#include "autograd/tensor/ops/linear_algebra.h"
#include "autograd/tensor/ops/losses.h"
#include "autograd/tensor/ops/structural.h"
#include "nn/nn.h"
#include "tests/catch.h"
#include "tests/reference/replays.h"
#include "tests/reference/sample.h"

using namespace gradus;
using namespace gradus::reference;

namespace {

constexpr double rate = 0.05;

std::vector<Array> weights(DType dtype) {
  Numbers numbers(3);
  std::vector<Array> out;
  for (const Shape& shape : {Shape{8, 5}, Shape{8}, Shape{3, 8}, Shape{3}}) {
    out.push_back(random_array(numbers, shape, dtype, -0.5, 0.5));
  }
  return out;
}

Tensor forward(std::span<const Tensor> w, const Tensor& x) { return linear(tanh(linear(x, w[0], w[1])), w[2], w[3]); }

/// Parameters and data to the loss and new parameters.
template <class Loss>
std::vector<Tensor> step(TensorList all, const Loss& loss) {
  const TensorList w = all.first(4);
  const auto [value, g] = value_and_grad([&](TensorList p) { return loss(forward(p, all[4]), all[5]); }, w);
  std::vector<Tensor> out{value};
  for (std::size_t k = 0; k < 4; ++k) out.push_back(w[k] - rate * g[k]);
  return out;
}

template <class Loss>
void train(DType dtype, const Loss& loss) {
  const auto one = [&](TensorList all) { return step(all, loss); };
  const auto compiled = compile(one);
  Numbers numbers(8);
  std::vector<Tensor> eager;
  for (const Array& a : weights(dtype)) eager.push_back(variable(a));
  std::vector<Tensor> fast = eager;
  for (int i = 0; i < 20; ++i) {
    const Tensor x(random_array(numbers, {16, 5}, dtype));
    const Tensor y(random_array(numbers, {16, 3}, dtype, 0.0, 1.0));
    const auto run = [&](std::vector<Tensor>& w, const auto& f) {
      std::vector<Tensor> all = w;
      all.push_back(x);
      all.push_back(y);
      std::vector<Tensor> out = f(TensorList(all));
      w.assign(out.begin() + 1, out.end());
      return out[0];
    };
    const Tensor a = run(eager, one);
    const Tensor b = run(fast, compiled);
    REQUIRE(other_bits(b.value(), a.value()) == "");
    for (std::size_t k = 0; k < 4; ++k) REQUIRE(other_bits(fast[k].value(), eager[k].value()) == "");
  }
  CHECK(compiled.traces() == 1);
}

}  // namespace

TEST_CASE("training: the update is part of the plan", "[replay]") {
  for (const DType dtype : {DType::float32, DType::float64}) {
    train(dtype, [](const Tensor& p, const Tensor& y) { return mse(p, y); });
    train(dtype, [](const Tensor& p, const Tensor& y) { return cross_entropy(p, y); });
  }
}

TEST_CASE("training: backward() inside, the optimizer outside", "[replay]") {
  for (const DType dtype : {DType::float32, DType::float64}) {
    nn::MLP eager({2, 16, 16, 1}, tanh<Tensor>, ops::identity<Tensor>, {.seed = 4});
    nn::MLP fast({2, 16, 16, 1}, tanh<Tensor>, ops::identity<Tensor>, {.seed = 4});
    eager.to(dtype);
    fast.to(dtype);
    nn::SGD eager_optimizer(eager.parameters(), rate, 0.9);
    nn::SGD fast_optimizer(fast.parameters(), rate, 0.9);
    const auto step_of = [](nn::MLP& model) {
      return [&model](const Tensor& x, const Tensor& y) {
        const Tensor loss = nn::mse_loss(model(x), y);
        loss.backward();
        return loss;
      };
    };
    const auto compiled = compile(step_of(fast));
    Numbers numbers(8);
    for (int i = 0; i < 20; ++i) {
      const Tensor x(random_array(numbers, {32, 2}, dtype));
      const Tensor y(random_array(numbers, {32, 1}, dtype));
      eager_optimizer.zero_grad();
      const Tensor a = step_of(eager)(x, y);
      eager_optimizer.step();
      fast_optimizer.zero_grad();
      const Tensor b = compiled(x, y);
      fast_optimizer.step();
      REQUIRE(other_bits(b.value(), a.value()) == "");
    }
    for (std::size_t k = 0; k < eager.parameters().size(); ++k) {
      CHECK(other_bits(fast.parameters()[k].value(), eager.parameters()[k].value()) == "");
    }
    CHECK(compiled.traces() == 1);
  }
}

TEST_CASE("training: grad of captured parameters, which change between the calls", "[replay]") {
  nn::MLP model({3, 8, 4}, relu<Tensor>, ops::identity<Tensor>, {.seed = 4});
  const std::vector<Tensor> parameters = model.parameters();
  const auto f = [&](const Tensor& x, const Tensor& y) {
    const Tensor loss = nn::cross_entropy(model(x), y);
    std::vector<Tensor> out{loss};
    for (Tensor& g : grad(loss, parameters)) out.push_back(std::move(g));
    return out;
  };
  const auto compiled = compile(f);
  Numbers numbers(2);
  for (int i = 0; i < 10; ++i) {
    const Tensor x(random_array(numbers, {12, 3}));
    const Tensor y(random_array(numbers, {12, 4}, DType::float64, 0.0, 0.5));
    const std::vector<Tensor> a = f(x, y);
    const std::vector<Tensor> b = compiled(x, y);
    REQUIRE(a.size() == b.size());
    for (std::size_t k = 0; k < a.size(); ++k) REQUIRE(other_bits(b[k].value(), a[k].value()) == "");
    for (std::size_t k = 0; k < parameters.size(); ++k) {
      Tensor p = parameters[k];
      p.set_value(p.value() - rate * b[k + 1].value());
    }
  }
}

TEST_CASE("training: a graph with its recorded update", "[replay]") {
  Numbers numbers(5);
  Tensor w = parameter(random_array(numbers, {4, 3}), "w");
  Tensor b = parameter(random_array(numbers, {3}), "b");
  const Tensor x(random_array(numbers, {10, 4}), "x");
  const Tensor y(random_array(numbers, {10, 3}), "y");
  const auto loss_of = [&](const Tensor& weight, const Tensor& bias, const Tensor& in, const Tensor& target) {
    return mse(matmul(in, weight) + bias, target);
  };
  const Tensor loss = loss_of(w, b, x, y);
  const std::vector<Tensor> g = recorded_grad(loss, {w, b});
  const Graph graph{loss, w - rate * g[0], b - rate * g[1]};
  Array w_now = w.value();
  Array b_now = b.value();
  for (int i = 0; i < 10; ++i) {
    const Array batch = random_array(numbers, {10, 4});
    const Tensor we = variable(w_now);
    const Tensor be = variable(b_now);
    const Tensor expected = loss_of(we, be, Tensor(batch), y);
    const std::vector<Tensor> gradients = grad(expected, {we, be});
    const std::vector<Array> out = graph.run({{"x", batch}, {w, w_now}, {"b", b_now}});
    REQUIRE(other_bits(out[0], expected.value()) == "");
    w_now = w_now - rate * gradients[0].value();
    b_now = b_now - rate * gradients[1].value();
    REQUIRE(other_bits(out[1], w_now) == "");
    REQUIRE(other_bits(out[2], b_now) == "");
  }
}
