// The deep residual network (He and others 2015): a layer adds to what comes in instead of replacing it, h + f(h); here f is one
// layer of tanh, in the paper two convolutions.  A gradient then has a straight way back; without skips it shrinks on the way.
#include "zoo_training.h"

using namespace gradus;

namespace {

constexpr std::int64_t width = 16;

/// So many layers of tanh between two linear ones, from points of the plane to a score for each of two classes.
nn::Sequential tower(int layers, bool skips, const Key& key) {
  nn::Sequential model(nn::Linear(2, width, key.part(0)));
  for (int k = 1; k <= layers; ++k) {
    const auto layer = std::make_shared<nn::Layer>(width, width, tanh<Tensor>, key.part(static_cast<std::uint64_t>(k)));
    if (skips) {
      model.add(std::make_shared<nn::Residual>(layer));  // h + layer(h) in the place of layer(h)
    } else {
      model.add(layer);
    }
  }
  return model.add(std::make_shared<nn::Linear>(width, 2, key.part(1000)));
}

void deep_residual(zoo::Run& run) {
  const nn::Dataset training = nn::toy::spirals(500, run.key(0));
  const nn::Dataset held_out = nn::toy::spirals(500, run.key(1));
  const auto loss = [&](const nn::Module& model) { return nn::cross_entropy(model(training.x), training.labels); };
  run.outline(loss(tower(4, true, run.key(2))), "A deep residual network", "four of its layers, untrained", 2);

  const nn::Sequential plain = tower(32, false, run.key(2)), residual = tower(32, true, run.key(2));
  // Trains a model: its losses, and the share of held-out points that it tells apart then.
  const auto trained = [&](std::string_view name, const nn::Module& model) {
    const Tensor w = model.parameters()[2];  // of layer 1: before it stand the weights and the biases of the linear one
    fmt::print("{}: at first the gradient of layer 1 has the norm {:.1e}\n", name, norm(grad(loss(model), w)).item());
    nn::Adam adam(model.parameters(), 0.003);
    const auto losses = zoo::train(adam, 600, [&](int) { return loss(model); });
    return std::pair(losses, nn::accuracy_score(held_out.labels, nn::predicted_classes(model(held_out.x))));
  };
  const auto [plain_losses, without] = trained("plain", plain);
  const auto [residual_losses, with] = trained("residual", residual);
  run.plot(Plot("32 layers", "step", "cross-entropy")
               .line(arange(600), plain_losses, "without skips")
               .line(arange(600), residual_losses, "with skips")
               .logarithmic_y());
  run.at_most("held-out points right without skips", without, 0.7);  // the plain tower is to fail
  run.at_least("held-out points right", with, 0.97);
}

}  // namespace

int main(int argc, char** argv) {
  return zoo::main(argc, argv, {24, "Deep residual network (DRN)", "tell two spirals apart with 32 layers"},
                   deep_residual);
}
