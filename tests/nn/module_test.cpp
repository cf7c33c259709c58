// Modules: which parameters there are, under which names, and how parts are run.
#include "nn/module.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/differentiate/gradient.h"
#include "autograd/math/ops.h"
#include "autograd/tensor/ops/structural.h"
#include "nn/activation.h"
#include "nn/linear.h"
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
