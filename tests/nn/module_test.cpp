// Modules: which parameters there are, under which names, and how parts are run.
#include "nn/module.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/differentiate/check.h"
#include "autograd/differentiate/gradient.h"
#include "autograd/differentiate/transforms.h"
#include "autograd/math/ops.h"
#include "autograd/tensor/ops/structural.h"
#include "nn/activation.h"
#include "nn/layers/linear.h"
#include "nn/optimize/first_order.h"
#include "tests/catch.h"

using namespace gradus;

namespace {

std::vector<std::string> names(const nn::Module& module) {
  std::vector<std::string> out;
  for (const nn::NamedParameter& p : module.named_parameters()) out.push_back(p.name);
  return out;
}

/// One number that its input is multiplied with.
class Scale : public nn::Module {
 public:
  explicit Scale(double start) : factor_(add_parameter("factor", Array(start))) {}
  [[nodiscard]] std::string kind() const override { return "Scale"; }

 protected:
  Tensor forward(const Tensor& x) override { return x * factor_; }

 private:
  Tensor factor_;
};

}  // namespace

TEST_CASE("module: parameters are named by their path", "[module]") {
  nn::Sequential inner;
  inner.add("first", std::make_shared<Scale>(2.0)).add("second", std::make_shared<Scale>(3.0));
  CHECK(names(inner) == std::vector<std::string>{"first.factor", "second.factor"});
  auto shared = std::make_shared<nn::Sequential>();
  shared->add("scale", std::make_shared<Scale>(5.0));
  nn::Sequential outer;
  outer.add("block", shared).add("last", std::make_shared<nn::Linear>(2, 3));
  CHECK(names(outer) == std::vector<std::string>{"block.scale.factor", "last.weight", "last.bias"});
  CHECK(outer.parameter_count() == 1 + 6 + 3);
  CHECK(outer.parameters().size() == 3);
}

TEST_CASE("module: a network names its layers from 1", "[module]") {
  const nn::MLP model({2, 16, 16, 1});
  CHECK(names(model) == std::vector<std::string>{"layer1.weight", "layer1.bias", "layer2.weight", "layer2.bias",
                                                 "layer3.weight", "layer3.bias"});
  CHECK(model.parameter_count() == 2 * 16 + 16 + 16 * 16 + 16 + 16 + 1);
  CHECK(names(nn::Perceptron(3)) == std::vector<std::string>{"weight", "bias"});
}

TEST_CASE("module: parts run one after the other", "[module]") {
  nn::Sequential model;
  CHECK(model(Tensor(4.0)).item() == 4.0);
  model.add("double", std::make_shared<Scale>(2.0)).add("relu", std::make_shared<nn::Relu>());
  model.add("triple", std::make_shared<Scale>(3.0));
  CHECK(model(Tensor(4.0)).item() == 24.0);
  CHECK(model(Tensor(-4.0)).item() == 0.0);
}

TEST_CASE("module: the gradient reaches every parameter, and can be forgotten", "[module]") {
  nn::Sequential model;
  model.add("a", std::make_shared<Scale>(2.0)).add("b", std::make_shared<Scale>(3.0));
  model(Tensor(5.0)).backward();
  CHECK(model.parameters()[0].grad().item() == 15.0);
  CHECK(model.parameters()[1].grad().item() == 10.0);
  model.zero_grad();
  for (const Tensor& p : model.parameters()) CHECK_FALSE(p.has_grad());
}

TEST_CASE("module: a part used twice learns from both uses", "[module]") {
  const auto shared = std::make_shared<Scale>(3.0);
  nn::Sequential model;
  model.add("once", shared).add("again", shared);
  const Tensor y = model(Tensor(2.0));
  CHECK(y.item() == 18.0);
  CHECK(grad(y, {shared->parameters()[0]})[0].item() == 12.0);
}

TEST_CASE("module: what is recorded belongs to the module it was recorded in", "[module]") {
  nn::Sequential model;
  model.add("scale", std::make_shared<Scale>(2.0));
  const Tensor y = model(Tensor(1.0));
  REQUIRE(y.record());
  const Scope* scope = y.record()->scope.get();
  REQUIRE(scope != nullptr);
  CHECK(scope->name == "scale");
  CHECK(scope->kind == "Scale");
  REQUIRE(scope->parent);
  CHECK(scope->parent->kind == "Sequential");
  const Tensor outside = y * 2.0;
  CHECK_FALSE(outside.record()->scope);
}

