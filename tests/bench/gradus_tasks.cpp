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
  const auto model = std::make_shared<gradus::nn::Linear>(1, 1, gradus::Key{});
  model->to(dtype);
  model->weight().set_value(Array::zeros({1, 1}));
  return nn_step(model, Tensor(array({points, 1}, data.x, dtype)), Tensor(array({points, 1}, data.y, dtype)));
}

std::shared_ptr<gradus::nn::Module> small_mlp(const MlpData& data) {
  const DType dtype = DType::float32;
  const auto model =
      std::make_shared<gradus::nn::MLP>(std::initializer_list<std::int64_t>{2, hidden, hidden, 1}, gradus::tanh<Tensor>,
                                        gradus::ops::identity<Tensor>, gradus::Key{});
  model->to(dtype);
  std::vector<Tensor> p = model->parameters();
  p[0].set_value(array({2, hidden}, data.w1, dtype));
  p[2].set_value(array({hidden, hidden}, data.w2, dtype));
  p[4].set_value(array({hidden, 1}, data.w3, dtype));
  return model;
}

Run nn_mlp() {
  const MlpData data;
  return nn_step(small_mlp(data), Tensor(array({batch, 2}, data.x, DType::float32)),
                 Tensor(array({batch, 1}, data.y, DType::float32)));
}

// ---------------------------------------------------------------------------------------------------- larger work

std::shared_ptr<gradus::nn::Module> classifier_model(const Classifier& data) {
  const DType dtype = DType::float32;
  const std::vector<std::int64_t> widths(data.widths.begin(), data.widths.end());
  const auto model =
      std::make_shared<gradus::nn::MLP>(widths, gradus::relu<Tensor>, gradus::ops::identity<Tensor>, gradus::Key{});
  model->to(dtype);
  std::vector<Tensor> p = model->parameters();
  for (std::size_t k = 0; k < data.weights.size(); ++k) {
    p[2 * k].set_value(array({data.widths[k], data.widths[k + 1]}, data.weights[k], dtype));
  }
  return model;
}

Run train(const Classifier& data) {
  const auto model = classifier_model(data);
  const Tensor x(array({data.batch, data.widths.front()}, data.x, DType::float32));
  return [=, labels = data.labels, optimizer = gradus::nn::SGD(model->parameters(), classifier_rate)]() mutable {
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

/// x, w and b; the last two single numbers, or as long as x.
std::vector<Tensor> expression_leaves(bool long_weights) {
  const Shape weights = long_weights ? Shape{long_length} : Shape{};
  return {leaf({long_length}, 4.0, 1), leaf(weights, 2.0, 2), leaf(weights, 2.0, 3)};
}

Run expression(bool long_weights) {
  return differentiate(expression_leaves(long_weights),
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

// ----------------------------------------------------------------------------------------------------- replayed work

Run chain_replayed() {
  const auto run = gradus::compile([](const Tensor& a, const Tensor& b) {
    Tensor s = a;
    for (int k = 0; k < chain_length / 2; ++k) s = s * a + b;
    return grad(s, {a})[0];
  });
  return [run, a = gradus::variable(0.5), b = gradus::variable(1e-3)] { return run(a, b).item(); };
}

/// A step of training: the loss and its gradients from a plan, then the optimizer.
template <class Loss>
Run train_replayed(std::vector<Tensor> parameters, double rate_of_descent, Loss loss, const Tensor& x) {
  const auto step = gradus::compile([=](const Tensor& in) {
    const Tensor y = loss(in);
    y.backward();
    return y;
  });
  return [=, optimizer = gradus::nn::SGD(std::move(parameters), rate_of_descent)]() mutable {
    optimizer.zero_grad();
    const double value = step(x).item();
    optimizer.step();
    return value;
  };
}

Run regression_replayed() {
  const DType dtype = DType::float32;
  const RegressionData data;
  const auto model = std::make_shared<gradus::nn::Linear>(1, 1, gradus::Key{});
  model->to(dtype);
  model->weight().set_value(Array::zeros({1, 1}));
  const Tensor y(array({points, 1}, data.y, dtype));
  return train_replayed(
      model->parameters(), rate, [=](const Tensor& x) { return gradus::nn::mse_loss((*model)(x), y); },
      Tensor(array({points, 1}, data.x, dtype)));
}

Run mlp_replayed() {
  const MlpData data;
  const auto model = small_mlp(data);
  const Tensor y(array({batch, 1}, data.y, DType::float32));
  return train_replayed(
      model->parameters(), rate, [=](const Tensor& x) { return gradus::nn::mse_loss((*model)(x), y); },
      Tensor(array({batch, 2}, data.x, DType::float32)));
}

Run classifier_replayed(const Classifier& data) {
  const auto model = classifier_model(data);
  return train_replayed(
      model->parameters(), classifier_rate,
      [=, labels = data.labels](const Tensor& x) { return gradus::nn::cross_entropy((*model)(x), labels); },
      Tensor(array({data.batch, data.widths.front()}, data.x, DType::float32)));
}

Run expression_replayed(bool long_weights) {
  const auto run = gradus::compile([](const Tensor& x, const Tensor& w, const Tensor& b) {
    const Tensor y = sum(tanh(x * w + b) * sigmoid(x));
    std::vector<Tensor> out = grad(y, {x, w, b});
    out.push_back(y);
    return out;
  });
  return [run, v = expression_leaves(long_weights)] { return run(v[0], v[1], v[2]).back().item(); };
}

}  // namespace

Run gradus_task(Task task, int threads) {
  gradus::set_num_threads(threads);
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
    case Task::long_expression:
      return expression(task == Task::long_expression);
    case Task::classes:
      return classes();
    case Task::add_bias:
      return on_square([](const Array& x, const Array& b) { return x + b; });
    case Task::sum_last:
      return on_square([](const Array& x, const Array&) { return sum_axes(x, 0b10U, false); });
    case Task::sum_first:
      return on_square([](const Array& x, const Array&) { return sum_axes(x, 0b01U, false); });
    case Task::convolution:
      return convolution();
    case Task::chain_replayed:
      return chain_replayed();
    case Task::regression_replayed:
      return regression_replayed();
    case Task::mlp_replayed:
      return mlp_replayed();
    case Task::mnist_large_replayed:
      return classifier_replayed(classifier(task));
    case Task::expression_replayed:
    case Task::long_expression_replayed:
      return expression_replayed(task == Task::long_expression_replayed);
  }
  return {};
}

}  // namespace bench
