// The likelihood of a Gaussian process by three hyperparameters, and its minimum.
#include <torch/torch.h>

#include <cstdio>

int main() {
  torch::manual_seed(2);
  torch::set_default_dtype(caffe2::TypeMeta::Make<double>());
  const torch::Tensor x = torch::linspace(0.0, 6.0, 40), y = torch::sin(x) + 0.1 * torch::randn({40});
  const auto loss = [&](const torch::Tensor& h) {
    const torch::Tensor r = (x.unsqueeze(1) - x).square();
    const torch::Tensor k = h[0].exp() * (-0.5 * r / h[1].exp()).exp() + h[2].exp() * torch::eye(40);
    const torch::Tensor l = torch::linalg_cholesky(k);
    const torch::Tensor z = std::get<0>(torch::triangular_solve(y.unsqueeze(1), l, false));
    return 0.5 * z.square().sum() + l.diagonal().log().sum();
  };
  torch::Tensor h = torch::tensor({0.0, 0.0, -3.0}).requires_grad_();
  const auto options = torch::optim::LBFGSOptions().max_iter(200).line_search_fn("strong_wolfe").tolerance_grad(1e-5);
  torch::optim::LBFGS optimizer({h}, options);
  optimizer.step([&] {
    optimizer.zero_grad();
    const torch::Tensor value = loss(h);
    value.backward();
    return value;
  });
  std::printf("%.3g\n", torch::autograd::grad({loss(h)}, {h})[0].abs().max().item<double>());
}
