#include <torch/torch.h>

#include <cmath>
#include <functional>
#include <map>
#include <memory>
#include <stdexcept>

#include "tests/differential/layer_engine.h"

namespace gradus::differential {

namespace {

namespace tn = torch::nn;
using torch::Tensor;
using Inputs = std::vector<Tensor>;

struct Layer {
  std::shared_ptr<tn::Module> module;
  std::function<Tensor(const Inputs&)> call;
};

/// A layer that is called with one tensor and gives one.
template <class M>
Layer plain(M module) {
  return {module.ptr(), [module](const Inputs& x) mutable { return module->forward(x[0]); }};
}
/// A layer whose first result is looked at, or with both of what it carries: all numbers in one row.
template <class M>
Layer sequence(M module) {
  return {module.ptr(), [module](const Inputs& x) mutable {
            const auto [output, state] = module->forward(x[0]);
            return torch::cat({output.reshape({-1}), state.reshape({-1})});
          }};
}

Tensor tensor_of(const Numbers& x) { return torch::tensor(x.numbers, torch::kFloat64).reshape(x.shape); }
Numbers numbers_of(const Tensor& x) {
  const Tensor packed = x.to(torch::kFloat64).contiguous();
  return {packed.sizes().vec(), {packed.data_ptr<double>(), packed.data_ptr<double>() + packed.numel()}};
}

const std::map<std::string, std::function<Layer()>>& layers() {
  static const std::map<std::string, std::function<Layer()>> table{
      {"Linear", [] { return plain(tn::Linear(5, 3)); }},
      {"Linear without bias", [] { return plain(tn::Linear(tn::LinearOptions(5, 3).bias(false))); }},
      {"Bilinear",
       [] {
         tn::Bilinear m(tn::BilinearOptions(3, 4, 2));
         return Layer{m.ptr(), [m](const Inputs& x) mutable { return m->forward(x[0], x[1]); }};
       }},
      {"Conv1d",
       [] { return plain(tn::Conv1d(tn::Conv1dOptions(4, 6, 3).stride(2).padding(1).dilation(2).groups(2))); }},
      {"Conv2d",
       [] {
         return plain(tn::Conv2d(tn::Conv2dOptions(3, 4, {2, 3}).stride({2, 1}).padding({1, 2})));
       }},
      {"Conv2d same", [] { return plain(tn::Conv2d(tn::Conv2dOptions(2, 2, 3).padding(torch::kSame).bias(false))); }},
      {"ConvTranspose1d",
       [] { return plain(tn::ConvTranspose1d(tn::ConvTranspose1dOptions(4, 2, 3).stride(2).padding(1))); }},
      {"ConvTranspose2d",
       [] {
         return plain(
             tn::ConvTranspose2d(tn::ConvTranspose2dOptions(4, 6, {3, 2}).stride(2).output_padding(1).groups(2)));
       }},
      {"MaxPool1d", [] { return plain(tn::MaxPool1d(tn::MaxPool1dOptions(2).stride(1))); }},
      {"MaxPool2d",
       [] {
         return plain(tn::MaxPool2d(tn::MaxPool2dOptions({2, 3}).padding({1, 1}).ceil_mode(true)));
       }},
      {"AvgPool1d", [] { return plain(tn::AvgPool1d(2)); }},
      {"AvgPool2d", [] { return plain(tn::AvgPool2d(tn::AvgPool2dOptions(2).padding(1).count_include_pad(false))); }},
      {"Flatten", [] { return plain(tn::Flatten()); }},
      {"Upsample nearest",
       [] {
         return plain(
             tn::Upsample(tn::UpsampleOptions().scale_factor(std::vector<double>{2, 3}).mode(torch::kNearest)));
       }},
      {"Upsample bilinear",
       [] {
         return plain(tn::Upsample(tn::UpsampleOptions()
                                       .scale_factor(std::vector<double>{3, 2})
                                       .mode(torch::kBilinear)
                                       .align_corners(false)));
       }},
      {"LayerNorm",
       [] {
         return plain(tn::LayerNorm(tn::LayerNormOptions({4, 3})));
       }},
      {"GroupNorm", [] { return plain(tn::GroupNorm(tn::GroupNormOptions(2, 4))); }},
      {"InstanceNorm", [] { return plain(tn::InstanceNorm2d(tn::InstanceNorm2dOptions(3).affine(true))); }},
      {"BatchNorm1d", [] { return plain(tn::BatchNorm1d(4)); }},
      {"BatchNorm2d", [] { return plain(tn::BatchNorm2d(tn::BatchNorm2dOptions(3).momentum(0.3))); }},
      {"PReLU", [] { return plain(tn::PReLU(tn::PReLUOptions().num_parameters(3))); }},
      {"GLU", [] { return plain(tn::GLU()); }},
      {"Embedding",
       [] {
         tn::Embedding m(tn::EmbeddingOptions(5, 3));
         return Layer{m.ptr(), [m](const Inputs& x) mutable { return m->forward(x[0].to(torch::kInt64)); }};
       }},
      {"RNNCell",
       [] {
         tn::RNNCell m(3, 4);
         return Layer{m.ptr(), [m](const Inputs& x) mutable { return m->forward(x[0], x[1]); }};
       }},
      {"GRUCell",
       [] {
         tn::GRUCell m(3, 4);
         return Layer{m.ptr(), [m](const Inputs& x) mutable { return m->forward(x[0], x[1]); }};
       }},
      {"LSTMCell",
       [] {
         tn::LSTMCell m(3, 4);
         return Layer{m.ptr(), [m](const Inputs& x) mutable {
                        const auto [h, c] = m->forward(x[0], std::make_tuple(x[1], x[2]));
                        return torch::cat({h, c}, 1);
                      }};
       }},
      {"RNN relu",
       [] { return sequence(tn::RNN(tn::RNNOptions(3, 4).num_layers(2).nonlinearity(torch::kReLU).bias(false))); }},
      {"GRU", [] { return sequence(tn::GRU(tn::GRUOptions(3, 4).num_layers(2).bidirectional(true))); }},
      {"LSTM",
       [] {
         tn::LSTM m(tn::LSTMOptions(3, 4).num_layers(2).bidirectional(true).batch_first(true));
         return Layer{
             m.ptr(), [m](const Inputs& x) mutable {
               const auto [y, state] = m->forward(x[0], std::make_tuple(x[1], x[2]));
               return torch::cat({y.reshape({-1}), std::get<0>(state).reshape({-1}), std::get<1>(state).reshape({-1})});
             }};
       }},
      {"MultiHeadAttention",
       [] {
         tn::MultiheadAttention m(6, 3);
         return Layer{m.ptr(), [m](const Inputs& x) mutable {
                        const Tensor places = torch::ones({x[0].size(0), x[1].size(0)}, torch::kBool);
                        const Tensor mask = torch::zeros(places.sizes(), torch::kFloat64)
                                                .masked_fill(places.triu(1), -std::numeric_limits<double>::infinity());
                        return std::get<0>(m->forward(x[0], x[1], x[1], {}, false, mask));
                      }};
       }},
      {"TransformerEncoderLayer",
       [] {
         tn::TransformerEncoderLayer m(
             tn::TransformerEncoderLayerOptions(6, 2).dim_feedforward(5).dropout(0.0).activation(torch::kGELU));
         return Layer{m.ptr(), [m](const Inputs& x) mutable { return m->forward(x[0]); }};
       }},
  };
  return table;
}

void load(tn::Module& module, const NamedNumbers& state) {
  const torch::NoGradGuard no_grad;
  std::map<std::string, Tensor> own;
  for (const auto& p : module.named_parameters()) own[p.key()] = p.value();
  for (const auto& b : module.named_buffers()) own[b.key()] = b.value();
  for (const auto& [name, numbers] : state) {
    const auto found = own.find(name);
    if (found == own.end()) throw std::runtime_error("libtorch has no " + name);
    if (found->second.sizes().vec() != numbers.shape) throw std::runtime_error("libtorch has another shape of " + name);
    found->second.copy_(tensor_of(numbers));
    own.erase(found);
  }
  if (!own.empty()) throw std::runtime_error("libtorch has " + own.begin()->first + " besides");
}

}  // namespace

LayerRun run_torch_layer(const std::string& name, const NamedNumbers& state, const std::vector<Numbers>& inputs,
                         bool training) {
  torch::set_num_threads(1);
  const auto made = layers().find(name);
  if (made == layers().end()) throw std::runtime_error("libtorch has no layer " + name);
  Layer layer = made->second();
  layer.module->to(torch::kFloat64);
  layer.module->train(training);
  load(*layer.module, state);
  Inputs x;
  for (const Numbers& input : inputs) x.push_back(tensor_of(input).requires_grad_());
  const Tensor y = layer.call(x);
  const Tensor weights = torch::cos(torch::arange(y.numel(), torch::kFloat64)).reshape(y.sizes());
  (y * weights).sum().backward();
  LayerRun run{numbers_of(y), {}, {}, {}};
  for (const Tensor& input : x) {
    run.input_gradients.push_back(numbers_of(input.grad().defined() ? input.grad() : torch::zeros_like(input)));
  }
  for (const auto& p : layer.module->named_parameters())
    run.gradients.emplace_back(p.key(), numbers_of(p.value().grad()));
  for (const auto& b : layer.module->named_buffers()) run.buffers.emplace_back(b.key(), numbers_of(b.value()));
  return run;
}

}  // namespace gradus::differential
