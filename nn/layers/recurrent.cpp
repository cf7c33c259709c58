#include "nn/layers/recurrent.h"

#include <fmt/format.h>

#include <cmath>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/tensor/ops/indexing.h"
#include "autograd/tensor/ops/joining.h"
#include "autograd/tensor/ops/linear_algebra.h"
#include "nn/layers/dropout.h"
#include "nn/layers/layer_parts.h"

namespace gradus::nn {

namespace {

// What one step computes with, and what it hands on: h, or h and c.
struct Weights {
  Tensor ih, hh, b_ih, b_hh;
};
using State = std::vector<Tensor>;
using Step = std::function<State(const Tensor& x, const State& state, const Weights& w)>;
using Named = std::function<Tensor(const std::string& name)>;

// h′ = f(W x + U h)
Step rnn_step(const Activation& f) {
  return [&f](const Tensor& x, const State& state, const Weights& w) -> State {
    return {f(linear(x, w.ih, w.b_ih) + linear(state[0], w.hh, w.b_hh))};
  };
}

State gru_step(const Tensor& x, const State& state, const Weights& w) {
  const std::vector<Tensor> a = split(linear(x, w.ih, w.b_ih), 3, -1);         // W x
  const std::vector<Tensor> u = split(linear(state[0], w.hh, w.b_hh), 3, -1);  // U h
  // r = σ(W_r x + U_r h),  z = σ(W_z x + U_z h),  n = tanh(W_n x + r ⊙ U_n h)
  const Tensor r = sigmoid(a[0] + u[0]), z = sigmoid(a[1] + u[1]), n = tanh(a[2] + r * u[2]);
  // h′ = (1 − z) ⊙ n + z ⊙ h
  return {(1.0 - z) * n + z * state[0]};
}

State lstm_step(const Tensor& x, const State& state, const Weights& w) {
  const std::vector<Tensor> a = split(linear(x, w.ih, w.b_ih) + linear(state[0], w.hh, w.b_hh), 4, -1);
  const Tensor i = sigmoid(a[0]), f = sigmoid(a[1]), g = tanh(a[2]), o = sigmoid(a[3]);
  // c′ = f ⊙ c + i ⊙ g,  h′ = o ⊙ tanh c′
  const Tensor c = f * state[1] + i * g;
  return {o * tanh(c), c};
}

Weights weights_of(const Named& named, const std::string& suffix) {
  return {named("weight_ih" + suffix), named("weight_hh" + suffix), named("bias_ih" + suffix),
          named("bias_hh" + suffix)};
}

// The numbers that the weights of one cell start with, by their names.
std::vector<std::pair<std::string, Array>> starts_of(std::int64_t gates, std::int64_t inputs, std::int64_t hidden,
                                                     bool bias, const std::string& suffix, const Key& key) {
  const double limit = 1.0 / std::sqrt(static_cast<double>(hidden));
  std::vector<std::pair<std::string, Array>> out;
  out.emplace_back("weight_ih" + suffix, within(limit, {gates * hidden, inputs}, key.part(0)));
  out.emplace_back("weight_hh" + suffix, within(limit, {gates * hidden, hidden}, key.part(1)));
  if (!bias) return out;
  out.emplace_back("bias_ih" + suffix, within(limit, {gates * hidden}, key.part(2)));
  out.emplace_back("bias_hh" + suffix, within(limit, {gates * hidden}, key.part(3)));
  return out;
}

std::string cell_sizes(std::int64_t inputs, std::int64_t hidden, std::string_view layer) {
  check_sizes(layer, {{"input_size", inputs}, {"hidden_size", hidden}});
  return fmt::format("{} → {}", inputs, hidden);
}

// "_l0", "_l0_reverse", "_l1", …
std::vector<std::string> suffixes(const RecurrentOptions& options) {
  std::vector<std::string> out;
  for (std::int64_t layer = 0; layer < options.num_layers; ++layer) {
    out.push_back(fmt::format("_l{}", layer));
    if (options.bidirectional) out.push_back(fmt::format("_l{}_reverse", layer));
  }
  return out;
}

// The same of all layers and directions.
std::vector<std::pair<std::string, Array>> sequence_starts(std::int64_t gates, std::int64_t inputs, std::int64_t hidden,
                                                           const RecurrentOptions& options, const Key& key) {
  check_sizes("recurrent", {{"num_layers", options.num_layers}});
  (void)probability(options.dropout, "recurrent");
  const std::int64_t directions = options.bidirectional ? 2 : 1;
  std::vector<std::pair<std::string, Array>> out;
  std::int64_t k = 0;
  for (const std::string& suffix : suffixes(options)) {
    const std::int64_t width = k < directions ? inputs : directions * hidden;
    for (auto& start : starts_of(gates, width, hidden, options.bias, suffix, key.part(static_cast<std::uint64_t>(k)))) {
      out.push_back(std::move(start));
    }
    ++k;
  }
  return out;
}

// h, or zeros for a first step at x.
Tensor state_or_zeros(const Tensor& h, const Tensor& x, const Weights& w) {
  if (h.defined()) return h;
  const Shape shape = x.shape();
  std::vector<std::int64_t> sizes(shape.begin(), shape.end());
  sizes.back() = w.hh.size(1);
  return beside(x, zeros_of(Shape(sizes)), "zeros");
}

// A sequence through all layers: what it needs to know of the module that it runs for.
struct Layers {
  const RecurrentOptions& options;
  std::string kind;
  Step step;
  Named named;
  std::optional<Key> dropout_key;  // while it is trained

