// The deep belief network (Hinton 2006): restricted Boltzmann machines, each learning to make what the one below it has found,
// without any labels.  Then a few labels are enough to fine-tune the whole by backpropagation, where from random weights they
// are not.
#include "zoo_training.h"

using namespace gradus;

namespace {

/// Digits as rows of 144 points, 15 % of which are turned over.
nn::Dataset noisy_digits(std::int64_t count, const Key& key) {
  nn::Dataset digits = nn::toy::digits(count, key.part(0), {.shifted = false});
  digits.x = abs(reshape(digits.x, {count, 144}) - bernoulli({count, 144}, 0.15, key.part(1)));
  return digits;
}

/// One restricted Boltzmann machine: W and b such that sigmoid(x Wᵀ + b) tells of its hidden units.
struct Layer {
  Tensor w;
  Tensor b;
  [[nodiscard]] Tensor operator()(const Tensor& x) const { return sigmoid(linear(x, w, b)); }
};

Tensor free_energy(const Tensor& v, const Layer& layer, const Tensor& b_visible) {
  return -matmul(v, b_visible) - sum(softplus(linear(v, layer.w, layer.b)), 1);
}

/// Contrastive divergence: the free energy is to be lower at the rows than at what one step of dreaming makes of them.
Layer learn(const Tensor& rows, std::int64_t hidden, const Key& key) {
  Layer layer{parameter(normal({hidden, rows.size(1)}, 0.0, 0.05, key.part(0)), "W"), parameter(zeros({hidden}), "b")};
  Tensor b_visible = parameter(zeros({rows.size(1)}), "b visible");
  nn::SGD descent({layer.w, layer.b, b_visible}, 0.05, 0.8);
  for (std::uint64_t epoch = 1; epoch <= 8; ++epoch) {
    Key chance = key.part(epoch);
    for (const Indices& batch : nn::batches(rows.size(0), 50, chance)) {
      chance = chance.part(0);
      const Tensor v = take(rows, batch, 0);
      const Tensor h(uniform({v.size(0), hidden}, 0.0, 1.0, chance) < layer(v));
      const Tensor dreamt = sigmoid(matmul(h, layer.w) + b_visible).detach();
      descent.zero_grad();
      (mean(free_energy(v, layer, b_visible)) - mean(free_energy(dreamt, layer, b_visible))).backward();
      descent.step();
    }
  }
  return layer;
}

void deep_belief(zoo::Run& run) {
  const nn::Dataset unlabelled = noisy_digits(3000, run.key(0));
  const nn::Dataset labelled = noisy_digits(20, run.key(1));
  const nn::Dataset held_out = noisy_digits(1000, run.key(2));

  // Trains layers and a linear readout on the labels; the share of held-out digits that come out right.
  const auto fine_tuned = [&](const std::vector<Layer>& layers, const Key& key, std::string_view what) {
    const std::int64_t inputs = layers.empty() ? 144 : layers.back().w.size(0);
    const nn::Linear readout(inputs, 10, key);
    std::vector<Tensor> parameters = readout.parameters();
    for (const Layer& layer : layers) parameters.insert(parameters.end(), {layer.w, layer.b});
    const auto scores = [&](Tensor x) {
      for (const Layer& layer : layers) x = layer(x);
      return readout(x);
    };
    fmt::print("{}\n", what);
    nn::Adam adam(parameters, 0.01);
    const auto loss = [&](int) { return nn::cross_entropy(scores(labelled.x), labelled.labels); };
    zoo::train(adam, 200, loss);
    run.draw(loss(0), {.title = "A deep belief network", .subtitle = "fine-tuned", .detail = Detail::shape});
    const Indices said = argmax(scores(held_out.x), 1);
    return mean(Tensor(std::vector<double>(said.begin(), said.end())) == squeeze(held_out.y)).item();
  };
  const double logistic = fine_tuned({}, run.key(3), "a linear readout alone");
  const nn::Linear first(144, 64, run.key(4)), second(64, 32, run.key(5));
  const double scratch =
      fine_tuned({{first.weight(), first.bias()}, {second.weight(), second.bias()}}, run.key(6), "from random weights");

  const Layer below = learn(unlabelled.x, 64, run.key(7));
  const Layer above = learn(below(unlabelled.x).detach(), 32, run.key(8));
  const double believed = fine_tuned({below, above}, run.key(6), "from what 3,000 pictures without labels have taught");
  std::vector<Plot> units;
  for (std::int64_t k = 0; k < 16; ++k) {
    units.push_back(Plot().picture(sigmoid(reshape(below.w[k], {12, 12})).value()).size(140, 140));
  }
  run.plot(units, 8);  // what sixteen of the first hidden units look for
  run.baseline("held-out digits right by a linear readout", logistic);
  run.baseline("held-out digits right from random weights", scratch);
  run.at_least("held-out digits right", believed, scratch + 0.1);
}

}  // namespace

int main(int argc, char** argv) {
  return zoo::main(argc, argv,
                   {16, "Deep belief network (DBN)", "noisy digits, 20 of them with labels and 3,000 without"},
                   deep_belief);
}
