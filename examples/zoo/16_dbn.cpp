// The deep belief network (Hinton, Osindero and Teh 2006): restricted Boltzmann machines, each learning to generate what the
// hidden units below it say, without any labels.  Then a few labels are enough to fine-tune the whole by backpropagation, where
// from random weights they are not.
#include "zoo_training.h"

using namespace gradus;

namespace {

/// Digits as rows of 144 points, 15 % of which are turned over.
nn::Dataset noisy_digits(std::int64_t count, const Key& key) {
  nn::Dataset digits = nn::toy::digits(count, key.part(0), {.shifted = false});
  digits.x = abs(reshape(digits.x, {count, 144}) - bernoulli({count, 144}, 0.15, key.part(1)));
  return digits;
}

/// −log p(v) of a restricted Boltzmann machine up to a constant: −v·b − Σ softplus(W v + c); the layer itself is p(hidden | v).
Tensor free_energy(const Tensor& v, const nn::Layer& layer, const Tensor& b_visible) {
  return -matmul(v, b_visible) - sum(softplus(linear(v, layer.weight(), layer.bias())), 1);
}

/// Contrastive divergence (Hinton 2002): the free energy is to be lower at the rows than after one step of Gibbs sampling.
nn::Layer learnt(const Tensor& rows, std::int64_t hidden, const Key& key) {
  nn::Layer layer(rows.size(1), hidden, sigmoid<Tensor>);
  layer.weight().set_value(
      normal({hidden, rows.size(1)}, 0.0, 0.05, key.part(0)).value());  // small: units begin undecided
  const Tensor b_visible = parameter(zeros({rows.size(1)}), "b visible");
  nn::SGD descent({layer.weight(), layer.bias(), b_visible}, 0.05, 0.8);
  for (std::uint64_t epoch = 1; epoch <= 8; ++epoch) {
    Key chance = key.part(epoch);
    for (const Indices& batch : nn::batches(rows.size(0), 50, chance)) {
      chance = chance.part(0);
      const Tensor v = take(rows, batch, 0);
      const Tensor h(uniform({v.size(0), hidden}, 0.0, 1.0, chance) < layer(v));
      const Tensor dreamt = sigmoid(matmul(h, layer.weight()) + b_visible).detach();  // probabilities, not drawn
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

  // Trains all of a model on the labels; the share of held-out digits that come out right.
  const auto fine_tuned = [&](const nn::Module& model, std::string_view what) {
    fmt::print("{}\n", what);
    nn::Adam adam(model.parameters(), 0.01);
    zoo::train(adam, 200, [&](int) { return nn::cross_entropy(model(labelled.x), labelled.labels); });
    return nn::accuracy_score(held_out.labels, nn::predicted_classes(model(held_out.x)));
  };
  const double logistic = fine_tuned(nn::Linear(144, 10, run.key(3)), "a linear readout alone");
  const nn::MLP random({144, 64, 32, 10}, sigmoid<Tensor>, ops::identity<Tensor>, run.key(4));
  const double scratch = fine_tuned(random, "the whole network, from random weights");

  const nn::Layer below = learnt(unlabelled.x, 64, run.key(5));
  const nn::Layer above = learnt(below(unlabelled.x).detach(), 32, run.key(6));
  run.plot_pictures(sigmoid(reshape(below.weight()[range(16)], {16, 12, 12})), 8);  // what hidden units look for
  const nn::Sequential believing(below, above, nn::Linear(32, 10, run.key(7)));
  const double believed = fine_tuned(believing, "the same, from what pictures without labels have taught");
  run.outline(nn::cross_entropy(believing(labelled.x), labelled.labels), "A deep belief network", "fine-tuned",
              /*depth=*/1);

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