  // The steps through one direction of one layer; `state` becomes the last one.
  std::vector<Tensor> through(const std::vector<Tensor>& x, State& state, const std::string& suffix) const {
    const Weights w = weights_of(named, suffix);
    const bool reversed = suffix.ends_with("_reverse");
    for (Tensor& s : state) s = state_or_zeros(s, x[0], w);
    std::vector<Tensor> out(x.size());
    for (std::size_t k = 0; k < x.size(); ++k) {
      const std::size_t t = reversed ? x.size() - 1 - k : k;
      const ScopeGuard scope(
          fmt::format("step{}{}", t + 1, options.num_layers > 1 || options.bidirectional ? suffix : ""),
          fmt::format("{} step", kind));
      state = step(x[t], state, w);
      out[t] = state[0];
    }
    return out;
  }

  // The outputs of all steps, then the last states of all layers, one tensor for each of `first`.
  State run(const Tensor& x, const State& first) const {
    const Axis time = options.batch_first && x.rank() == 3 ? 1 : 0;
    check(x, first, time);
    std::vector<Tensor> steps;
    for (std::int64_t t = 0; t < x.size(time); ++t) steps.push_back(ops::slice(x, Slice(t), time));
    const std::vector<std::string> names = suffixes(options);
    const std::size_t directions = options.bidirectional ? 2 : 1;
    std::vector<std::vector<Tensor>> last(first.size());
    for (std::size_t k = 0; k < names.size(); k += directions) {
      if (k > 0 && dropout_key) drop(steps, dropout_key->part(k));
      std::vector<std::vector<Tensor>> both;
      for (std::size_t d = 0; d < directions; ++d) {
        State state;
        for (const Tensor& s : first)
          state.push_back(s.defined() ? ops::slice(s, Slice(static_cast<std::int64_t>(k + d)), 0) : s);
        both.push_back(through(steps, state, names[k + d]));
        for (std::size_t s = 0; s < state.size(); ++s) last[s].push_back(state[s]);
      }
      for (std::size_t t = 0; t < steps.size(); ++t) {
        steps[t] = directions == 1 ? both[0][t] : concat({both[0][t], both[1][t]}, -1);
      }
    }
    State out{ops::stack(steps, time)};
    for (const std::vector<Tensor>& s : last) out.push_back(ops::stack(s));
    return out;
  }

