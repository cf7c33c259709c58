// The gradient of a network's loss for each example by itself, cut back to norm 1 and averaged.
#include <torch/torch.h>

#include <cstdio>

int main() {
  torch::manual_seed(5);
  torch::set_default_dtype(caffe2::TypeMeta::Make<double>());
  torch::nn::Sequential model(torch::nn::Linear(3, 16), torch::nn::Tanh(), torch::nn::Linear(16, 1));
  const torch::Tensor x = torch::randn({64, 3}), y = x.select(1, 0).sin();
  std::vector<torch::Tensor> total;
  for (const torch::Tensor& p : model->parameters()) total.push_back(torch::zeros_like(p));
  for (int k = 0; k < 64; ++k) {
    const torch::Tensor loss = (model->forward(x[k].unsqueeze(0))[0][0] - y[k]).square();
    const auto gradients = torch::autograd::grad({loss}, model->parameters());
    double squares = 0.0;
    for (const torch::Tensor& g : gradients) squares += g.square().sum().item<double>();
    const double scale = std::min(1.0, 1.0 / std::sqrt(squares)) / 64.0;
    for (std::size_t i = 0; i < total.size(); ++i) total[i] += scale * gradients[i];
  }
  double squares = 0.0;
  for (const torch::Tensor& g : total) squares += g.square().sum().item<double>();
  std::printf("%.3g\n", std::sqrt(squares));
}
