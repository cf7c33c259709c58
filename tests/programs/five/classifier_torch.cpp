// A network that learns two half moons in mini-batches.
#include <torch/torch.h>

#include <cstdio>

int main() {
  torch::manual_seed(3);
  const torch::Tensor angle = M_PI * torch::rand({500}), labels = torch::arange(500) % 2;
  const torch::Tensor upper = torch::stack({angle.cos(), angle.sin()}, 1);
  const torch::Tensor lower = torch::stack({1.0 - angle.cos(), 0.5 - angle.sin()}, 1);
  const torch::Tensor x = torch::where(labels.unsqueeze(1) == 0, upper, lower) + 0.1 * torch::randn({500, 2});
  torch::nn::Sequential model(torch::nn::Linear(2, 32), torch::nn::ReLU(), torch::nn::Linear(32, 32), torch::nn::ReLU(),
                              torch::nn::Linear(32, 2));
  torch::optim::Adam adam(model->parameters(), 0.01);
  for (int epoch = 0; epoch < 30; ++epoch) {
    for (const torch::Tensor& rows : torch::randperm(500).split(50)) {
      adam.zero_grad();
      torch::cross_entropy_loss(model->forward(x.index({rows})), labels.index({rows})).backward();
      adam.step();
    }
  }
  std::printf("%.3g\n", torch::cross_entropy_loss(model->forward(x), labels).item<double>());
}
