// The deep residual network (He 2015): each layer adds to what comes in instead of replacing it, h + f(h).  A gradient then
// has a straight way back through all of the layers; without these skips 32 layers hardly learn more than a line could.
#include "zoo_training.h"

using namespace gradus;

namespace {

constexpr std::int64_t width = 16;
constexpr std::int64_t layers = 32;

class Tower : public nn::Module {
 public:
  Tower(bool skips, const Key& key) : skips_(skips) {
    const auto add = [&](const std::string& name, std::int64_t from, std::int64_t to, std::uint64_t part) {
      add_part(name, std::make_shared<nn::Linear>(from, to, key.part(part)));
      return &part_as<nn::Linear>(name);
    };
    in_ = add("in", 2, width, 0);
    for (std::uint64_t k = 1; k <= layers; ++k) layers_.push_back(add(fmt::format("layer{}", k), width, width, k));
    out_ = add("out", width, 2, layers + 1);
  }
  [[nodiscard]] std::string kind() const override { return skips_ ? "Residual" : "Plain"; }

 protected:
  Tensor forward(const Tensor& x) override {
    Tensor h = (*in_)(x);
    for (const nn::Linear* layer : layers_) h = skips_ ? h + tanh((*layer)(h)) : tanh((*layer)(h));
    return (*out_)(h);
  }

 private:
  bool skips_;
  nn::Linear* in_;
  nn::Linear* out_;
  std::vector<nn::Linear*> layers_;
};

void deep_residual(zoo::Run& run) {
  const nn::Dataset training = nn::toy::spirals(500, run.key(0));
  const nn::Dataset held_out = nn::toy::spirals(500, run.key(1));
  std::vector<std::vector<double>> losses;
  const auto accuracy = [&](const Tower& tower) {
    const auto loss = [&] { return nn::cross_entropy(tower(training.x), training.labels); };
    loss().backward();
    const Array first = tower.parameters()[2].grad();
    fmt::print("{}: at first the gradient of layer 1 has the norm {:.1e}\n", tower.kind(), norm(first).item());
    nn::Adam adam(tower.parameters(), 0.003);
    losses.push_back(zoo::train(adam, 600, [&](int) { return loss(); }));
    const Tensor scores = tower(held_out.x);
    return mean((scores(all, 1) > scores(all, 0)) == squeeze(held_out.y)).item();
  };
  const Tower plain(false, run.key(2));
  const Tower residual(true, run.key(2));
  const double without = accuracy(plain);
  const double with = accuracy(residual);

  run.draw(nn::cross_entropy(residual(training.x), training.labels),
           {.title = "A deep residual network", .detail = Detail::shape, .fold_repeats = true});
  run.plot(Plot("32 layers", "step", "cross-entropy")
               .line(arange(600), losses[0], "without skips")
               .line(arange(600), losses[1], "with skips")
               .logarithmic_y());
  run.at_most("held-out points right without skips", without, 0.7);
  run.at_least("held-out points right", with, 0.97);
}

}  // namespace

int main(int argc, char** argv) {
  return zoo::main(argc, argv, {24, "Deep residual network (DRN)", "tell two spirals apart with 32 layers"},
                   deep_residual);
}