  void drop(std::vector<Tensor>& steps, const Key& key) const {
    for (std::size_t t = 0; t < steps.size(); ++t) steps[t] = dropout(steps[t], options.dropout, key.part(t));
  }
  void check(const Tensor& x, const State& first, Axis time) const {
    if ((x.rank() != 2 && x.rank() != 3) || x.size(time) == 0) {
      throw ShapeError(
          fmt::format("[{}] a sequence [{}, input_size] or [steps, input_size] of at least one step is needed, got {}",
                      kind, options.batch_first ? "n, steps" : "steps, n", to_string(x.shape())));
    }
    const auto count = static_cast<std::int64_t>(suffixes(options).size());
    for (const Tensor& s : first) {
      if (!s.defined() || (s.rank() == x.rank() && s.size(0) == count)) continue;
      throw ShapeError(
          fmt::format("[{}] the first state has {} layers and directions: one of the shape {} does not fit", kind,
                      count, to_string(s.shape())));
    }
  }
};

}  // namespace

RNNCell::RNNCell(std::int64_t input_size, std::int64_t hidden_size, const RNNCellOptions& options, const Key& key)
    : nonlinearity_(options.nonlinearity) {
  set_sizes(cell_sizes(input_size, hidden_size, "rnn_cell"));
  for (auto& [name, start] : starts_of(1, input_size, hidden_size, options.bias, "", key)) add_parameter(name, start);
}

Tensor RNNCell::operator()(const Tensor& x, const Tensor& h) const {
  const Weights w = weights_of([this](const std::string& name) { return tensor(name); }, "");
  return called([&] { return rnn_step(nonlinearity_)(x, {state_or_zeros(h, x, w)}, w)[0]; });
}

GRUCell::GRUCell(std::int64_t input_size, std::int64_t hidden_size, bool bias, const Key& key) {
  set_sizes(cell_sizes(input_size, hidden_size, "gru_cell"));
  for (auto& [name, start] : starts_of(3, input_size, hidden_size, bias, "", key)) add_parameter(name, start);
}

Tensor GRUCell::operator()(const Tensor& x, const Tensor& h) const {
  const Weights w = weights_of([this](const std::string& name) { return tensor(name); }, "");
  return called([&] { return gru_step(x, {state_or_zeros(h, x, w)}, w)[0]; });
}

LSTMCell::LSTMCell(std::int64_t input_size, std::int64_t hidden_size, bool bias, const Key& key) {
  set_sizes(cell_sizes(input_size, hidden_size, "lstm_cell"));
  for (auto& [name, start] : starts_of(4, input_size, hidden_size, bias, "", key)) add_parameter(name, start);
}

LSTMState LSTMCell::operator()(const Tensor& x, const LSTMState& state) const {
  const Weights w = weights_of([this](const std::string& name) { return tensor(name); }, "");
  return called([&] {
    const State next = lstm_step(x, {state_or_zeros(state.h, x, w), state_or_zeros(state.c, x, w)}, w);
    return LSTMState{next[0], next[1]};
  });
}

RNN::RNN(std::int64_t input_size, std::int64_t hidden_size, const RecurrentOptions& options, const Key& key)
    : options_(options) {
  set_sizes(cell_sizes(input_size, hidden_size, "rnn"));
  for (auto& [name, start] : sequence_starts(1, input_size, hidden_size, options, key)) add_parameter(name, start);
  draw_from(key.part(~0U));
}

SequenceOutput RNN::run(const Tensor& x, const Tensor& state) const {
  const Named named = [this](const std::string& name) { return tensor(name); };
  const bool drops = training() && options_.dropout > 0.0;
  const Layers layers{options_, kind(), rnn_step(options_.nonlinearity), named,
                      drops ? std::optional(next_key()) : std::nullopt};
  const State out = layers.run(x, {state});
  return {out[0], out[1]};
}

SequenceOutput RNN::operator()(const Tensor& x, const Tensor& state) const {
  return called([&] { return run(x, state); });
}

GRU::GRU(std::int64_t input_size, std::int64_t hidden_size, const RecurrentOptions& options, const Key& key)
    : options_(options) {
  set_sizes(cell_sizes(input_size, hidden_size, "gru"));
  for (auto& [name, start] : sequence_starts(3, input_size, hidden_size, options, key)) add_parameter(name, start);
  draw_from(key.part(~0U));
}

SequenceOutput GRU::run(const Tensor& x, const Tensor& state) const {
  const Named named = [this](const std::string& name) { return tensor(name); };
  const bool drops = training() && options_.dropout > 0.0;
  const Layers layers{options_, kind(), gru_step, named, drops ? std::optional(next_key()) : std::nullopt};
  const State out = layers.run(x, {state});
  return {out[0], out[1]};
}

SequenceOutput GRU::operator()(const Tensor& x, const Tensor& state) const {
  return called([&] { return run(x, state); });
}

LSTM::LSTM(std::int64_t input_size, std::int64_t hidden_size, const RecurrentOptions& options, const Key& key)
    : options_(options) {
  set_sizes(cell_sizes(input_size, hidden_size, "lstm"));
  for (auto& [name, start] : sequence_starts(4, input_size, hidden_size, options, key)) add_parameter(name, start);
  draw_from(key.part(~0U));
}

LSTMOutput LSTM::run(const Tensor& x, const LSTMState& state) const {
  const Named named = [this](const std::string& name) { return tensor(name); };
  const bool drops = training() && options_.dropout > 0.0;
  const Layers layers{options_, kind(), lstm_step, named, drops ? std::optional(next_key()) : std::nullopt};
  const State out = layers.run(x, {state.h, state.c});
  return {out[0], {out[1], out[2]}};
}

LSTMOutput LSTM::operator()(const Tensor& x, const LSTMState& state) const {
  return called([&] { return run(x, state); });
}

}  // namespace gradus::nn