TEST_CASE("module: activations by name and as modules", "[module]") {
  const Tensor x(Array({3}, {-1, 0, 2}));
  CHECK(nn::activation_named("relu")(x).to_vector() == std::vector<double>{0, 0, 2});
  CHECK(nn::activation_named("identity")(x).to_vector() == x.to_vector());
  CHECK(nn::activation_named("step")(x).to_vector() == std::vector<double>{0, 0, 1});
  CHECK(nn::Relu()(x).to_vector() == std::vector<double>{0, 0, 2});
  CHECK(nn::Tanh().kind() == "tanh");
  const std::vector<std::string_view>& known = nn::activation_names();
  CHECK(known.size() >= 20);
  // Every op of the list that calls itself an activation, and no other.
  std::size_t activations = 0;
  for_each_op(Elementwise{}, [&]<class Op>(const Op& op) {
    if constexpr (Op::kind == OpKind::activation && !Op::internal) {
      ++activations;
      CAPTURE(op.name);
      REQUIRE(std::ranges::find(known, op.name) != known.end());
      CHECK(nn::activation_named(op.name)(x).to_vector() == Tensor(bind(op, x)).to_vector());
    }
  });
  CHECK(known.size() == activations);
  CHECK_THROWS_MATCHES(nn::activation_named("relo"), ValueError,
                       test::Message(fmt::format("[activation] there is none named 'relo'; did you mean 'relu'? "
                                                 "(there are {})",
                                                 fmt::join(nn::activation_names(), ", "))));
}

TEST_CASE("module: the attributes of an activation by name", "[module]") {
  const Tensor x(Array({3}, {-2, 0.5, 2}));
  CHECK(nn::activation_named("leaky_relu", {{"slope", 0.5}})(x).to_vector() == std::vector<double>{-1, 0.5, 2});
  CHECK(nn::activation_named("hard_tanh", {{"high", 0.25}, {"low", -1.5}})(x).to_vector() ==
        std::vector<double>{-1.5, 0.25, 0.25});
  CHECK_THROWS_MATCHES(nn::activation_named("leaky_relu", {{"slop", 0.5}}), ValueError,
                       test::Message("[activation] leaky_relu has no attribute 'slop'; did you mean 'slope'? "
                                     "(it has slope)"));
  CHECK_THROWS_MATCHES(nn::activation_named("relu", {{"slope", 0.5}}), ValueError,
                       test::Message("[activation] relu has no attribute 'slope' (it has none)"));
}

TEST_CASE("an activation as a module notes the attributes that are not the defaults") {
  CHECK(nn::LeakyRelu().note().empty());
  nn::LeakyRelu steep({{}, 0.5});
  CHECK(steep.note() == "slope = 0.5");
  CHECK(steep(Tensor(-4.0)).item() == -2.0);
  CHECK(nn::activation_named("gelu")(Tensor(1.0)).item() == gelu(Tensor(1.0)).item());
}

TEST_CASE("module: weights that are tied are listed, counted and moved once", "[module]") {
  const auto shared = std::make_shared<nn::Linear>(2, 2);
  nn::Sequential tied;
  tied.add("encoder", shared).add("decoder", shared);
  CHECK(names(tied) == std::vector<std::string>{"encoder.weight", "encoder.bias"});
  CHECK(tied.parameter_count() == 6);
  CHECK(shared->name() == "encoder");

  class Tied : public nn::Module {
   public:
    Tied() {
      const Tensor w = add_parameter("up", Array(1.0));
      adopt_parameter({"down", w});
      w_ = w;
    }
    [[nodiscard]] std::string kind() const override { return "Tied"; }

   protected:
    Tensor forward(const Tensor& x) override { return w_ * x; }

   private:
    Tensor w_;
  };
  const Tied model;
  CHECK(names(model) == std::vector<std::string>{"up"});
  nn::SGD optimizer(model.parameters(), 0.1);
  model(Tensor(2.0)).backward();
  optimizer.step();
  CHECK(model.parameters()[0].item() == 1.0 - 0.1 * 2.0);
}

TEST_CASE("module: names that are taken, empty or have dots, parts that are none or circles", "[module]") {
  nn::Sequential model;
  model.add("a", std::make_shared<Scale>(1.0));
  const auto refused = [&](const std::string& name, std::shared_ptr<nn::Module> part, const std::string& message) {
    CHECK_THROWS_MATCHES(model.add(name, std::move(part)), ValueError, test::Message(message));
  };
  refused("a", std::make_shared<Scale>(1.0), "[module] there are two of the name 'a'");
  refused("", std::make_shared<Scale>(1.0), "[module] a parameter or a part needs a name");
  refused("a.b", std::make_shared<Scale>(1.0), "[module] the name 'a.b' has a dot: dots join the names of a path");
  refused("b", nullptr, "[module] the part 'b' is a null pointer");
  CHECK(names(model) == std::vector<std::string>{"a.factor"});

  const auto outer = std::make_shared<nn::Sequential>();
  const auto inner = std::make_shared<nn::Sequential>();
  outer->add("inner", inner);
  CHECK_THROWS_MATCHES(inner->add("outer", outer), ValueError,
                       test::Message("[module] the part 'outer' has this module as a part of its own"));
  CHECK_THROWS_AS(outer->add("self", outer), ValueError);
}

TEST_CASE("module: parts that are tied many times over are walked once each", "[module]") {
  std::shared_ptr<nn::Module> part = std::make_shared<Scale>(1.0);
  for (int depth = 0; depth < 60; ++depth) {  // 2⁶⁰ paths
    auto outer = std::make_shared<nn::Sequential>();
    outer->add("a", part).add("b", part);
    part = outer;
  }
  CHECK(part->parameter_count() == 1);
}

