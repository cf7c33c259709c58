// What is measured.  Every engine does the same tasks on the same numbers, each in a file of its own, so that the
// headers of one need not get along with those of another.
#pragma once
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "measure.h"

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
  long_expression,
  classes,
  add_bias,
  sum_last,
  sum_first,
  convolution,
  chain_replayed,
  regression_replayed,
  mlp_replayed,
  mnist_large_replayed,
  expression_replayed,
  long_expression_replayed
};

constexpr int chain_length = 1000;
constexpr int points = 100;
constexpr int batch = 32;
constexpr int hidden = 16;
constexpr double rate = 0.05;

/// What is measured, and what is asked of it.
struct TaskInfo {
  Task task;
  const char* name;
  double units = 1.0;   // how many ops or steps one run does: times are given for one of them
  double bar_ns = 0.0;  // nanoseconds that one may take on one thread; 0: no such bar
  double bar = 0.0;     // the ratio to libtorch asked on one thread, and on two; 0: none
  double bar_of_two = 0.0;
  Needs needs = {};
};

constexpr double mega = 1e6;
constexpr Needs flops(double count) { return {count, 0.0, 0.0, 0.0}; }
constexpr Needs bytes(double count) { return {0.0, 0.0, count, 0.0}; }

constexpr TaskInfo tasks[] = {
    {Task::chain, "s = s*a + b, 0-d float64, per op", chain_length, 40},
    {Task::tanh_chain, "s = tanh(s), 0-d float64, per op", chain_length, 40},
    {Task::regression_f32, "regression, by hand, float32", 1, 1500},
    {Task::regression_f64, "regression, by hand, float64", 1, 1500},
    {Task::nn_regression_f32, "regression, nn and SGD, float32", 1, 1500},
    {Task::nn_regression_f64, "regression, nn and SGD, float64", 1, 1500},
    {Task::mlp_f32, "MLP 2-16-16-1, by hand, float32", 1, 4000},
    {Task::nn_mlp_f32, "MLP 2-16-16-1, nn and SGD, float32", 1, 4000},
    {Task::mnist_small, "MLP 784-128-10, batch 64", 1, 0, 0.72, 0.8, flops(26.2 * mega)},
    {Task::mnist_large, "MLP 784-512-512-10, batch 128", 1, 0, 0.85, 0.85, flops(411 * mega)},
    {Task::square_mlp, "MLP 1024x4, batch 256", 1, 0, 0.95, 0.95, flops(4295 * mega)},
    {Task::expression, "sum(tanh(x*w+b)*sigmoid(x)), 1M", 1, 0, 0.5, 0, bytes(8 * mega)},
    {Task::long_expression, "the same, w and b as long as x", 1, 0, 0.5, 0, bytes(24 * mega)},
    {Task::classes, "softmax + cross-entropy 256x1000", 1, 0, 0.5, 0, bytes(2.048 * mega)},
    {Task::add_bias, "[1000,1000] + [1000]", 1, 0, 0.9, 0, bytes(8 * mega)},
    {Task::sum_last, "sum of [1000,1000] over the last axis", 1, 0, 0.9, 0, bytes(4 * mega)},
    {Task::sum_first, "sum of [1000,1000] over the first axis", 1, 0, 0.9, 0, bytes(4 * mega)},
    {Task::convolution, "conv2d 16x16x28x28, 3x3 to 32", 1, 0, 1.0, 0, flops(347 * mega)},
    // Gradus runs a plan of the same work (compile.h); libtorch does as before.
    {Task::chain_replayed, "s = s*a + b, 0-d float64, per op, replayed", chain_length},
    {Task::regression_replayed, "regression, nn and SGD, float32, replayed"},
    {Task::mlp_replayed, "MLP 2-16-16-1, nn and SGD, float32, replayed"},
    {Task::mnist_large_replayed, "MLP 784-512-512-10, batch 128, replayed", 1, 0, 0, 0, flops(411 * mega)},
    {Task::expression_replayed, "sum(tanh(x*w+b)*sigmoid(x)), 1M, replayed", 1, 0, 0.25, 0, bytes(8 * mega)},
    {Task::long_expression_replayed, "the same, w and b as long as x, replayed", 1, 0, 0.25, 0, bytes(24 * mega)},
};

/// The task of a name in the table.  Throws std::runtime_error when there is none.
inline Task task_named(const std::string& name) {
  for (const TaskInfo& info : tasks) {
    if (info.name == name) return info.task;
  }
  throw std::runtime_error("no task is called " + name);
}

/// Sets a task up for an engine.  One run does it once, everything included: recording, the loss, the backward pass, the
/// update, freeing the graph; it returns a number that shows it was done right, such as the loss.
Run gradus_task(Task task, int threads);
Run torch_task(Task task, int threads);

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
  if (task == Task::mnist_large || task == Task::mnist_large_replayed) return {128, {784, 512, 512, 10}};
  return {256, {1024, 1024, 1024, 1024}};
}

constexpr int long_length = 1'000'000;
constexpr int class_rows = 256;
constexpr int class_count = 1000;
constexpr int side = 1000;

}  // namespace bench
