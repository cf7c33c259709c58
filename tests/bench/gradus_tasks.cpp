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

// ---------------------------------------------------------------------------------------------------- larger work

Run train(const Classifier& data) {
  const DType dtype = DType::float32;
  std::vector<std::int64_t> widths(data.widths.begin(), data.widths.end());
  const auto model =
      std::make_shared<gradus::nn::MLP>(widths, gradus::relu<Tensor>, gradus::identity<Tensor>, gradus::Key{}, dtype);
  std::vector<Tensor> p = model->parameters();
  for (std::size_t k = 0; k < data.weights.size(); ++k) {
    p[2 * k].set_value(array({data.widths[k], data.widths[k + 1]}, data.weights[k], dtype));
  }
  const Tensor x(array({data.batch, data.widths.front()}, data.x, dtype));
  return [=, labels = data.labels, optimizer = gradus::nn::SGD(p, classifier_rate)]() mutable {
    Tensor loss = gradus::nn::cross_entropy((*model)(x), labels);
    const double value = loss.item();
    optimizer.zero_grad();
    std::move(loss).backward();
    optimizer.step();
    return value;
  };
}

Tensor leaf(const Shape& shape, double scale, std::uint32_t seed) {
  return gradus::parameter(array(shape, numbers(static_cast<int>(shape.size()), scale, seed), DType::float32));
}

/// A loss and its gradients, which are dropped.
template <class Loss>
Run differentiate(std::vector<Tensor> leaves, Loss loss) {
  return [leaves = std::move(leaves), loss = std::move(loss)]() mutable {
    Tensor y = loss(leaves);
    const double value = y.item();
    std::move(y).backward();
    for (Tensor& t : leaves) t.zero_grad();
    return value;
  };
}

Run expression() {
  return differentiate({leaf({long_length}, 4.0, 1), leaf({long_length}, 2.0, 2), leaf({long_length}, 2.0, 3)},
                       [](const auto& v) { return sum(tanh(v[0] * v[1] + v[2]) * sigmoid(v[0])); });
}

Run classes() {
  std::vector<std::int64_t> labels;
  for (int k = 0; k < class_rows; ++k) labels.push_back(37 * k % class_count);
  return differentiate({leaf({class_rows, class_count}, 8.0, 1)},
                       [labels](const auto& v) { return gradus::nn::cross_entropy(v[0], labels); });
}

template <class Work>
Run on_square(Work work) {
  return [x = leaf({side, side}, 2.0, 1).value(), b = leaf({side}, 2.0, 2).value(), work] {
    const Array y = work(x, b);
    return static_cast<double>(y.data<float>()[y.size() - 1]);
  };
}

Run convolution() {
  return differentiate({leaf({16, 16, 28, 28}, 2.0, 1), leaf({32, 16, 3, 3}, 0.2, 2), leaf({32}, 0.2, 3)},
                       [](const auto& v) { return sum(gradus::conv2d(v[0], v[1], v[2], {.padding = 1})); });
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
    case Task::mnist_small:
    case Task::mnist_large:
    case Task::square_mlp:
      return train(classifier(task));
    case Task::expression:
      return expression();
    case Task::classes:
      return classes();
    case Task::add_bias:
      return on_square([](const Array& x, const Array& b) { return x + b; });
    case Task::sum_last:
      return on_square([](const Array& x, const Array&) { return gradus::sum(x, 0b10U, false); });
    case Task::sum_first:
      return on_square([](const Array& x, const Array&) { return gradus::sum(x, 0b01U, false); });
    case Task::convolution:
      return convolution();
  }
  return {};
}

}  // namespace bench
