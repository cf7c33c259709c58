// The feed forward network (FF): a hidden layer between input and output.  Exclusive or is the smallest task that needs one: no
// line has (0,1) and (1,0) on one side and (0,0) and (1,1) on the other (Minsky and Papert 1969).  Two hidden units are enough;
// eight make it easy to learn.
#include "zoo_training.h"

using namespace gradus;

namespace {

void feed_forward(zoo::Run& run) {
  const nn::Dataset corners = nn::toy::exclusive_or(4, run.key(0));
  const auto loss_of = [&](const nn::Module& model) {
    return nn::bce_with_logits_loss(model(corners.x), corners.y).set_name("cross-entropy");
  };
  // A logit above 0: class 1 is the likelier.
  const auto right = [&](const nn::Module& model) { return sum((model(corners.x) > 0.0) == corners.y).item(); };

  fmt::print("a line, without a hidden layer\n");
  const nn::Linear line(2, 1, run.key(1));
  nn::Adam line_adam(line.parameters(), 0.02);
  const auto line_losses = zoo::train(line_adam, 500, [&](int) { return loss_of(line); });

  fmt::print("eight hidden units\n");
  const nn::MLP model({2, 8, 1}, tanh<Tensor>, ops::identity<Tensor>, run.key(2));
  nn::Adam adam(model.parameters(), 0.02);
  const auto losses = zoo::train(adam, 500, [&](int) { return loss_of(model); });

  run.draw(loss_of(model), "A feed forward network", "exclusive or");
  run.plot(Plot("Exclusive or", "step", "cross-entropy")
               .line(arange(500), line_losses, "a line")
               .line(arange(500), losses, "eight hidden units"));
  run.baseline("cross-entropy of a line", loss_of(line).item());
  run.at_most("cross-entropy", loss_of(model).item(), 0.01);
  run.at_least("corners right", right(model), 4);
}

}  // namespace

int main(int argc, char** argv) {
  return zoo::main(argc, argv, {2, "Feed forward network (FF)", "exclusive or, which no line can tell apart"},
                   feed_forward);
}
