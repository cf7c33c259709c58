// A training loop of one's own, in float32: AdamW, a cosine schedule, mini-batches; the same bits again; saved and loaded.
#include <gradus/nn.h>

#include <filesystem>

#include "verify.h"
using namespace gradus;

int main() {
  const Key key{.seed = 20};
  const auto parts = nn::split(nn::toy::moons(800, key.part(0)).to(DType::float32), 0.25, key.part(1));
  const auto made = [&] {
    nn::MLP model({2, 32, 32, 2}, "relu", ops::identity<Tensor>, key.part(2));
    model.to(DType::float32);
    return model;
  };
  const auto train = [&](nn::MLP& model) {
    nn::AdamW adam(model.parameters(), 0.01);
    const nn::Schedule rate = nn::cosine_schedule(0.01, 20 * 12);
    std::int64_t step = 0;
    for (std::uint64_t epoch = 0; epoch < 20; ++epoch) {
      for (const Indices& rows : nn::batches(parts.first.rows(), 50, key.part(3).part(epoch))) {
        const nn::Dataset batch = parts.first.take(rows);
        adam.set_rate(rate(step++));
        adam.zero_grad();
        nn::cross_entropy(model(batch.x), batch.labels).backward();
        adam.step();
      }
    }
  };
  nn::MLP model = made(), again = made(), loaded = made();
  train(model), train(again);
  const std::string file = (std::filesystem::temp_directory_path() / "gradus_own_loop.safetensors").string();
  nn::save(file, model);
  nn::load(file, loaded);
  std::filesystem::remove(file);

  const Tensor scores = model(parts.second.x);
  return within("rows not known", 1.0 - nn::accuracy_score(parts.second.labels, argmax(scores, 1)), 0.01) &&
                 within("trained again", apart(again(parts.second.x), scores), 0.0) &&
                 within("loaded", apart(loaded(parts.second.x), scores), 0.0)
             ? 0
             : 1;
}
