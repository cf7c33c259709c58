// What is measured.  Every engine does the same tasks on the same numbers, each in a file of its own, so that the
// headers of one need not get along with those of another.
#pragma once
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

namespace bench {

enum class Task {
  chain,
  tanh_chain,
  regression_f32,
  regression_f64,
  nn_regression_f32,
  nn_regression_f64,
  mlp_f32,
  nn_mlp_f32,
  mnist_small,
  mnist_large,
  square_mlp,
  expression,
  classes,
  add_bias,
  sum_last,
  sum_first,
  convolution
};

struct TaskInfo {
  Task task;
  const char* name;
  double units;  // how many ops or steps one run does: times are given for one of them
  double bar;    // nanoseconds that one may take
};

constexpr int chain_length = 1000;
constexpr int points = 100;
constexpr int batch = 32;
constexpr int hidden = 16;
constexpr double rate = 0.05;

constexpr TaskInfo tasks[] = {
    {Task::chain, "s = s*a + b, 0-d float64, per op", chain_length, 60},
    {Task::tanh_chain, "s = tanh(s), 0-d float64, per op", chain_length, 60},
    {Task::regression_f32, "regression, by hand, float32", 1, 3000},
    {Task::regression_f64, "regression, by hand, float64", 1, 3000},
    {Task::nn_regression_f32, "regression, nn and SGD, float32", 1, 3000},
    {Task::nn_regression_f64, "regression, nn and SGD, float64", 1, 3000},
    {Task::mlp_f32, "MLP 2-16-16-1, by hand, float32", 1, 8000},
    {Task::nn_mlp_f32, "MLP 2-16-16-1, nn and SGD, float32", 1, 8000},
    {Task::mnist_small, "MLP 784-128-10, batch 64", 1, 0},
    {Task::mnist_large, "MLP 784-512-512-10, batch 128", 1, 0},
    {Task::square_mlp, "MLP 1024x4, batch 256", 1, 0},
    {Task::expression, "sum(tanh(x*w+b)*sigmoid(x)), 1M", 1, 0},
    {Task::classes, "softmax + cross-entropy 256x1000", 1, 0},
    {Task::add_bias, "[1000,1000] + [1000]", 1, 0},
    {Task::sum_last, "sum of [1000,1000] over the last axis", 1, 0},
    {Task::sum_first, "sum of [1000,1000] over the first axis", 1, 0},
    {Task::convolution, "conv2d 16x16x28x28, 3x3 to 32", 1, 0},
};

/// Does the task once, everything included: recording, the loss, the backward pass, the update, freeing the graph.
/// Returns a number that shows it was done right: the gradient of the chain, or the loss.
using Run = std::function<double()>;

/// Sets a task up.
Run gradus_task(Task task);
Run torch_task(Task task);

/// Numbers spread over ±scale/2, the same for every engine.
inline std::vector<double> numbers(int count, double scale, std::uint32_t seed) {
  std::vector<double> out(static_cast<std::size_t>(count));
  for (double& number : out) {
    seed = seed * 1664525U + 1013904223U;
    number = (static_cast<double>(seed >> 8U) / 16777216.0 - 0.5) * scale;
  }
  return out;
}

struct RegressionData {
  std::vector<double> x = numbers(points, 2.0, 1);
  std::vector<double> y;
  RegressionData() {
    const std::vector<double> noise = numbers(points, 0.5, 2);
    for (std::size_t k = 0; k < x.size(); ++k) y.push_back(2.0 * x[k] + 1.0 + noise[k]);
  }
};

struct MlpData {
  std::vector<double> x = numbers(batch * 2, 2.0, 3);
  std::vector<double> y = numbers(batch, 2.0, 4);
  std::vector<double> w1 = numbers(2 * hidden, 1.0, 5);
  std::vector<double> w2 = numbers(hidden * hidden, 1.0, 6);
  std::vector<double> w3 = numbers(hidden, 1.0, 7);
};

/// A classifier: layers of the given widths with ReLU between them, cross-entropy on labels, gradient descent.
struct Classifier {
  int batch;
  std::vector<int> widths;
  std::vector<double> x = numbers(batch * widths.front(), 2.0, 11);
  std::vector<std::int64_t> labels;
  std::vector<std::vector<double>> weights;  // [inputs, outputs]
  Classifier(int rows, std::vector<int> sizes) : batch(rows), widths(std::move(sizes)) {
    for (const double u : numbers(batch, 1.0, 12)) {
      labels.push_back(static_cast<std::int64_t>((u + 0.5) * widths.back()));
    }
    for (std::size_t k = 1; k < widths.size(); ++k) {
      const int inputs = widths[k - 1];
      weights.push_back(numbers(inputs * widths[k], 3.0 / std::sqrt(inputs), static_cast<std::uint32_t>(20 + k)));
    }
  }
};
constexpr double classifier_rate = 1e-3;

inline Classifier classifier(Task task) {
  if (task == Task::mnist_small) return {64, {784, 128, 10}};
  if (task == Task::mnist_large) return {128, {784, 512, 512, 10}};
  return {256, {1024, 1024, 1024, 1024}};
}

constexpr int long_length = 1'000'000;
constexpr int class_rows = 256;
constexpr int class_count = 1000;
constexpr int side = 1000;

}  // namespace bench
