// The deep feed forward network (DFF): several hidden layers, each of which bends space once more, until a plane in the space
// of the last one has two spirals that wind around each other on its two sides.
#include "zoo_training.h"

using namespace gradus;

namespace {

void deep_feed_forward(zoo::Run& run) {
  const nn::Dataset training = nn::toy::spirals(500, run.key(0));
  const nn::Dataset held_out = nn::toy::spirals(500, run.key(1));

  // Trains a model for so many steps and returns its share of held-out points on the right side.
  const auto accuracy = [&](const nn::Module& model, int steps) {
    fmt::print("{} parameters\n", model.parameter_count());
    nn::Adam adam(model.parameters(), 0.005);
    zoo::train(adam, steps, [&](int) { return nn::cross_entropy(model(training.x), training.labels); });
    return nn::accuracy_score(held_out.labels, nn::predicted_classes(model(held_out.x)));
  };
  // The narrow one is to show what too few units do; one hidden layer that is wide enough can tell spirals apart too.
  const nn::Linear line(2, 2, run.key(2));
  const nn::MLP narrow({2, 4, 2}, tanh<Tensor>, ops::identity<Tensor>, run.key(3));
  const nn::MLP deep({2, 32, 32, 2}, tanh<Tensor>, ops::identity<Tensor>, run.key(4));
  const double by_line = accuracy(line, 200);
  const double by_narrow = accuracy(narrow, 1500);
  const double by_deep = accuracy(deep, 1500);

  run.outline(nn::cross_entropy(deep(training.x), training.labels), "A deep feed forward network", "", /*depth=*/1);
  const auto axes = meshgrid({linspace(-1.2, 1.2, 80), linspace(-1.2, 1.2, 80)});
  const Tensor scores = deep(ops::stack({flatten(axes[0]), flatten(axes[1])}, 1));
  const Tensor sides = reshape(scores(all, 1) > scores(all, 0), {80, 80});
  const Tensor second = squeeze(held_out.y);
  run.plot(Plot("A deep feed forward network")
               .regions(sides.value(), {-1.2, 1.2}, {-1.2, 1.2})
               .points(held_out.x(second < 0.5, 0), held_out.x(second < 0.5, 1))
               .points(held_out.x(second > 0.5, 0), held_out.x(second > 0.5, 1))
               .equal_units());
  run.baseline("held-out points right by logistic regression", by_line);
  run.baseline("held-out points right by one layer of 4", by_narrow);
  run.at_least("held-out points right", by_deep, 0.98);
}

}  // namespace

int main(int argc, char** argv) {
  return zoo::main(argc, argv,
                   {4, "Deep feed forward network (DFF)", "tell two spirals apart that wind around each other"},
                   deep_feed_forward);
}
