// A network u with −u″ = π² sin πx and u = 0 at 0 and 1.
#include <torch/torch.h>

#include <cstdio>

int main() {
  torch::manual_seed(4);
  torch::set_default_dtype(caffe2::TypeMeta::Make<double>());
  torch::nn::Sequential net(torch::nn::Linear(1, 24), torch::nn::Tanh(), torch::nn::Linear(24, 24), torch::nn::Tanh(),
                            torch::nn::Linear(24, 1));
  const torch::Tensor x = torch::linspace(0.0, 1.0, 32).reshape({-1, 1}).requires_grad_();
  const auto u = [&](const torch::Tensor& t) { return t * (1.0 - t) * net->forward(t); };
  const auto slope = [&](const torch::Tensor& y) { return torch::autograd::grad({y.sum()}, {x}, {}, true, true)[0]; };
  torch::optim::Adam adam(net->parameters(), 0.01);
  for (int step = 0; step < 500; ++step) {
    adam.zero_grad();
    (slope(slope(u(x))) + M_PI * M_PI * torch::sin(M_PI * x)).square().mean().backward();
    adam.step();
  }
  std::printf("%.3g\n", (u(x) - torch::sin(M_PI * x)).abs().max().item<double>());
}
