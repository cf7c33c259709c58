// Every layer that libtorch has too: names and shapes of its state, output, gradients and buffers, on random numbers.
//
//     layers_beside_torch [COUNT]     so many random numbers for each layer (10)
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "autograd/autograd.h"
#include "nn/nn.h"
#include "tests/differential/layer_engine.h"

namespace gradus::differential {

namespace {

using Inputs = std::vector<Tensor>;
using nn::Module;

struct Case {
  std::string name;  // as torch_layers.cpp knows it
  std::shared_ptr<Module> module;
  std::vector<Shape> inputs;
  std::function<Tensor(const Inputs&)> call = {};
};

template <class M, class... X>
std::shared_ptr<M> made(X&&... x) {
  return std::make_shared<M>(std::forward<X>(x)...);
}
template <class M>
Case of_two(std::string name, std::shared_ptr<M> m, const Shape& a, const Shape& b) {
  return {std::move(name), m, {a, b}, [m](const Inputs& x) { return (*m)(x[0], x[1]); }};
}
/// With the last state behind the output, all in one row.
template <class M>
Case sequence(std::string name, std::shared_ptr<M> m, const Shape& x) {
  return {std::move(name), m, {x}, [m](const Inputs& in) {
            const auto [output, state] = (*m)(in[0]);
            return concat({flatten(output), flatten(state)});
          }};
}

std::vector<Case> cases() {
  std::vector<Case> out{
      {"Linear", made<nn::Linear>(5, 3), {{4, 2, 5}}},
      {"Linear without bias", made<nn::Linear>(5, 3, nn::LinearOptions{.bias = false}), {{5}}},
      of_two("Bilinear", made<nn::Bilinear>(3, 4, 2), {5, 3}, {5, 4}),
      {"Conv1d",
       made<nn::Conv1d>(4, 6, 3, nn::ConvLayerOptions{.stride = 2, .padding = 1, .dilation = 2, .groups = 2}),
       {{2, 4, 9}}},
      {"Conv2d",
       made<nn::Conv2d>(3, 4, Pair(2, 3), nn::ConvLayerOptions{.stride = Pair(2, 1), .padding = Pair(1, 2)}),
       {{2, 3, 5, 4}}},
      {"Conv2d same",
       made<nn::Conv2d>(2, 2, 3, nn::ConvLayerOptions{.padding = "same", .bias = false}),
       {{1, 2, 4, 5}}},
      {"ConvTranspose1d",
       made<nn::ConvTranspose1d>(4, 2, 3, nn::ConvTransposeLayerOptions{.stride = 2, .padding = 1}),
       {{2, 4, 5}}},
      {"ConvTranspose2d",
       made<nn::ConvTranspose2d>(4, 6, Pair(3, 2),
                                 nn::ConvTransposeLayerOptions{.stride = 2, .output_padding = 1, .groups = 2}),
       {{2, 4, 3, 3}}},
      {"MaxPool1d", made<nn::MaxPool1d>(2, MaxPoolOptions{.stride = 1}), {{2, 3, 5}}},
      {"MaxPool2d", made<nn::MaxPool2d>(Pair(2, 3), MaxPoolOptions{.padding = 1, .ceil_mode = true}), {{2, 2, 5, 6}}},
      {"AvgPool1d", made<nn::AvgPool1d>(2), {{2, 3, 5}}},
      {"AvgPool2d", made<nn::AvgPool2d>(2, AvgPoolOptions{.padding = 1, .count_include_pad = false}), {{2, 2, 5, 4}}},
      {"Flatten", made<nn::Flatten>(), {{2, 3, 4}}},
      {"Upsample nearest", made<nn::Upsample>(Pair(2, 3)), {{1, 2, 3, 2}}},
      {"Upsample bilinear", made<nn::Upsample>(Pair(3, 2), nn::UpsampleMode::linear), {{1, 2, 3, 4}}},
      {"LayerNorm", made<nn::LayerNorm>(Shape{4, 3}), {{5, 4, 3}}},
      {"GroupNorm", made<nn::GroupNorm>(2, 4), {{3, 4, 5}}},
      {"InstanceNorm", made<nn::InstanceNorm2d>(3, nn::InstanceNormOptions{.affine = true}), {{2, 3, 4, 2}}},
      {"BatchNorm1d", made<nn::BatchNorm1d>(4), {{6, 4}}},
      {"BatchNorm2d", made<nn::BatchNorm2d>(3, nn::BatchNormOptions{.momentum = 0.3}), {{2, 3, 2, 3}}},
      {"PReLU", made<nn::PReLU>(3), {{2, 3, 4}}},
      {"GLU", made<nn::GLU>(), {{3, 6}}},
      of_two("RNNCell", made<nn::RNNCell>(3, 4), {2, 3}, {2, 4}),
      of_two("GRUCell", made<nn::GRUCell>(3, 4), {2, 3}, {2, 4}),
      sequence("RNN relu",
               made<nn::RNN>(3, 4, nn::RecurrentOptions{.num_layers = 2, .bias = false, .nonlinearity = "relu"}),
               {5, 2, 3}),
      sequence("GRU", made<nn::GRU>(3, 4, nn::RecurrentOptions{.num_layers = 2, .bidirectional = true}), {5, 2, 3}),
  };
  const auto cell = made<nn::LSTMCell>(3, 4);
  out.push_back({"LSTMCell", cell, {{2, 3}, {2, 4}, {2, 4}}, [cell](const Inputs& x) {
                   const auto [h, c] = (*cell)(x[0], {x[1], x[2]});
                   return concat({h, c}, 1);
                 }});
  const auto lstm =
      made<nn::LSTM>(3, 4, nn::RecurrentOptions{.num_layers = 2, .batch_first = true, .bidirectional = true});
  out.push_back({"LSTM", lstm, {{2, 5, 3}, {4, 2, 4}, {4, 2, 4}}, [lstm](const Inputs& x) {
                   const auto [output, state] = (*lstm)(x[0], {x[1], x[2]});
                   return concat({flatten(output), flatten(state.h), flatten(state.c)});
                 }});
  const auto words = made<nn::Embedding>(5, 3);
  out.push_back({"Embedding", words, {}, [words](const Inputs&) { return (*words)(Indices{1, 4, 1}); }});
  const auto attention = made<nn::MultiHeadAttention>(6, 3);
  out.push_back({"MultiHeadAttention", attention, {{4, 2, 6}, {4, 2, 6}}, [attention](const Inputs& x) {
                   return (*attention)(x[0], x[1], x[1], {}, true);
                 }});
  nn::TransformerEncoderOptions options;
  options.dim_feedforward = 5;
  options.dropout = 0.0;
  options.activation = "gelu";
  out.push_back({"TransformerEncoderLayer", made<nn::TransformerEncoderLayer>(6, 2, options), {{3, 2, 6}}});
  return out;
}

Numbers numbers_of(const Tensor& x) {
  const Shape shape = x.shape();
  return {{shape.begin(), shape.end()}, x.to_vector()};
}

/// The largest difference, relative to the largest number.
double apart(const Numbers& a, const Numbers& b) {
  if (a.shape != b.shape) return std::numeric_limits<double>::infinity();
  double size = 1e-300, difference = 0.0;
  for (std::size_t k = 0; k < a.numbers.size(); ++k) {
    size = std::max({size, std::fabs(a.numbers[k]), std::fabs(b.numbers[k])});
    difference = std::max(difference, std::fabs(a.numbers[k] - b.numbers[k]));
    if (std::isnan(a.numbers[k]) != std::isnan(b.numbers[k])) return std::numeric_limits<double>::infinity();
  }
  return difference / std::max(size, 1e-3);
}

/// What is furthest apart, as a line for the reader where it is too far.
class Judge {
 public:
  explicit Judge(std::string layer) : layer_(std::move(layer)) {}
  void compare(const std::string& what, const Numbers& ours, const Numbers& theirs) {
    constexpr double allowed = 1e-11;
    const double distance = apart(ours, theirs);
    worst_ = std::max(worst_, distance);
    if (distance <= allowed) return;
    fmt::print("{}: {} is {:.2g} apart\n", layer_, what, distance);
    ok_ = false;
  }
  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] double worst() const { return worst_; }

