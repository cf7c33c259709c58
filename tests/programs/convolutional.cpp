// A convolutional network with batch normalisation and dropout learns noisy digits.
#include <gradus/nn.h>

#include "verify.h"
using namespace gradus;

int main() {
  const Key key{.seed = 15};
  const auto [training, held_out] = nn::split(nn::toy::digits(1000, key.part(0), {.noise = 0.3}), 0.25, key.part(1));
  nn::Sequential model(nn::Conv2d(1, 8, 3, {}, key.part(2)), nn::BatchNorm2d(8), nn::ReLU(), nn::MaxPool2d(2),
                       nn::Flatten(), nn::Dropout(0.2, key.part(3)), nn::Linear(200, 10, key.part(4)));

  // While it is trained the bias before the normalisation has a gradient of 0, which is no error.
  const nn::Dataset few = training.take({0, 1, 2, 3});
  nn::Sequential core(nn::Conv2d(1, 2, 3, {}, key.part(5)), nn::BatchNorm2d(2));
  const auto loss = [&](TensorList p) { return mean(square(tanh(nn::functional_call(core, p, few.x)) - 0.5)); };
  const bool checked = check_gradients(loss, core.parameters()).ok;

  nn::Adam adam(model.parameters(), 0.01);
  for (std::uint64_t epoch = 0; epoch < 20; ++epoch) {
    for (const Indices& rows : nn::batches(training.rows(), 50, key.part(6).part(epoch))) {
      const nn::Dataset batch = training.take(rows);
      adam.zero_grad();
      nn::cross_entropy(model(batch.x), batch.labels).backward();
      adam.step();
    }
  }
  model.eval();
  const double missed = 1.0 - nn::accuracy_score(held_out.labels, argmax(model(held_out.x), 1));
  return within("gradient, wrong", checked ? 0.0 : 1.0, 0.0) &&
                 within("digits not known, of 0.9 by chance", missed, 0.15)
             ? 0
             : 1;
}
