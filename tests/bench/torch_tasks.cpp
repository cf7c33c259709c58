#include <torch/torch.h>

#include <functional>
#include <memory>
#include <numeric>
#include <vector>

#include "tasks.h"

namespace bench {

namespace {

using torch::Tensor;

Tensor variable(double value) { return torch::tensor(value, torch::dtype(torch::kFloat64).requires_grad(true)); }

double chain_gradient(const Tensor& result, Tensor& a) {
  result.backward();
  const double gradient = a.grad().item<double>();
  a.mutable_grad().reset();
  return gradient;
}

Run chain() {
  return [a = variable(0.5), b = variable(1e-3)]() mutable {
    Tensor s = a;
    for (int k = 0; k < chain_length / 2; ++k) s = s * a + b;
    b.mutable_grad().reset();
    return chain_gradient(s, a);
  };
}

Run tanh_chain() {
  return [a = variable(0.5)]() mutable {
    Tensor s = a;
    for (int k = 0; k < chain_length; ++k) s = torch::tanh(s);
    return chain_gradient(s, a);
  };
}

Tensor array(at::IntArrayRef shape, const std::vector<double>& numbers, torch::ScalarType dtype) {
  return torch::tensor(numbers, torch::kFloat64).reshape(shape).to(dtype).contiguous();
}

Tensor parameter(const Tensor& value) { return value.clone().set_requires_grad(true); }

/// loss.backward() and one step of gradient descent, in place and without keeping the gradients' memory zeroed.
double descend(const Tensor& loss, std::vector<Tensor>& parameters) {
  loss.backward();
  const torch::NoGradGuard no_grad;
  for (Tensor& p : parameters) {
    p.sub_(p.grad(), rate);
    p.mutable_grad().reset();
  }
  return loss.item<double>();
}

Run regression(torch::ScalarType dtype) {
  const RegressionData data;
  const Tensor x = array({points, 1}, data.x, dtype);
  const Tensor y = array({points, 1}, data.y, dtype);
  std::vector<Tensor> parameters{parameter(torch::zeros({1, 1}, dtype)), parameter(torch::zeros({1}, dtype))};
  return [=]() mutable {
    const Tensor error = x * parameters[0] + parameters[1] - y;
    return descend((error * error).mean(), parameters);
  };
}

Run mlp() {
  const auto dtype = torch::kFloat32;
  const MlpData data;
  const Tensor x = array({batch, 2}, data.x, dtype);
  const Tensor y = array({batch, 1}, data.y, dtype);
  std::vector<Tensor> p{parameter(array({2, hidden}, data.w1, dtype)),      parameter(torch::zeros({hidden}, dtype)),
                        parameter(array({hidden, hidden}, data.w2, dtype)), parameter(torch::zeros({hidden}, dtype)),
                        parameter(array({hidden, 1}, data.w3, dtype)),      parameter(torch::zeros({1}, dtype))};
  return [=]() mutable {
    Tensor h = torch::tanh(torch::matmul(x, p[0]) + p[1]);
    h = torch::tanh(torch::matmul(h, p[2]) + p[3]);
    const Tensor error = torch::matmul(h, p[4]) + p[5] - y;
    return descend((error * error).mean(), p);
  };
}

/// One training step of any model, with the parts of torch::nn.
Run nn_step(torch::nn::Sequential model, const Tensor& x, const Tensor& y) {
  auto optimizer = std::make_shared<torch::optim::SGD>(model->parameters(), rate);
  return [=]() mutable {
    const Tensor loss = torch::mse_loss(model->forward(x), y);
    optimizer->zero_grad();
    loss.backward();
    optimizer->step();
    return loss.item<double>();
  };
}

/// A layer that starts from x·W, which torch stores transposed, and a bias of 0.
torch::nn::Linear linear(const Tensor& w) {
  torch::nn::Linear layer(w.size(0), w.size(1));
  layer->to(w.scalar_type());
  const torch::NoGradGuard no_grad;
  layer->weight.copy_(w.t());
  layer->bias.zero_();
  return layer;
}

Run nn_regression(torch::ScalarType dtype) {
  const RegressionData data;
  return nn_step(torch::nn::Sequential(linear(torch::zeros({1, 1}, dtype))), array({points, 1}, data.x, dtype),
                 array({points, 1}, data.y, dtype));
}

Run nn_mlp() {
  const auto dtype = torch::kFloat32;
  const MlpData data;
  return nn_step(torch::nn::Sequential(linear(array({2, hidden}, data.w1, dtype)), torch::nn::Tanh(),
                                       linear(array({hidden, hidden}, data.w2, dtype)), torch::nn::Tanh(),
                                       linear(array({hidden, 1}, data.w3, dtype))),
                 array({batch, 2}, data.x, dtype), array({batch, 1}, data.y, dtype));
}

// ---------------------------------------------------------------------------------------------------- larger work

Run train(const Classifier& data) {
  torch::nn::Sequential model;
  for (std::size_t k = 0; k < data.weights.size(); ++k) {
    if (k > 0) model->push_back(torch::nn::ReLU());
    model->push_back(linear(array({data.widths[k], data.widths[k + 1]}, data.weights[k], torch::kFloat32)));
  }
  const Tensor x = array({data.batch, data.widths.front()}, data.x, torch::kFloat32);
  const Tensor labels = torch::tensor(data.labels, torch::kInt64);
  auto optimizer = std::make_shared<torch::optim::SGD>(model->parameters(), classifier_rate);
  return [=]() mutable {
    const Tensor loss = torch::nn::functional::cross_entropy(model->forward(x), labels);
    optimizer->zero_grad();
    loss.backward();
    optimizer->step();
    return loss.item<double>();
  };
}

Tensor leaf(at::IntArrayRef shape, double scale, std::uint32_t seed) {
  const auto count = std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>());
  return array(shape, numbers(static_cast<int>(count), scale, seed), torch::kFloat32).set_requires_grad(true);
}

/// A loss and its gradients, which are dropped.
template <class Loss>
Run differentiate(std::vector<Tensor> leaves, Loss loss) {
  return [leaves = std::move(leaves), loss = std::move(loss)]() mutable {
    const Tensor y = loss(leaves);
    y.backward();
    for (Tensor& t : leaves) t.mutable_grad().reset();
    return y.template item<double>();
  };
}

/// w and b are single numbers, or as long as x.
Run expression(bool long_weights) {
  const auto weights = long_weights ? std::vector<std::int64_t>{long_length} : std::vector<std::int64_t>{};
  return differentiate({leaf({long_length}, 4.0, 1), leaf(weights, 2.0, 2), leaf(weights, 2.0, 3)}, [](const auto& v) {
    return torch::sum(torch::tanh(v[0] * v[1] + v[2]) * torch::sigmoid(v[0]));
  });
}

Run classes() {
  std::vector<std::int64_t> labels;
  for (int k = 0; k < class_rows; ++k) labels.push_back(37 * k % class_count);
  return differentiate({leaf({class_rows, class_count}, 8.0, 1)},
                       [t = torch::tensor(labels, torch::kInt64)](const auto& v) {
                         return torch::nn::functional::cross_entropy(v[0], t);
                       });
}

template <class Work>
Run on_square(Work work) {
  return [x = leaf({side, side}, 2.0, 1).detach(), b = leaf({side}, 2.0, 2).detach(), work] {
    const Tensor y = work(x, b);
    return static_cast<double>(y.template data_ptr<float>()[y.numel() - 1]);
  };
}

Run convolution() {
  return differentiate({leaf({16, 16, 28, 28}, 2.0, 1), leaf({32, 16, 3, 3}, 0.2, 2), leaf({32}, 0.2, 3)},
                       [](const auto& v) { return torch::sum(torch::conv2d(v[0], v[1], v[2], 1, 1)); });
}

}  // namespace