 private:
  std::string layer_;
  double worst_ = 0.0;
  bool ok_ = true;
};

double run(Case& c, std::uint64_t seed, bool training, bool& all_ok) {
  Module& module = *c.module;
  module.train(training);
  std::uint64_t k = 0;
  const auto random = [&](const Shape& shape) { return uniform(shape, -1.0, 1.0, Key{seed, k++}); };
  std::vector<nn::NamedTensor> state = module.state();
  NamedNumbers given;
  for (nn::NamedTensor& t : state) {
    t.tensor = t.name == "running_var" ? abs(random(t.tensor.shape())) + 0.5 : random(t.tensor.shape());
    if (t.name == "num_batches_tracked") t.tensor = zeros({});
    given.emplace_back(t.name, numbers_of(t.tensor));
  }
  module.load_state(state);
  Inputs x;
  std::vector<Numbers> inputs;
  for (const Shape& shape : c.inputs) {
    x.push_back(variable(random(shape)));
    inputs.push_back(numbers_of(x.back()));
  }
  if (inputs.empty()) inputs.push_back({{3}, {1, 4, 1}});  // places of an embedding

  module.zero_grad();
  const Tensor y = c.call ? c.call(x) : module(x[0]);
  sum(y * reshape(cos(arange(static_cast<double>(y.size()))), y.shape())).backward();

  const bool places = c.inputs.empty();
  const LayerRun torch = run_torch_layer(c.name, given, inputs, training);
  Judge judge(c.name);
  judge.compare("the output", numbers_of(y), torch.output);
  for (std::size_t i = 0; i < x.size() && !places; ++i) {
    judge.compare(fmt::format("the gradient of input {}", i), numbers_of(x[i].grad()), torch.input_gradients[i]);
  }
  const std::vector<nn::NamedParameter> parameters = module.named_parameters();
  for (const auto& [name, gradient] : torch.gradients) {
    const auto own = std::ranges::find(parameters, name, &nn::NamedTensor::name);
    judge.compare("the gradient of " + name, numbers_of(own->tensor.grad()), gradient);
  }
  const std::vector<nn::NamedTensor> buffers = module.named_buffers();
  for (const auto& [name, numbers] : torch.buffers) {
    judge.compare(name, numbers_of(std::ranges::find(buffers, name, &nn::NamedTensor::name)->tensor), numbers);
  }
  all_ok = all_ok && judge.ok();
  return judge.worst();
}

}  // namespace

}  // namespace gradus::differential

int main(int argc, char** argv) {
  using namespace gradus::differential;
  const int count = argc > 1 ? std::atoi(argv[1]) : 10;
  bool all_ok = true;
  for (Case& c : cases()) {
    double worst = 0.0;
    try {
      for (int seed = 0; seed < count; ++seed) {
        for (const bool training : {true, false}) {
          worst = std::max(worst, run(c, static_cast<std::uint64_t>(seed), training, all_ok));
        }
      }
      fmt::print("{:<26} {:.1e}\n", c.name, worst);
    } catch (const std::exception& error) {
      fmt::print("{}: {}\n", c.name, error.what());
      all_ok = false;
    }
  }
  return all_ok ? 0 : 1;
}