TEST_CASE("module: a part that is called by its owner has the name it was given", "[module]") {
  class Block : public nn::Module {
   public:
    Block() { add_part("up", up_ = std::make_shared<nn::Linear>(2, 3)); }
    [[nodiscard]] std::string kind() const override { return "Block"; }
    [[nodiscard]] Tensor both(const Tensor& x, const Tensor& y) const {
      return called([&] { return (*up_)(x) + (*up_)(y); });
    }

   private:
    std::shared_ptr<nn::Linear> up_;
  };
  const Block block;
  const Tensor x(Array({1, 2}, {1, 2}));
  const Tensor y = block.both(x, x);
  REQUIRE(y.record()->scope);
  CHECK(y.record()->scope->kind == "Block");
  const detail::Record* part = y.record()->links()[0];
  REQUIRE(part->scope);
  CHECK(part->scope->name == "up");
  CHECK(part->scope->kind == "Linear");
  CHECK_THROWS_MATCHES(block(x), GraphError, test::Message("[Block] this module is not called with one tensor alone"));
}

TEST_CASE("module: derivatives by the parameters of a model", "[module]") {
  nn::MLP model({2, 3, 1}, gradus::tanh<Tensor>, ops::identity<Tensor>, {.seed = 2});
  const Tensor x(Array({4, 2}, {1, 2, -1, 0.5, 0, 1, 2, -2}));
  const Tensor y(Array({4, 1}, {1, 0, -1, 2}));
  const std::vector<Tensor> own = model.parameters();
  const auto loss = [&](std::span<const Tensor> p) {
    return nn::functional_call(model, p, [&] { return mean(square(model(x) - y)); });
  };
  // The same gradient as on the model's own leaves.
  mean(square(model(x) - y)).backward();
  const auto [value, gradients] = value_and_grad(loss, own);
  CHECK(value.item() == mean(square(model(x) - y)).item());
  for (std::size_t k = 0; k < own.size(); ++k) CHECK(gradients[k].to_vector() == own[k].grad().to_vector());
  const GradientReport report = check_gradients(loss, own, 2);
  INFO(report.to_string());
  CHECK(report.ok);

  // Other numbers than the model's, and a step that is itself differentiated; the model is as it was.
  const std::vector<double> before = own[0].to_vector();
  const Tensor rate = variable(0.1);
  std::vector<Tensor> moved;
  for (std::size_t k = 0; k < own.size(); ++k) moved.push_back(own[k].detach() - rate * gradients[k]);
  const Tensor after = loss(moved);
  CHECK(own[0].to_vector() == before);
  CHECK(after.item() < value.item());
  double slope = 0.0;
  for (std::size_t k = 0; k < own.size(); ++k) {
    const std::vector<double> g = value_and_grad(loss, moved).gradients[k].to_vector();
    const std::vector<double> along = gradients[k].to_vector();
    for (std::size_t i = 0; i < g.size(); ++i) slope -= g[i] * along[i];
  }
  CHECK(grad(after, {rate})[0].item() == Approx(slope).epsilon(1e-13));
  for (const Tensor& p : own) CHECK_FALSE(connected(after, p));

  // What is constant in the place of a leaf is constant: nothing is recorded.
  std::vector<Tensor> constants;
  for (const Tensor& p : own) constants.push_back(p.detach());
  CHECK_FALSE(nn::functional_call(model, constants, x).requires_grad());
  CHECK(nn::functional_call(model, constants, x).to_vector() == model(x).to_vector());

  CHECK_THROWS_MATCHES(nn::functional_call(model, {own[0]}, x), GraphError,
                       test::Message("[functional_call] there are 4 parameters, 1 tensors are given"));
  CHECK_THROWS_MATCHES(nn::functional_call(model, {own[1], own[1], own[1], own[1]}, x), ShapeError,
                       test::Message("[functional_call] parameter 0 is [3, 2], the tensor given for it [3]"));
}

TEST_CASE("module: leaves may stand for each other, and calls may nest", "[module]") {
  nn::Sequential model;
  model.add("a", std::make_shared<Scale>(2.0)).add("b", std::make_shared<Scale>(3.0));
  const std::vector<Tensor> own = model.parameters();
  const Tensor exchanged = nn::functional_call(model, {own[1], own[0]}, [&] {
    return model(Tensor(1.0)) * own[0];  // 3·2·3
  });
  CHECK(exchanged.item() == 18.0);
  CHECK(grad(exchanged, {own[1]})[0].item() == 12.0);  // b is in the place of a, twice
  const Tensor five = variable(5.0);
  const Tensor nested = nn::functional_call(model, {five, own[1]}, [&] {
    const Tensor inner = nn::functional_call(model, {own[1], five}, Tensor(1.0));
    return inner + model(Tensor(1.0));
  });
  CHECK(nested.item() == 30.0);
  CHECK(grad(nested, {five})[0].item() == 6.0);
  CHECK_THROWS_AS(nn::functional_call(model, {five, five}, [&]() -> Tensor { throw ValueError("thrown"); }),
                  ValueError);
  CHECK(own[0].item() == 2.0);
  CHECK(own[0].requires_grad());
}