Run torch_task(Task task, int threads) {
  at::set_num_threads(threads);
  switch (task) {
    case Task::chain:
    case Task::chain_replayed:
      return chain();
    case Task::tanh_chain:
      return tanh_chain();
    case Task::regression_f32:
      return regression(torch::kFloat32);
    case Task::regression_f64:
      return regression(torch::kFloat64);
    case Task::nn_regression_f32:
    case Task::regression_replayed:
      return nn_regression(torch::kFloat32);
    case Task::nn_regression_f64:
      return nn_regression(torch::kFloat64);
    case Task::mlp_f32:
      return mlp();
    case Task::nn_mlp_f32:
    case Task::mlp_replayed:
      return nn_mlp();
    case Task::mnist_small:
    case Task::mnist_large:
    case Task::square_mlp:
    case Task::mnist_large_replayed:
      return train(classifier(task));
    case Task::expression:
    case Task::expression_replayed:
      return expression(false);
    case Task::long_expression:
    case Task::long_expression_replayed:
      return expression(true);
    case Task::classes:
      return classes();
    case Task::add_bias:
      return on_square([](const Tensor& x, const Tensor& b) { return x + b; });
    case Task::sum_last:
      return on_square([](const Tensor& x, const Tensor&) { return x.sum(1); });
    case Task::sum_first:
      return on_square([](const Tensor& x, const Tensor&) { return x.sum(0); });
    case Task::convolution:
      return convolution();
  }
  return {};
}

}  // namespace bench
