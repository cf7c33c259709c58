// What << and fmt write of a module.
#include <autograd/autograd.h>
#include <nn/module_formatting.h>
#include <nn/nn.h>

#include <sstream>

#include "tests/catch.h"

namespace module_text_test {

using namespace gradus;

TEST_CASE("a module is its kind, its note and its parameters", "[printing]") {
  const nn::Linear layer(2, 16);
  std::ostringstream out;
  out << layer;
  CHECK(out.str() == "Linear: " + layer.note() + "\n  weight  [16, 2]  32\n  bias    [16]     16");
  CHECK(fmt::format("{}", layer) == out.str());
  const nn::Module& base = layer;
  CHECK(nn::printed(base) == out.str());
}

TEST_CASE("a module is a function like any other to a derivative", "[printing]") {
  nn::Linear layer(2, 3);
  const Tensor x{1.0, 2.0};
  const Tensor rows = jacobian([&](const Tensor& t) { return layer(t); }, x);
  CHECK(jacobian(layer, x).to_vector() == rows.to_vector());
  CHECK(rows.shape() == Shape{3, 2});
}

TEST_CASE("a summary says what comes out of every part", "[printing]") {
  nn::Sequential model;
  model.add("conv", std::make_shared<nn::Conv2d>(1, 2, 3)).add("norm", std::make_shared<nn::BatchNorm2d>(2));
  model.add("relu", std::make_shared<nn::ReLU>()).add("flat", std::make_shared<nn::Flatten>());
  model.add("out", std::make_shared<nn::Linear>(8, 10)).add("drop", std::make_shared<nn::Dropout>());
  model.part("conv").requires_grad(false);
  model.part("drop").eval();
  CHECK(nn::summary(model, zeros({5, 1, 4, 4})) ==
        "name     kind        output        parameters\n"
        "(model)  Sequential  [5, 10]              114\n"
        "conv     Conv2d      [5, 2, 2, 2]          20\n"
        "norm     BatchNorm   [5, 2, 2, 2]           4\n"
        "relu     relu        [5, 2, 2, 2]           0\n"
        "flat     Flatten     [5, 8]                 0\n"
        "out      Linear      [5, 10]               90\n"
        "drop     Dropout     [5, 10]                0\n"
        "114 parameters, 20 of them frozen; 5 numbers in buffers");
  CHECK(model.training());
  CHECK(model.part("norm").training());
  CHECK_FALSE(model.part("drop").training());
  CHECK(model.named_buffers()[0].tensor.to_vector() == std::vector<double>{0, 0});  // nothing was learned

  // What gives more than one tensor gives its output; what is not called has none.
  class Classifier : public nn::Cloneable<Classifier> {
   public:
    Classifier() {
      add_part("lstm", std::make_shared<nn::LSTM>(2, 3));
      add_part("spare", std::make_shared<nn::Linear>(1, 1));
    }
    [[nodiscard]] std::string kind() const override { return "Classifier"; }

   protected:
    Tensor forward(const Tensor& x) override { return part_as<nn::LSTM>("lstm")(x).state.h; }
  };
  CHECK(nn::summary(Classifier(), zeros({4, 2})) ==
        "name     kind        output  parameters\n"
        "(model)  Classifier  [1, 3]          86\n"
        "lstm     LSTM        [4, 3]          84\n"
        "spare    Linear                       2\n"
        "86 parameters");
}

}  // namespace module_text_test
