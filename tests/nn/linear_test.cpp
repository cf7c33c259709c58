// Linear layers, neurons and networks: shapes, starting values, and what they compute.
#include "nn/layers/linear.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/differentiate/gradient.h"
#include "autograd/math/ops.h"
#include "autograd/tensor/ops/structural.h"
#include "tests/catch.h"
#include "tests/reference/cases.h"
#include "tests/reference/same.h"
#include "tests/reference/tolerance.h"

using namespace gradus;
using namespace gradus::reference;

TEST_CASE("linear: z = x·Wᵀ + b", "[linear]") {
  nn::Linear layer(2, 3);
  layer.weight().set_value(Array({3, 2}, {1, 4, 2, 5, 3, 6}));
  layer.bias().set_value(Array({3}, {10, 20, 30}));
  const Tensor x(Array({2, 2}, {1, 0, 1, 1}));
  CHECK(layer(x).to_vector() == std::vector<double>{11, 22, 33, 15, 27, 39});
  CHECK(layer(x).to_vector() == linear(x, layer.weight(), layer.bias()).to_vector());
  CHECK(layer.parameter_count() == 9);
  CHECK(layer.kind() == "Linear");
  CHECK(layer.note() == "2 → 3, 9 parameters");
}

TEST_CASE("linear: weights start within Glorot's bound, the bias at 0", "[linear]") {
  const nn::Linear layer(30, 50, {.seed = 5});
  const double limit = std::sqrt(6.0 / 80.0);
  double square = 0.0;
  for (const double w : layer.weight().to_vector()) {
    CHECK(std::abs(w) <= limit);
    square += w * w / 1500.0;
  }
  // The variance of 2/(inputs + outputs) that Glorot and Bengio ask for, within six standard deviations.
  CHECK(std::abs(square - 2.0 / 80.0) < 6 * (2.0 / 80.0) * std::sqrt(0.8 / 1500.0));
  CHECK(layer.bias().to_vector() == std::vector<double>(50, 0.0));
}

TEST_CASE("linear: the key decides the start", "[linear]") {
  const auto start = [](const Key& key) { return nn::Linear(4, 4, key).weight().to_vector(); };
  CHECK(start({.seed = 1}) == start({.seed = 1}));
  CHECK(start({.seed = 1}) != start({.seed = 2}));
  const auto layers = nn::MLP({4, 4, 4}, gradus::tanh<Tensor>, ops::identity<Tensor>, {.seed = 1}).parameters();
  CHECK(layers[0].to_vector() != layers[2].to_vector());
}

TEST_CASE("linear: sizes below 1 and networks without layers are refused", "[linear]") {
  CHECK_THROWS_MATCHES(nn::Linear(0, 3), ValueError, test::Message("[linear] inputs is 0: it must be at least 1"));
  CHECK_THROWS_AS(nn::Linear(3, -1), ValueError);
  CHECK_THROWS_MATCHES(nn::MLP({5}), ValueError, test::Message("[mlp] two sizes at least are needed, got 1"));
  CHECK_THROWS_AS(nn::MLP(std::span<const std::int64_t>()), ValueError);
}

TEST_CASE("linear: an input of another width is refused with both shapes", "[linear]") {
  nn::Linear layer(2, 3);
  CHECK_THROWS_MATCHES(layer(Tensor(Array::zeros({5, 4}))), ShapeError,
                       test::Message("[linear] x [..., k], W [n, k] and b [n] are needed: [5, 4] by [3, 2] and [3]"));
  // A failed call leaves no scope open.
  const Tensor x = variable(1.0);
  CHECK_FALSE((x * x).record()->scope);
}

TEST_CASE("linear: a network's shapes from batch to output", "[linear]") {
  nn::MLP model({3, 8, 5, 2});
  CHECK(model(Tensor(Array::zeros({7, 3}))).shape() == Shape{7, 2});
  CHECK(model(Tensor(Array::zeros({0, 3}))).shape() == Shape{0, 2});
  std::vector<Shape> shapes;
  for (const Tensor& p : model.parameters()) shapes.push_back(p.shape());
  CHECK(shapes == std::vector<Shape>{{8, 3}, {8}, {5, 8}, {5}, {2, 5}, {2}});
  CHECK(model.note() == "3 → 8 → 5 → 2, 89 parameters");
}

TEST_CASE("linear: float32 all the way", "[linear]") {
  nn::MLP model({3, 8, 2});
  model.to(DType::float32);
  for (const Tensor& p : model.parameters()) CHECK(p.dtype() == DType::float32);
  const Tensor y = model(Tensor(Array::zeros({4, 3}, DType::float32)));
  CHECK(y.dtype() == DType::float32);
  sum(y * y).backward();
  for (const Tensor& p : model.parameters()) CHECK(p.grad().dtype() == DType::float32);
}

