#include <autograd/autograd.h>
#include <nn/nn.h>

#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "tasks.h"

namespace bench {

namespace {

using gradus::Array;
using gradus::DType;
using gradus::Shape;
using gradus::Tensor;

double chain_gradient(const Tensor& result, Tensor& a) {
  result.backward();
  const double gradient = a.grad().item();
  a.zero_grad();
  return gradient;
}

Run chain() {
  return [a = gradus::variable(0.5), b = gradus::variable(1e-3)]() mutable {
    Tensor s = a;
    for (int k = 0; k < chain_length / 2; ++k) s = s * a + b;
    b.zero_grad();
    return chain_gradient(s, a);
  };
}

Run tanh_chain() {
  return [a = gradus::variable(0.5)]() mutable {
    Tensor s = a;
    for (int k = 0; k < chain_length; ++k) s = tanh(s);
    return chain_gradient(s, a);
  };
}

Array array(const Shape& shape, const std::vector<double>& numbers, DType dtype) {
  return Array(shape, numbers).to(dtype);
}

/// loss.backward() and one step of gradient descent.
double descend(const Tensor& loss, std::span<Tensor> parameters) {
  loss.backward();
  for (Tensor& p : parameters) {
    p.set_value(p.value() - rate * p.grad());
    p.zero_grad();
  }
  return loss.item();
}

Run regression(DType dtype) {
  const RegressionData data;
  const Tensor x(array({points, 1}, data.x, dtype));
  const Tensor y(array({points, 1}, data.y, dtype));
  std::vector<Tensor> parameters{gradus::parameter(Array::zeros({1, 1}, dtype)),
                                 gradus::parameter(Array::zeros({1}, dtype))};
  return [=]() mutable {
    const Tensor error = x * parameters[0] + parameters[1] - y;
    return descend(mean(error * error), parameters);
  };
}

Run mlp() {
  const DType dtype = DType::float32;
  const MlpData data;
  const Tensor x(array({batch, 2}, data.x, dtype));
  const Tensor y(array({batch, 1}, data.y, dtype));
  std::vector<Tensor> p{
      gradus::parameter(array({2, hidden}, data.w1, dtype)),      gradus::parameter(Array::zeros({hidden}, dtype)),
      gradus::parameter(array({hidden, hidden}, data.w2, dtype)), gradus::parameter(Array::zeros({hidden}, dtype)),
      gradus::parameter(array({hidden, 1}, data.w3, dtype)),      gradus::parameter(Array::zeros({1}, dtype))};
  return [=]() mutable {
    Tensor h = tanh(matmul(x, p[0]) + p[1]);
    h = tanh(matmul(h, p[2]) + p[3]);
    const Tensor error = matmul(h, p[4]) + p[5] - y;
    return descend(mean(error * error), p);
  };
}

/// One training step of any model, with the parts of nn.
Run nn_step(const std::shared_ptr<gradus::nn::Module>& model, const Tensor& x, const Tensor& y) {
  return [=, optimizer = gradus::nn::SGD(model->parameters(), rate)]() mutable {
    const Tensor loss = gradus::nn::mse_loss((*model)(x), y);
    optimizer.zero_grad();
    loss.backward();
    optimizer.step();
    return loss.item();
  };
}

Run nn_regression(DType dtype) {
  const RegressionData data;
  const auto model = std::make_shared<gradus::nn::Linear>(1, 1, gradus::Key{}, dtype);
  model->weight().set_value(Array::zeros({1, 1}));
  return nn_step(model, Tensor(array({points, 1}, data.x, dtype)), Tensor(array({points, 1}, data.y, dtype)));
}

Run nn_mlp() {
  const DType dtype = DType::float32;
  const MlpData data;
  const auto model =
      std::make_shared<gradus::nn::MLP>(std::initializer_list<std::int64_t>{2, hidden, hidden, 1}, gradus::tanh<Tensor>,
                                        gradus::identity<Tensor>, gradus::Key{}, dtype);
  std::vector<Tensor> p = model->parameters();
  p[0].set_value(array({2, hidden}, data.w1, dtype));
  p[2].set_value(array({hidden, hidden}, data.w2, dtype));
  p[4].set_value(array({hidden, 1}, data.w3, dtype));
  return nn_step(model, Tensor(array({batch, 2}, data.x, dtype)), Tensor(array({batch, 1}, data.y, dtype)));
}

}  // namespace

Run gradus_task(Task task) {
  switch (task) {
    case Task::chain:
      return chain();
    case Task::tanh_chain:
      return tanh_chain();
    case Task::regression_f32:
      return regression(DType::float32);
    case Task::regression_f64:
      return regression(DType::float64);
    case Task::nn_regression_f32:
      return nn_regression(DType::float32);
    case Task::nn_regression_f64:
      return nn_regression(DType::float64);
    case Task::mlp_f32:
      return mlp();
    case Task::nn_mlp_f32:
      return nn_mlp();
  }
  return {};
}

}  // namespace bench
