// Writes the reference drawings into a folder: as DOT, and where this build has Graphviz as SVG and PNG.
//   draw_pictures FOLDER
#include <fmt/format.h>

#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include "autograd/autograd.h"
#include "autograd/base/file.h"
#include "tests/reference/with_gradients.h"
#include "tools/gradus/output/render.h"

using namespace gradus;
using gradus::reference::with_gradients;

namespace {

/// The neuron of Karpathy's micrograd.
Graph perceptron() {
  const Tensor x1 = variable(2.0, "x1"), w1 = parameter(-3.0, "w1");
  const Tensor x2 = variable(0.0, "x2"), w2 = parameter(1.0, "w2");
  const Tensor b = parameter(6.8813735870195432, "b");
  const Tensor p1 = x1 * w1, p2 = x2 * w2;
  Tensor n = p1 + p2 + b;
  n.set_name("n");
  return with_gradients(tanh(n).set_name("o"));
}

/// Numbers that are the same on every machine and look like those of a network.
Array numbers(const Shape& shape, double scale, std::int64_t salt) {
  std::vector<double> values;
  for (std::int64_t k = 0; k < shape.size(); ++k) {
    values.push_back(scale * static_cast<double>((k * 37 + salt * 53) % 101 - 50) / 50.0);
  }
  return Array(shape, values);
}

Tensor layer(const Tensor& x, int k, std::int64_t outputs, Tensor (*activation)(const Tensor&), double scale) {
  const std::int64_t inputs = x.shape()[1];
  const ScopeGuard scope(fmt::format("Layer {}", k), "Layer",
                         fmt::format("{} → {}, {} parameters", inputs, outputs, (inputs + 1) * outputs));
  const Tensor w = parameter(numbers({inputs, outputs}, scale, k), fmt::format("W{}", k));
  const Tensor b = parameter(numbers({outputs}, scale, k + 7), fmt::format("b{}", k));
  return activation(matmul(x, w) + b);
}

Graph mlp() {
  Tensor y = variable(numbers({64, 2}, 1.0, 1), "x");
  y = layer(y, 1, 16, &relu<Tensor>, 0.5);
  y = layer(y, 2, 16, &relu<Tensor>, 0.5);
  y = layer(y, 3, 1, &tanh<Tensor>, 0.5);
  const Tensor target(numbers({64, 1}, 1.0, 2), "y");
  const ScopeGuard loss("MSE", ModuleRole::loss);
  const Tensor error = y - target;
  return with_gradients(mean(error * error));
}

/// The sigmoid neuron of Stanford's CS231n, taken apart as there.
Graph cs231n() {
  const Tensor w0 = parameter(2.0, "w0"), x0 = variable(-1.0, "x0");
  const Tensor w1 = parameter(-3.0, "w1"), x1 = variable(-2.0, "x1");
  const Tensor w2 = parameter(-3.0, "w2");
  const Tensor first = w0 * x0, second = w1 * x1;
  const Tensor score = first + second + w2;
  return with_gradients((1.0 / (1.0 + exp(-score))).set_name("f"));
}

/// Too many sigmoids, one behind the other: the first hardly learn.
Graph vanishing() {
  Tensor y = variable(numbers({64, 2}, 1.0, 1), "x");
  for (int k = 1; k <= 5; ++k) y = layer(y, k, k == 5 ? 1 : 8, &sigmoid<Tensor>, 0.4);
  const Tensor target(numbers({64, 1}, 1.0, 2), "y");
  const ScopeGuard loss("MSE", ModuleRole::loss);
  const Tensor error = y - target;
  return with_gradients(mean(error * error));
}

void write(const std::string& folder, const std::string& name, const Graph& graph, const DotStyle& style) {
  const std::string dot = to_dot(graph, style);
  const std::string path = folder + "/" + name;
  write_file(path + ".dot", dot);
#ifdef GRADUS_HAVE_GRAPHVIZ
  for (const char* format : {"svg", "png"}) write_file(path + "." + format, command::render(dot, format));
#endif
}

void write_all(const std::string& folder) {
  for (const bool dark : {false, true}) {
    const std::string suffix = dark ? "-dark" : "";
    DotStyle style;
    style.dark = dark;
    style.title = "A perceptron";
    style.subtitle = "o = tanh(x₁w₁ + x₂w₂ + b)";
    write(folder, "perceptron" + suffix, perceptron(), style);
    style.detail = Detail::shape;
    style.title = "MLP 2 → 16 → 16 → 1";
    style.subtitle = "337 parameters in 6 tensors, batch of 64, one training step";
    write(folder, "mlp" + suffix, mlp(), style);
  }
  DotStyle style;
  style.title = "A sigmoid neuron";
  style.subtitle = "f = 1/(1 + exp(−(w₀x₀ + w₁x₁ + w₂)))";
  style.join_sums = false;  // as there
  write(folder, "cs231n", cs231n(), style);
  style.title = "Vanishing gradients";
  style.subtitle = "five sigmoid layers, 8 wide";
  style.coloring = Coloring::gradient;
  style.elements = 4;
  write(folder, "vanishing", vanishing(), style);
}

}  // namespace

int main(int argc, char** argv) {
  command::draw_if_asked(argc, argv);
  if (argc != 2) {
    fmt::print(stderr, "usage: draw_pictures FOLDER\n");
    return 2;
  }
  try {
    write_all(argv[1]);
  } catch (const Error& error) {
    fmt::print(stderr, "draw_pictures: {}\n", error.what());
    return 1;
  }
  return 0;
}
