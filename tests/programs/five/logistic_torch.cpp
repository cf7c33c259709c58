// Logistic regression by Newton's method.
#include <torch/torch.h>

#include <cstdio>

int main() {
  torch::manual_seed(1);
  torch::set_default_dtype(caffe2::TypeMeta::Make<double>());
  const torch::Tensor x = torch::randn({400, 4}), truth = torch::tensor({1.5, -2.0, 0.5, 0.3});
  const torch::Tensor y = (torch::rand({400}) < torch::sigmoid(x.matmul(truth))).to(torch::kDouble);
  const auto loss = [&](const torch::Tensor& w) { return torch::binary_cross_entropy_with_logits(x.matmul(w), y); };
  torch::Tensor w = torch::zeros({4}, torch::requires_grad()), gradient;
  for (int step = 0; step < 9; ++step) {
    gradient = torch::autograd::grad({loss(w)}, {w}, {}, true, true)[0];
    std::vector<torch::Tensor> rows;
    for (int k = 0; k < 4; ++k) rows.push_back(torch::autograd::grad({gradient[k]}, {w}, {}, true)[0]);
    w = (w - torch::linalg_solve(torch::stack(rows), gradient)).detach().requires_grad_();
  }
  std::printf("%.3g\n", gradient.norm().item<double>());
}