TEST_CASE("linear: hidden activations are not the output's", "[linear]") {
  nn::MLP model({1, 1, 1}, relu<Tensor>, sigmoid<Tensor>);
  const auto p = model.parameters();
  Tensor(p[0]).set_value(Array({1, 1}, {1}));
  Tensor(p[2]).set_value(Array({1, 1}, {1}));
  CHECK(model(Tensor(Array({1, 1}, {-3}))).item() == 0.5);
  CHECK(model(Tensor(Array({1, 1}, {2}))).item() == sigmoid(2.0));
}

TEST_CASE("linear: one neuron, forward and backward, exactly", "[linear]") {
  const Json& c = torture_cases().at("perceptron-exact");
  const Json& e = c.at("expected");
  nn::Perceptron neuron(3, relu<Tensor>);
  neuron.weight().set_value(array_of(c.at("inputs").at("w")).reshape({1, 3}));
  neuron.bias().set_value(array_of(c.at("inputs").at("b")).reshape({1}));
  const Tensor y = neuron(Tensor(Array({1, 3}, {1, 2, 3})));
  CHECK(y.shape() == Shape{1, 1});
  CHECK(y.to_vector() == numbers_of(e.at("value").at("data")));
  const auto g = grad(y, {neuron.weight(), neuron.bias()});
  CHECK(g[0].to_vector() == numbers_of(e.at("grads").at("w").at("data")));
  CHECK(g[1].to_vector() == numbers_of(e.at("grads").at("b").at("data")));
}

TEST_CASE("linear: no two layers start equal, and every run starts the same", "[linear]") {
  const auto weights = [](const nn::Module& m) { return m.parameters()[0].to_vector(); };
  const nn::Linear a(3, 3), b(3, 3);
  CHECK(weights(a) != weights(b));
  nn::Sequential model({std::make_shared<nn::Linear>(3, 3), std::make_shared<nn::Linear>(3, 3)});
  CHECK(model.parameters()[0].to_vector() != model.parameters()[2].to_vector());
  CHECK(weights(nn::MLP({3, 3})) != weights(nn::MLP({3, 3})));
  CHECK(weights(nn::Perceptron(3)) != weights(nn::Perceptron(3)));

  const auto several = [&](const Key& key) {
    const nn::InitialKeys keys(key);
    std::vector<std::vector<double>> out;
    for (int k = 0; k < 3; ++k) out.push_back(weights(nn::MLP({3, 3})));
    for (int k = 0; k < 3; ++k) out.push_back(weights(nn::Linear(3, 3)));
    return out;
  };
  std::vector<std::vector<double>> drawn = several({.seed = 4});
  CHECK(drawn == several({.seed = 4}));
  CHECK(drawn != several({.seed = 5}));
  CHECK(drawn[0] == weights(nn::MLP({3, 3}, nn::tanh_of, ops::identity<Tensor>, {.seed = 4})));
  std::ranges::sort(drawn);
  CHECK(std::ranges::adjacent_find(drawn) == drawn.end());
}

TEST_CASE("linear: activations as functions, by name and as modules", "[linear]") {
  const auto output = [](nn::MLP&& model) { return model(Tensor(Array({1, 2}, {0.5, -0.25}))).to_vector(); };
  const Key key{.seed = 3};
  const auto expected = output(nn::MLP({2, 3, 1}, relu<Tensor>, sigmoid<Tensor>, key));
  CHECK(output(nn::MLP({2, 3, 1}, "relu", "sigmoid", key)) == expected);
  CHECK(output(nn::MLP({2, 3, 1}, nn::Relu(), nn::Sigmoid(), key)) == expected);
  const nn::Relu shared;
  CHECK(output(nn::MLP({2, 3, 1}, shared, std::string("sigmoid"), key)) == expected);
  CHECK_THROWS_MATCHES(nn::MLP({1, 2}, "rellu"), ValueError,
                       test::Message("[activation] there is none named 'rellu'; did you mean 'relu'? (there are " +
                                     fmt::format("{})", fmt::join(nn::activation_names(), ", "))));
  CHECK_THROWS_MATCHES(nn::MLP({1, 2, 3}, nn::Activation{}), ValueError,
                       test::Message("[layer] the activation is empty: it holds no function"));
  CHECK_THROWS_MATCHES(nn::Perceptron(2, nn::Activation()), ValueError,
                       test::Message("[layer] the activation is empty: it holds no function"));
}
