#include "tests/nn/layers/every_layer.h"

#include "autograd/autograd.h"

namespace gradus::test_layers {

namespace {

using nn::Module;

Tensor input(const Shape& shape) { return uniform(shape, -1.5, 1.5, Key{.seed = 3}); }

template <class M, class... X>
std::shared_ptr<M> made(X&&... x) {
  return std::make_shared<M>(std::forward<X>(x)...);
}

// A layer that is called with the two halves of x.
template <class M>
LayerCase of_two(std::shared_ptr<M> layer, const Shape& x, const Shape& output,
                 std::vector<std::pair<std::string, Shape>> state) {
  return {layer, input(x), output, std::move(state), [layer](const Tensor& t) {
            const std::vector<Tensor> halves = split(t, 2, 0);
            return (*layer)(halves[0], halves[1]);
          }};
}

void add_linear(std::vector<LayerCase>& to) {
  to.push_back({made<nn::Linear>(3, 2), input({4, 3}), {4, 2}, {{"weight", {2, 3}}, {"bias", {2}}}});
  to.push_back({made<nn::Linear>(3, 2, nn::LinearOptions{.bias = false}), input({3}), {2}, {{"weight", {2, 3}}}});
  to.push_back(of_two(made<nn::Bilinear>(3, 3, 2), {4, 3}, {2, 2}, {{"weight", {2, 3, 3}}, {"bias", {2}}}));
  to.push_back({made<nn::Layer>(3, 2, "softplus"), input({2, 3}), {2, 2}, {{"weight", {2, 3}}, {"bias", {2}}}});
  to.push_back({made<nn::Perceptron>(3, "sigmoid"), input({2, 3}), {2, 1}, {{"weight", {1, 3}}, {"bias", {1}}}});
  to.push_back({made<nn::MLP>(std::initializer_list<std::int64_t>{2, 3, 1}),
                input({2, 2}),
                {2, 1},
                {{"layer1.weight", {3, 2}}, {"layer1.bias", {3}}, {"layer2.weight", {1, 3}}, {"layer2.bias", {1}}}});
}

void add_convolutions(std::vector<LayerCase>& to) {
  to.push_back({made<nn::Conv1d>(2, 3, 2), input({2, 2, 4}), {2, 3, 3}, {{"weight", {3, 2, 2}}, {"bias", {3}}}});
  to.push_back({made<nn::Conv2d>(2, 2, Pair(2, 3), nn::ConvLayerOptions{.stride = 2, .padding = 1, .groups = 2}),
                input({1, 2, 4, 4}),
                {1, 2, 3, 2},
                {{"weight", {2, 1, 2, 3}}, {"bias", {2}}}});
  to.push_back({made<nn::Conv2d>(1, 2, 3, nn::ConvLayerOptions{.padding = "same", .bias = false}),
                input({1, 4, 3}),
                {2, 4, 3},
                {{"weight", {2, 1, 3, 3}}}});
  to.push_back({made<nn::ConvTranspose1d>(2, 3, 2, nn::ConvTransposeLayerOptions{.stride = 2}),
                input({1, 2, 3}),
                {1, 3, 6},
                {{"weight", {2, 3, 2}}, {"bias", {3}}}});
  to.push_back({made<nn::ConvTranspose2d>(2, 1, 2),
                input({1, 2, 2, 2}),
                {1, 1, 3, 3},
                {{"weight", {2, 1, 2, 2}}, {"bias", {1}}}});
}

void add_pooling(std::vector<LayerCase>& to) {
  to.push_back({made<nn::MaxPool1d>(2), input({1, 2, 5}), {1, 2, 2}, {}});
  to.push_back({made<nn::MaxPool2d>(2, MaxPoolOptions{.stride = 1}), input({1, 1, 3, 3}), {1, 1, 2, 2}, {}});
  to.push_back({made<nn::AvgPool1d>(2), input({1, 2, 4}), {1, 2, 2}, {}});
  to.push_back({made<nn::AvgPool2d>(2), input({1, 2, 4, 2}), {1, 2, 2, 1}, {}});
  to.push_back({made<nn::Flatten>(), input({2, 2, 3}), {2, 6}, {}});
  to.push_back({made<nn::Upsample>(2), input({1, 1, 2, 2}), {1, 1, 4, 4}, {}});
  to.push_back({made<nn::Upsample>(Pair(2, 3), nn::UpsampleMode::linear), input({1, 1, 2, 2}), {1, 1, 4, 6}, {}});
}

void add_norms(std::vector<LayerCase>& to) {
  to.push_back({made<nn::LayerNorm>(3), input({2, 3}), {2, 3}, {{"weight", {3}}, {"bias", {3}}}});
  to.push_back({made<nn::LayerNorm>(Shape{2, 2}, nn::LayerNormOptions{.elementwise_affine = false}),
                input({2, 2, 2}),
                {2, 2, 2},
                {}});
  to.push_back({made<nn::RMSNorm>(3), input({2, 3}), {2, 3}, {{"weight", {3}}}});
  to.push_back({made<nn::GroupNorm>(2, 4), input({2, 4, 2}), {2, 4, 2}, {{"weight", {4}}, {"bias", {4}}}});
  to.push_back({made<nn::InstanceNorm2d>(2, nn::InstanceNormOptions{.affine = true}),
                input({1, 2, 2, 2}),
                {1, 2, 2, 2},
                {{"weight", {2}}, {"bias", {2}}}});
  to.push_back(
      {made<nn::BatchNorm1d>(2),
       input({4, 2}),
       {4, 2},
       {{"weight", {2}}, {"bias", {2}}, {"running_mean", {2}}, {"running_var", {2}}, {"num_batches_tracked", {}}}});
  to.push_back({made<nn::BatchNorm2d>(2, nn::BatchNormOptions{.affine = false, .track_running_stats = false}),
                input({2, 2, 1, 2}),
                {2, 2, 1, 2},
                {}});
}

void add_others(std::vector<LayerCase>& to) {
  to.push_back({made<nn::Dropout>(0.5, Key{.seed = 1}), input({2, 3}), {2, 3}, {}});
  const auto words = made<nn::Embedding>(4, 3);
  to.push_back({words, Tensor(), {2, 3}, {{"weight", {4, 3}}}, [words](const Tensor&) {
                  return (*words)(Indices{1, 3});
                }});
  to.push_back({made<nn::PReLU>(), input({2, 3}), {2, 3}, {{"weight", {1}}}});
  to.push_back({made<nn::PReLU>(2), input({1, 2, 3}), {1, 2, 3}, {{"weight", {2}}}});
  to.push_back({made<nn::GLU>(), input({2, 4}), {2, 2}, {}});
  to.push_back({made<nn::RBF>(2, 3), input({4, 2}), {4, 3}, {{"centers", {3, 2}}, {"beta", {3}}}});
  to.push_back({made<nn::Residual>(made<nn::Linear>(2, 2)),
                input({3, 2}),
                {3, 2},
                {{"body.weight", {2, 2}}, {"body.bias", {2}}}});
  to.push_back({made<nn::Lambda>([](const Tensor& x) { return 2.0 * x; }, "Twice"), input({3}), {3}, {}});
  const std::vector<std::shared_ptr<Module>> parts{made<nn::Linear>(2, 2), made<nn::Tanh>(), made<nn::Linear>(2, 1)};
  to.push_back({made<nn::Sequential>(parts),
                input({2, 2}),
                {2, 1},
                {{"0.weight", {2, 2}}, {"0.bias", {2}}, {"2.weight", {1, 2}}, {"2.bias", {1}}}});
}

void add_attention(std::vector<LayerCase>& to) {
  const std::vector<std::pair<std::string, Shape>> attention{
      {"in_proj_weight", {12, 4}}, {"in_proj_bias", {12}}, {"out_proj.weight", {4, 4}}, {"out_proj.bias", {4}}};
  to.push_back({made<nn::MultiHeadAttention>(4, 2), input({3, 1, 4}), {3, 1, 4}, attention});
  const auto causal = made<nn::MultiHeadAttention>(4, 2, nn::AttentionOptions{.batch_first = true});
  to.push_back({causal, input({1, 2, 4}), {1, 2, 4}, attention, [causal](const Tensor& x) {
                  return (*causal)(x, x, x, Tensor{{0.0, 0.5}, {1.0, 0.0}}, true);
                }});
  to.push_back({made<nn::PositionalEncoding>(4, nn::PositionalEncodingOptions{.max_len = 5}),
                input({3, 2, 4}),
                {3, 2, 4},
                {{"pe", {5, 4}}}});
  for (const bool norm_first : {false, true}) {
    nn::TransformerEncoderOptions options;
    options.dim_feedforward = 2;
    options.norm_first = norm_first;
    options.activation = "tanh";
    to.push_back({made<nn::TransformerEncoderLayer>(3, 1, options),
                  input({2, 3}),
                  {2, 3},
                  {{"self_attn.in_proj_weight", {9, 3}},
                   {"self_attn.in_proj_bias", {9}},
                   {"self_attn.out_proj.weight", {3, 3}},
                   {"self_attn.out_proj.bias", {3}},
                   {"linear1.weight", {2, 3}},
                   {"linear1.bias", {2}},
                   {"linear2.weight", {3, 2}},
                   {"linear2.bias", {3}},
                   {"norm1.weight", {3}},
                   {"norm1.bias", {3}},
                   {"norm2.weight", {3}},
                   {"norm2.bias", {3}}}});
  }
}

void add_recurrent(std::vector<LayerCase>& to) {
  to.push_back(of_two(made<nn::RNNCell>(2, 2), {4, 2}, {2, 2},
                      {{"weight_ih", {2, 2}}, {"weight_hh", {2, 2}}, {"bias_ih", {2}}, {"bias_hh", {2}}}));
  to.push_back(of_two(made<nn::GRUCell>(2, 2), {4, 2}, {2, 2},
                      {{"weight_ih", {6, 2}}, {"weight_hh", {6, 2}}, {"bias_ih", {6}}, {"bias_hh", {6}}}));
  const auto cell = made<nn::LSTMCell>(2, 2);
  to.push_back({cell,
                input({6, 2}),
                {2, 4},
                {{"weight_ih", {8, 2}}, {"weight_hh", {8, 2}}, {"bias_ih", {8}}, {"bias_hh", {8}}},
                [cell](const Tensor& t) {
                  const std::vector<Tensor> parts = split(t, 3, 0);
                  const auto [h, c] = (*cell)(parts[0], {parts[1], parts[2]});
                  return concat({h, c}, 1);
                }});
  to.push_back({made<nn::RNN>(2, 2, nn::RecurrentOptions{.bias = false, .nonlinearity = "relu"}),
                input({3, 2}),
                {3, 2},
                {{"weight_ih_l0", {2, 2}}, {"weight_hh_l0", {2, 2}}}});
  to.push_back({made<nn::GRU>(2, 2, nn::RecurrentOptions{.bidirectional = true}),
                input({2, 1, 2}),
                {2, 1, 4},
                {{"weight_ih_l0", {6, 2}},
                 {"weight_hh_l0", {6, 2}},
                 {"bias_ih_l0", {6}},
                 {"bias_hh_l0", {6}},
                 {"weight_ih_l0_reverse", {6, 2}},
                 {"weight_hh_l0_reverse", {6, 2}},
                 {"bias_ih_l0_reverse", {6}},
                 {"bias_hh_l0_reverse", {6}}}});
  to.push_back({made<nn::LSTM>(1, 2, nn::RecurrentOptions{.num_layers = 2, .batch_first = true}),
                input({1, 2, 1}),
                {1, 2, 2},
                {{"weight_ih_l0", {8, 1}},
                 {"weight_hh_l0", {8, 2}},
                 {"bias_ih_l0", {8}},
                 {"bias_hh_l0", {8}},
                 {"weight_ih_l1", {8, 2}},
                 {"weight_hh_l1", {8, 2}},
                 {"bias_ih_l1", {8}},
                 {"bias_hh_l1", {8}}}});
}

}  // namespace

std::vector<LayerCase> every_layer() {
  const nn::InitialKeys keys({.seed = 11});
  std::vector<LayerCase> out;
  add_linear(out);
  add_convolutions(out);
  add_pooling(out);
  add_norms(out);
  add_others(out);
  add_attention(out);
  add_recurrent(out);
  return out;
}

}  // namespace gradus::test_layers
