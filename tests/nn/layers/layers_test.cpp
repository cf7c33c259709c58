// What single layers do beyond what holds of all: modes, states, starts, and what they refuse.
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "autograd/autograd.h"
#include "nn/nn.h"
#include "tests/catch.h"

namespace layers_test {

using namespace gradus;

namespace {

Tensor some(const Shape& shape, std::uint64_t stream = 0) { return normal(shape, 0.0, 1.0, Key{3, stream}); }

void check_near(const Tensor& a, const Tensor& b) {
  CHECK(a.shape() == b.shape());
  CHECK(max(abs(a - b)).item() < 1e-12);
}

}  // namespace

TEST_CASE("layers: starts are what is said of them", "[layers]") {
  const nn::Conv2d conv(8, 16, 3, {}, {.seed = 1});
  const double limit = std::sqrt(6.0 / (9.0 * 24.0));
  CHECK(max(abs(conv.weight())).item() <= limit);
  CHECK(max(abs(conv.weight())).item() > 0.95 * limit);
  CHECK(sum(abs(conv.bias())).item() == 0.0);
  CHECK(nn::Conv1d(2, 3, 2, {.bias = false}).parameters().size() == 1);
  CHECK_FALSE(nn::Linear(2, 3, {.bias = false}).bias().defined());
  const nn::Embedding words(200, 50, {.padding_idx = 0}, {.seed = 2});
  CHECK(sum(abs(words.weight()[0])).item() == 0.0);
  CHECK(stddev(words.weight()[range(1, {})]).item() == Approx(1.0).margin(0.03));
  for (const Tensor& p : nn::LSTM(3, 16).parameters()) CHECK(max(abs(p)).item() <= 0.25);
  CHECK(nn::PReLU(3).parameters()[0].to_vector() == std::vector<double>(3, 0.25));
  const nn::RBF rbf(1, 2);
  CHECK(rbf.beta().to_vector() == std::vector<double>{1, 1});
  CHECK(rbf.centers().shape() == Shape{2, 1});
  CHECK(nn::Bilinear(4, 3, 2).weight().shape() == Shape{2, 4, 3});
  CHECK_FALSE(nn::Bilinear(4, 3, 2, {.bias = false}).bias().defined());
  CHECK(nn::ConvTranspose1d(2, 4, 3, {.groups = 2}).weight().shape() == Shape{2, 2, 3});
  CHECK_FALSE(nn::ConvTranspose2d(2, 4, 3, {.bias = false}).bias().defined());
}

TEST_CASE("dropout: the key decides, the mean stays, and eval() leaves all", "[layers]") {
  const Tensor x = ones({200, 100});
  const Tensor y = nn::dropout(x, 0.25, {.seed = 1});
  CHECK(mean(y).item() == Approx(1.0).margin(0.02));
  CHECK(unique(y).to_vector() == std::vector<double>{0.0, 1.0 / 0.75});
  CHECK(nn::dropout(x, 0.25, {.seed = 1}).to_vector() == y.to_vector());
  CHECK(nn::dropout(x, 0.25, {.seed = 2}).to_vector() != y.to_vector());
  CHECK(sum(nn::dropout(x, 1.0, {})).item() == 0.0);
  CHECK(nn::dropout(x, 0.0, {}).to_vector() == x.to_vector());
  // A key that is an argument of a compiled function draws anew in each run.
  const auto compiled = compile([](const Tensor& t, const Key& k) { return nn::dropout(t, 0.25, k); });
  for (const std::uint64_t seed : {1U, 2U}) {
    CHECK(compiled(x, Key{seed}).to_vector() == nn::dropout(x, 0.25, {seed}).to_vector());
  }
  nn::Dropout layer(0.5, {.seed = 4});
  const std::vector<double> first = layer(x).to_vector();
  CHECK(layer(x).to_vector() != first);
  CHECK(nn::Dropout(0.5, {.seed = 4})(x).to_vector() == first);
  layer.eval();
  CHECK(layer(x).to_vector() == x.to_vector());
  const std::string refused = "[dropout] the probability is 1.5: it must be in [0, 1]";
  CHECK_THROWS_MATCHES(nn::Dropout(1.5), ValueError, test::Message(refused));
  CHECK_THROWS_MATCHES(nn::dropout(x, 1.5, {}), ValueError, test::Message(refused));
  CHECK_THROWS_AS(nn::Dropout(std::nan("")), ValueError);
}

TEST_CASE("batch norm: running statistics while it is trained, and by them afterwards", "[layers]") {
  nn::BatchNorm2d norm(3);
  const Tensor x = 2.0 + 3.0 * some({4, 3, 2, 5});
  const Tensor y = norm(x);
  check_near(mean(y, {0, 2, 3}), zeros({3}));
  CHECK(max(abs(var(y, {0, 2, 3}) - 1.0)).item() < 1e-4);
  const Tensor of_batch = mean(x, {0, 2, 3}), variance = var(x, {0, 2, 3}, false, 1.0);
  check_near(norm.state()[2].tensor, 0.1 * of_batch);
  check_near(norm.state()[3].tensor, 0.9 + 0.1 * variance);
  CHECK(norm.state()[4].tensor.item() == 1.0);
  norm.eval();
  const auto at = [](const Tensor& t) { return reshape(t, Shape{3, 1, 1}); };
  check_near(norm(x), (x - at(0.1 * of_batch)) / sqrt(at(0.9 + 0.1 * variance) + 1e-5));
  CHECK(norm.state()[4].tensor.item() == 1.0);

  nn::BatchNorm1d all_alike(3, {.momentum = std::nullopt});
  const Tensor a = some({5, 3}, 1), b = some({5, 3}, 2);
  (void)all_alike(a);
  (void)all_alike(b);
  check_near(all_alike.state()[2].tensor, (mean(a, 0) + mean(b, 0)) / 2.0);
  CHECK_THROWS_MATCHES(all_alike(ones({1, 3})), ValueError,
                       test::Message("[batch_norm] one number in each channel has no variance to be trained with"));
  CHECK_THROWS_MATCHES(all_alike(ones({5, 4})), ShapeError,
                       test::Message("[batch_norm] x [n, 3] is needed, got [5, 4]"));
}

TEST_CASE("norms: what μ and σ² are taken of", "[layers]") {
  const Tensor x = 1.0 + 2.0 * some({2, 4, 3});
  const auto is_normal = [](const Tensor& y, const Axes& axes) {
    CHECK(max(abs(mean(y, axes))).item() < 1e-12);
    CHECK(max(abs(var(y, axes) - 1.0)).item() < 1e-3);
  };
  is_normal(nn::LayerNorm(Shape{4, 3})(x), {1, 2});
  is_normal(nn::LayerNorm(3)(x), 2);
  is_normal(nn::InstanceNorm1d(4)(x), 2);
  is_normal(reshape(nn::GroupNorm(2, 4)(x), Shape{2, 2, 6}), 2);
  CHECK(max(abs(mean(square(nn::RMSNorm(3)(x)), 2) - 1.0)).item() < 1e-3);
  CHECK_THROWS_MATCHES(nn::LayerNorm(Shape{4, 2})(x), ShapeError,
                       test::Message("[layer_norm] x [..., 4, 2] is needed, got [2, 4, 3]"));
  CHECK_THROWS_MATCHES(nn::RMSNorm(2)(x), ShapeError, test::Message("[rms_norm] x [..., 2] is needed, got [2, 4, 3]"));
  CHECK_THROWS_MATCHES(nn::InstanceNorm1d(3)(x), ShapeError,
                       test::Message("[instance_norm] x [n, 3, ...] is needed, got [2, 4, 3]"));
  CHECK_THROWS_MATCHES(nn::GroupNorm(3, 4), ValueError,
                       test::Message("[group_norm] 3 groups do not divide 4 channels"));
}

TEST_CASE("recurrent: a sequence is its cell, step by step", "[layers]") {
  const Tensor x = some({3, 2, 4});
  const nn::LSTM lstm(4, 5);
  nn::LSTMCell cell(4, 5);
  std::vector<nn::NamedTensor> weights = lstm.state();
  for (nn::NamedTensor& w : weights) w.name = w.name.substr(0, w.name.find("_l0"));
  cell.load_state(weights);
  nn::LSTMState state;
  const auto [output, last] = lstm(x);
  for (std::int64_t t = 0; t < 3; ++t) {
    state = cell(x[t], state);
    check_near(output[t], state.h);
  }
  check_near(last.h[0], state.h);
  check_near(last.c[0], state.c);

  // Two halves of a sequence, the state handed on, are the whole; a batch in front is the same numbers.
  const nn::GRU gru(4, 3, {.num_layers = 2});
  const auto [whole, end] = gru(x);
  const auto [first, between] = gru(x[range(1)]);
  const auto [second, after] = gru(x[range(1, 3)], between);
  check_near(concat({first, second}), whole);
  check_near(after, end);
  nn::GRU batch_first(4, 3, {.num_layers = 2, .batch_first = true});
  batch_first.load_state(gru.state());
  check_near(transpose(batch_first(transpose(x, 0, 1)).output, 0, 1), whole);
  check_near(gru(x(all, 0)).output, whole(all, 0));  // one example

  // Backward the sequence is read from its end.
  nn::RNN both(4, 3, {.bidirectional = true});
  nn::RNN one(4, 3);
  std::vector<nn::NamedTensor> reverse;
  for (const nn::NamedTensor& w : both.state()) {
    if (w.name.ends_with("_reverse")) reverse.push_back({w.name.substr(0, w.name.size() - 8), w.tensor});
  }
  one.load_state(reverse);
  check_near(both(x).output(all, all, range(3, {})), flip(one(flip(x, 0)).output, 0));
  check_near(both(x).state[1], one(flip(x, 0)).state[0]);

  // Dropout between the layers, while it is trained.
  nn::RNN dropping(4, 3, {.num_layers = 2, .dropout = 0.5}, {.seed = 1});
  CHECK(dropping(x).output.to_vector() != dropping(x).output.to_vector());
  dropping.eval();
  CHECK(dropping(x).output.to_vector() == dropping(x).output.to_vector());

  CHECK_THROWS_MATCHES(lstm(zeros({4})), ShapeError,
                       test::Message("[LSTM] a sequence [steps, n, input_size] or [steps, input_size] of at least one "
                                     "step is needed, got [4]"));
  CHECK_THROWS_AS(lstm(zeros({0, 2, 4})), ShapeError);
  CHECK_THROWS_MATCHES(both(x, zeros({1, 2, 3})), ShapeError,
                       test::Message("[RNN] the first state has 2 layers and directions: one of the shape [1, 2, 3] "
                                     "does not fit"));
  CHECK_THROWS_MATCHES(nn::GRU(4, 3, {.dropout = 2.0}), ValueError,
                       test::Message("[recurrent] the probability is 2: it must be in [0, 1]"));
  CHECK_THROWS_MATCHES(nn::RNN(4, 0), ValueError, test::Message("[rnn] hidden_size is 0: it must be at least 1"));
}

TEST_CASE("attention: masks, heads and places", "[layers]") {
  const Tensor x = some({4, 2, 6});
  nn::MultiHeadAttention attend(6, 3);
  const double inf = std::numeric_limits<double>::infinity();
  Tensor mask = zeros({4, 4});
  const auto [rows, columns] = triu_indices(4, 4, 1);
  mask.at(rows, columns) = -inf;
  check_near(attend(x, x, x, {}, true), attend(x, x, x, mask));
  check_near(attend(x), attend(x, x, x));
  // A place does not hear of what comes behind it.
  const Tensor cut = attend(x[range(2)], x[range(2)], x[range(2)], {}, true);
  check_near(attend(x, x, x, {}, true)[range(2)], cut);
  nn::MultiHeadAttention batch_first(6, 3, {.batch_first = true, .is_causal = true});
  batch_first.load_state(attend.state());
  check_near(transpose(batch_first(transpose(x, 0, 1)), 0, 1), attend(x, x, x, {}, true));
  check_near(attend(x(all, 0)), attend(x)(all, 0));
  // The weights of a query sum to 1: of equal values it makes that value.
  check_near(nn::scaled_dot_product_attention(some({2, 3}), some({5, 3}, 1), ones({5, 2})), ones({2, 2}));

  nn::MultiheadAttention dropping(6, 3, {.dropout = 0.5}, {.seed = 1});
  CHECK(dropping(x).to_vector() != dropping(x).to_vector());
  CHECK_THROWS_MATCHES(nn::MultiHeadAttention(6, 4), ValueError,
                       test::Message("[multi_head_attention] 4 heads do not divide embed_dim 6"));

  const nn::PositionalEncoding places(4, {.max_len = 3});
  const Tensor p = places(zeros({3, 4}));
  CHECK(p[0].to_vector() == std::vector<double>{0, 1, 0, 1});
  CHECK(p(2, 2).item() == Approx(std::sin(0.02)));
  CHECK(p(2, 1).item() == Approx(std::cos(2.0)));
  check_near(places(zeros({3, 2, 4}))(all, 1), p);
  check_near(nn::PositionalEncoding(4, {.max_len = 3, .batch_first = true})(zeros({2, 3, 4}))[1], p);
  CHECK_THROWS_MATCHES(places(zeros({4, 4})), ShapeError,
                       test::Message("[positional_encoding] 4 places are more than max_len 3: x is [4, 4]"));
}

TEST_CASE("small layers: their formulas in numbers", "[layers]") {
  CHECK(nn::PReLU()(Tensor{-2.0, 0.0, 3.0}).to_vector() == std::vector<double>{-0.5, 0, 3});
  check_near(nn::GLU()(Tensor{1.0, 2.0, 0.0, 0.5}), Tensor{0.5, 2.0 * sigmoid(0.5)});
  CHECK_THROWS_AS(nn::GLU()(Tensor{1.0, 2.0, 3.0}), ShapeError);
  nn::RBF rbf(2, 1);
  rbf.centers().set_value(Array({1, 2}, {1, 2}));
  CHECK(rbf(Tensor{{2.0, 4.0}}).item() == Approx(std::exp(-5.0)));
  CHECK(nn::Residual(std::make_shared<nn::Relu>())(Tensor{-1.0, 2.0}).to_vector() == std::vector<double>{-1, 4});
  CHECK(nn::Lambda([](const Tensor& x) { return x * x; })(Tensor(3.0)).item() == 9.0);
  CHECK(nn::Lambda([](const Tensor& x) { return x; }).kind() == "Lambda");
  CHECK_THROWS_MATCHES(nn::Lambda({}), ValueError, test::Message("[lambda] the function is empty"));
  CHECK_THROWS_AS(nn::Residual(nullptr), ValueError);
  CHECK(nn::Upsample(2)(Tensor{{{1.0, 2.0}}}).to_vector() == std::vector<double>{1, 1, 2, 2});
  CHECK(nn::Upsample(2, nn::UpsampleMode::linear)(Tensor{{{1.0, 2.0}}}).to_vector() ==
        std::vector<double>{1, 1.25, 1.75, 2});
  CHECK(nn::Flatten(0)(zeros({2, 3})).shape() == Shape{6});
  const nn::Embedding words(3, 2);
  CHECK(words(Tensor{{2.0, 0.0}}).shape() == Shape{1, 2, 2});
  CHECK(words(Tensor{2.0}).to_vector() == words(Indices{2}).to_vector());
  CHECK_THROWS_AS(words(Tensor{0.5}), ValueError);
  CHECK_THROWS_AS(nn::Embedding(3, 2, {.padding_idx = 7}), ShapeError);
}

TEST_CASE("layers: sizes below 1 are refused by name", "[layers]") {
  const auto refused = [](auto&& make, const std::string& message) {
    CHECK_THROWS_MATCHES(make(), ValueError, test::Message(message + ": it must be at least 1"));
  };
  refused([] { return nn::Conv2d(0, 1, 1).kind(); }, "[conv2d] in_channels is 0");
  refused([] { return nn::Conv1d(1, 1, 1, {.groups = 0}).kind(); }, "[conv1d] groups is 0");
  refused([] { return nn::ConvTranspose2d(1, 1, Pair(1, -2)).kind(); }, "[conv_transpose2d] kernel_size is -2");
  refused([] { return nn::Upsample(0).kind(); }, "[upsample] scale_factor is 0");
  refused([] { return nn::Embedding(3, 0).kind(); }, "[embedding] embedding_dim is 0");
  refused([] { return nn::BatchNorm1d(0).kind(); }, "[batch_norm] num_features is 0");
  refused([] { return nn::LSTM(1, 1, {.num_layers = 0}).kind(); }, "[recurrent] num_layers is 0");
  refused([] { return nn::Bilinear(1, 1, 0).kind(); }, "[bilinear] outputs is 0");
  refused([] { return nn::RBF(0, 1).kind(); }, "[rbf] in_features is 0");
  refused([] { return nn::PReLU(0).kind(); }, "[prelu] num_parameters is 0");
}

}  // namespace layers_test
