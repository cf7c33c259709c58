// A network that learns two half moons in mini-batches.
#include <gradus/nn.h>

#include <cstdio>
using namespace gradus;

int main() {
  const nn::Dataset data = nn::toy::moons(500, Key{.seed = 3});
  const nn::MLP model({2, 32, 32, 2}, "relu");
  nn::Adam adam(model.parameters(), 0.01);
  for (std::uint64_t epoch = 0; epoch < 30; ++epoch) {
    for (const Indices& rows : nn::batches(data.rows(), 50, Key{.seed = 4}.part(epoch))) {
      const nn::Dataset batch = data.take(rows);
      adam.zero_grad();
      nn::cross_entropy(model(batch.x), batch.labels).backward();
      adam.step();
    }
  }
  std::printf("%.3g\n", nn::cross_entropy(model(data.x), data.labels).item());
}
