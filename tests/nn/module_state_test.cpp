// What is done to a whole model: its state by name, copies, dtype, freezing, modes.
#include <memory>
#include <string>
#include <vector>

#include "autograd/autograd.h"
#include "nn/nn.h"
#include "tests/catch.h"

namespace module_state_test {

using namespace gradus;

namespace {

std::vector<std::string> names_of(const std::vector<nn::NamedTensor>& list) {
  std::vector<std::string> out;
  for (const nn::NamedTensor& t : list) out.push_back(t.name);
  return out;
}

/// Counts its calls in a buffer, and its random numbers are its own.
class Counter : public nn::Cloneable<Counter> {
 public:
  explicit Counter(const Key& key = {.seed = 7}) {
    add_parameter("scale", Array(2.0));
    add_buffer("calls", Array(0.0));
    draw_from(key);
  }
  [[nodiscard]] std::string kind() const override { return "Counter"; }

 protected:
  Tensor forward(const Tensor& x) override {
    if (training()) set_buffer("calls", tensor("calls") + 1.0);
    return tensor("scale") * x + normal({}, 0.0, 1.0, next_key());
  }
};

/// A layer that stands in two places.
nn::Sequential tied_model() {
  nn::Sequential model;
  const auto shared = std::make_shared<nn::Linear>(2, 2);
  model.add("in", shared).add("count", std::make_shared<Counter>()).add("out", shared);
  return model;
}

}  // namespace

TEST_CASE("state: parameters and buffers by name, and back", "[module]") {
  nn::Sequential model = tied_model();
  const std::vector<nn::NamedTensor> state = model.state();
  CHECK(names_of(state) == std::vector<std::string>{"in.weight", "in.bias", "count.scale", "count.calls"});
  CHECK(names_of(model.named_buffers()) == std::vector<std::string>{"count.calls"});
  CHECK(names_of(model.named_parameters()) == std::vector<std::string>{"in.weight", "in.bias", "count.scale"});

  // A step of training changes the model, not what was taken from it.
  const Tensor x{{1.0, 2.0}};
  sum(model(x)).backward();
  nn::SGD(model.parameters(), 0.1).step();
  CHECK(state[3].tensor.item() == 0.0);
  CHECK(model.state()[3].tensor.item() == 1.0);
  CHECK(model.state()[0].tensor.to_vector() != state[0].tensor.to_vector());
  CHECK_FALSE(state[0].tensor.requires_grad());
  const nn::StateDifference none = model.load_state(state);
  CHECK(none.missing.empty());
  CHECK(none.unexpected.empty());
  for (std::size_t k = 0; k < state.size(); ++k) {
    CHECK(model.state()[k].tensor.to_vector() == state[k].tensor.to_vector());
  }
}

TEST_CASE("state: what is tied may be given under any of its names", "[module]") {
  nn::Sequential model = tied_model();
  std::vector<nn::NamedTensor> state = model.state();
  state[0] = {"out.weight", Tensor{{1.0, 2.0}, {3.0, 4.0}}};
  model.load_state(state);
  CHECK(model.parameters()[0].to_vector() == std::vector<double>{1, 2, 3, 4});
}

TEST_CASE("state: names and shapes that are not the model's change nothing", "[module]") {
  nn::Linear layer(2, 1);
  const std::vector<double> before = layer.weight().to_vector();
  const Tensor ones = Tensor{{1.0, 1.0}};
  CHECK_THROWS_MATCHES(layer.load_state(std::vector<nn::NamedTensor>{{"weight", ones}, {"beta", ones}}), ValueError,
                       test::Message("[load_state] the names are not those of this Linear: missing (bias), "
                                     "unexpected (beta)"));
  CHECK_THROWS_MATCHES(layer.load_state(std::vector<nn::NamedTensor>{{"weight", ones}, {"bias", ones}}), ShapeError,
                       test::Message("[load_state] 'bias' is [1] in this model, [1, 2] in the state"));
  CHECK(layer.weight().to_vector() == before);
  const nn::StateDifference difference =
      layer.load_state(std::vector<nn::NamedTensor>{{"weight", ones}, {"no.such", ones}}, false);
  CHECK(difference.missing == std::vector<std::string>{"bias"});
  CHECK(difference.unexpected == std::vector<std::string>{"no.such"});
  CHECK(layer.weight().to_vector() == std::vector<double>{1, 1});
}

TEST_CASE("state: another dtype is converted to the model's", "[module]") {
  nn::Linear layer(2, 1);
  std::vector<nn::NamedTensor> state = layer.state();
  for (nn::NamedTensor& t : state) t.tensor = cast(t.tensor, DType::float32);
  layer.load_state(state);
  CHECK(layer.weight().dtype() == DType::float64);
  CHECK(layer.weight().to_vector() == state[0].tensor.to_vector());
}

TEST_CASE("streams: a run is gone on with bit for bit", "[module]") {
  nn::Sequential model = tied_model();
  const Tensor x{{1.0, 2.0}};
  const auto first = model(x).to_vector();
  const std::vector<nn::NamedStream> streams = model.streams();
  REQUIRE(streams.size() == 1);
  CHECK(streams[0].name == "count");
  CHECK(streams[0].drawn == 1);
  const auto second = model(x).to_vector();
  CHECK(second != first);
  CHECK(model(x).to_vector() != second);
  model.load_streams(streams);
  CHECK(model(x).to_vector() == second);
  model.seed({.seed = 1});
  const auto seeded = model(x).to_vector();
  CHECK(model.seed({.seed = 2})(x).to_vector() != seeded);
  CHECK(model.seed({.seed = 1})(x).to_vector() == seeded);
  CHECK_THROWS_MATCHES(model.load_streams(std::vector<nn::NamedStream>{{"in", {}, 0}}), ValueError,
                       test::Message("[load_streams] Sequential has no module 'in' that draws random numbers"));
  model.eval();
  CHECK_THROWS_WITH(compile([&](const Tensor& t) { return model(t); })(x),
                    test::StartsWith("[compile] drawing random numbers in a layer inside a compiled function"));
}

TEST_CASE("clone: the same numbers under the same names, and a life of its own", "[module]") {
  nn::Sequential model = tied_model();
  model.part("in").requires_grad(false);
  model.eval();
  const std::shared_ptr<nn::Sequential> copy = model.clone();
  CHECK(names_of(copy->state()) == names_of(model.state()));
  CHECK(copy->parameter_count() == model.parameter_count());
  CHECK_FALSE(copy->training());
  CHECK_FALSE(copy->parameters()[0].requires_grad());
  CHECK(copy->parameters()[2].requires_grad());
  CHECK(copy->parameters()[0].name() == "W");
  const Tensor x{{1.0, -2.0}};
  CHECK((*copy)(x).to_vector() == model(x).to_vector());  // the same random numbers, too
  copy->parameters()[2].set_value(Array(5.0));
  CHECK(model.parameters()[2].item() == 2.0);
  CHECK(&copy->part("in") == &copy->part("out"));
  CHECK(&copy->part("in") != &model.part("in"));
  CHECK(copy->part("in").name() == "in");

  // A part that is copied alone is a whole model, to be put anywhere.
  nn::Sequential deep;
  deep.add("first", std::make_shared<nn::Linear>(2, 2));
  const std::shared_ptr<nn::Module> alone = deep.part("first").clone();
  CHECK(alone->name().empty());
  deep.add("second", alone);
  CHECK(alone->name() == "second");
}

TEST_CASE("clone: what would share its parameters is refused", "[module]") {
  class Plain : public nn::Module {
   public:
    [[nodiscard]] std::string kind() const override { return "Plain"; }
  };
  CHECK_THROWS_MATCHES(Plain().clone(), GraphError,
                       test::Message("[clone] Plain cannot be copied: it derives from Module, not from Cloneable"));
  class Derived : public nn::Linear {
   public:
    Derived() : Linear(1, 1) {}
    [[nodiscard]] std::string kind() const override { return "Derived"; }
  };
  CHECK_THROWS_AS(Derived().clone(), GraphError);
  class Holding : public nn::Cloneable<Holding> {
   public:
    Holding() : weight_(add_parameter("weight", Array(1.0))) {}
    [[nodiscard]] std::string kind() const override { return "Holding"; }

   private:
    Tensor weight_;
  };
  CHECK_THROWS_WITH(Holding().clone(),
                    test::StartsWith("[clone] the copy of this Holding still holds the original's 'weight'"));
}

TEST_CASE("to: parameters, buffers and gradients become another type in place", "[module]") {
  nn::Sequential model = tied_model();
  const Tensor weight = model.parameters()[0];
  sum(model(Tensor{{1.0, 2.0}})).backward();
  const std::vector<double> gradient = weight.grad().to_vector();
  model.to(DType::float32);
  for (const nn::NamedTensor& t : model.state()) CHECK(t.tensor.dtype() == DType::float32);
  CHECK(weight.dtype() == DType::float32);
  CHECK(weight.grad().dtype() == DType::float32);
  CHECK(weight.grad().to_vector()[0] == Approx(gradient[0]).epsilon(1e-6));
  const Tensor y = model.part("in")(Tensor(Array({1, 2}, {1, 2}).to(DType::float32)));
  CHECK(y.dtype() == DType::float32);
  CHECK_THROWS_AS(compile([&](const Tensor& t) { return model.to(DType::float64).part("in")(t); })(y), GraphError);
}

TEST_CASE("requires_grad: frozen parameters are constants until they are freed", "[module]") {
  nn::MLP model({2, 3, 1});
  model.part("layer1").requires_grad(false);
  CHECK(model.trainable_parameters().size() == 2);
  CHECK(model.parameters().size() == 4);
  sum(model(Tensor{{1.0, 2.0}})).backward();
  CHECK_FALSE(model.parameters()[0].has_grad());
  CHECK(model.parameters()[2].has_grad());
  nn::SGD(model.trainable_parameters(), 0.1).step();
  model.requires_grad(true);
  sum(model(Tensor{{1.0, 2.0}})).backward();
  CHECK(model.parameters()[0].has_grad());
  CHECK_THROWS_MATCHES(model.part("layr1"), ValueError,
                       test::Message("[part] MLP has no part 'layr1'; did you mean 'layer1'?"));
}

TEST_CASE("modes and functions reach every module of a model once", "[module]") {
  nn::Sequential model = tied_model();
  std::vector<std::string> kinds;
  model.apply([&](nn::Module& m) { kinds.push_back(m.kind()); });
  CHECK(kinds == std::vector<std::string>{"Counter", "Linear", "Sequential"});
  CHECK(model.named_modules().size() == 3);
  CHECK(model.part("count").training());
  model.eval();
  CHECK_FALSE(model.part("count").training());
  (void)model(Tensor{{1.0, 2.0}});
  CHECK(model.named_buffers()[0].tensor.item() == 0.0);
  CHECK(model.train().part("count").training());
  CHECK_FALSE(model.train(false).training());
}

}  // namespace module_state_test
