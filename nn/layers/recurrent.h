// Layers that go through a sequence step by step, as PyTorch's: h′ = f(x, h).  All weights start uniform in
// ±1/√hidden_size.
#pragma once
#include <cstdint>
#include <memory>

#include "../activation.h"
#include "../initial_key.h"
#include "../module.h"

namespace gradus::nn {

struct RNNCellOptions {
  bool bias = true;
  Activation nonlinearity = "tanh";
};

/// h′ = f(x·W_ihᵀ + b_ih + h·W_hhᵀ + b_hh), for x [..., input_size] and h [..., hidden_size]; h is 0 where it is left out.
class GRADUS_API RNNCell : public Cloneable<RNNCell> {
 public:
  /// Throws ValueError unless both sizes are at least 1.
  RNNCell(std::int64_t input_size, std::int64_t hidden_size, const RNNCellOptions& options = {},
          const Key& key = next_initial_key());
  [[nodiscard]] Tensor operator()(const Tensor& x, const Tensor& h = {}) const;
  [[nodiscard]] std::string kind() const override { return "RNNCell"; }

 private:
  Activation nonlinearity_;
};

/// h′ = (1 − z) ⊙ n + z ⊙ h with the gates r and z and the candidate n, in this order in the rows of the weights
/// [3·hidden_size, …]:  r = σ(W_r x + U_r h),  z = σ(W_z x + U_z h),  n = tanh(W_n x + r ⊙ (U_n h)), biases left out.
class GRADUS_API GRUCell : public Cloneable<GRUCell> {
 public:
  /// Throws ValueError unless both sizes are at least 1.
  GRUCell(std::int64_t input_size, std::int64_t hidden_size, bool bias = true, const Key& key = next_initial_key());
  [[nodiscard]] Tensor operator()(const Tensor& x, const Tensor& h = {}) const;
  [[nodiscard]] std::string kind() const override { return "GRUCell"; }
};

/// What an LSTM carries from step to step.
struct LSTMState {
  Tensor h;
  Tensor c;
};

/// c′ = f ⊙ c + i ⊙ g,  h′ = o ⊙ tanh c′ (Hochreiter and Schmidhuber 1997), with the gates i, f, g, o of W x + U h in this
/// order in the rows of the weights [4·hidden_size, …]; σ of them, of g tanh.
class GRADUS_API LSTMCell : public Cloneable<LSTMCell> {
 public:
  /// Throws ValueError unless both sizes are at least 1.
  LSTMCell(std::int64_t input_size, std::int64_t hidden_size, bool bias = true, const Key& key = next_initial_key());
  [[nodiscard]] LSTMState operator()(const Tensor& x, const LSTMState& state = {}) const;
  [[nodiscard]] std::string kind() const override { return "LSTMCell"; }
};

struct RecurrentOptions {
  std::int64_t num_layers = 1;
  bool bias = true;
  bool batch_first = false;  ///< x [n, steps, input_size] and the output likewise
  double dropout = 0.0;      ///< of what a layer gives to the next, while it is trained
  bool bidirectional = false;
  Activation nonlinearity = "tanh";  ///< of an RNN alone
};

/// All that the last layer gave, [steps, n, hidden_size] (twice as wide when bidirectional), and the last state of each
/// layer and direction: [layers · directions, n, hidden_size].
struct SequenceOutput {
  Tensor output;
  Tensor state;
};
struct LSTMOutput {
  Tensor output;
  LSTMState state;
};

/// RNNCell over a sequence x [steps, n, input_size], or [steps, input_size].
class GRADUS_API RNN : public Cloneable<RNN> {
 public:
  /// Throws ValueError unless the sizes and the number of layers are at least 1 and 0 <= dropout <= 1.
  RNN(std::int64_t input_size, std::int64_t hidden_size, const RecurrentOptions& options = {},
      const Key& key = next_initial_key());
  [[nodiscard]] SequenceOutput operator()(const Tensor& x, const Tensor& state = {}) const;
  [[nodiscard]] std::string kind() const override { return "RNN"; }

 protected:
  Tensor forward(const Tensor& x) override { return run(x, {}).output; }

 private:
  [[nodiscard]] SequenceOutput run(const Tensor& x, const Tensor& state) const;
  RecurrentOptions options_;
};

/// GRUCell over a sequence.
class GRADUS_API GRU : public Cloneable<GRU> {
 public:
  /// Throws as RNN does.
  GRU(std::int64_t input_size, std::int64_t hidden_size, const RecurrentOptions& options = {},
      const Key& key = next_initial_key());
  [[nodiscard]] SequenceOutput operator()(const Tensor& x, const Tensor& state = {}) const;
  [[nodiscard]] std::string kind() const override { return "GRU"; }

 protected:
  Tensor forward(const Tensor& x) override { return run(x, {}).output; }

 private:
  [[nodiscard]] SequenceOutput run(const Tensor& x, const Tensor& state) const;
  RecurrentOptions options_;
};

/// LSTMCell over a sequence:  const auto [output, state] = lstm(x);
class GRADUS_API LSTM : public Cloneable<LSTM> {
 public:
  /// Throws as RNN does.
  LSTM(std::int64_t input_size, std::int64_t hidden_size, const RecurrentOptions& options = {},
       const Key& key = next_initial_key());
  [[nodiscard]] LSTMOutput operator()(const Tensor& x, const LSTMState& state = {}) const;
  [[nodiscard]] std::string kind() const override { return "LSTM"; }

 protected:
  Tensor forward(const Tensor& x) override { return run(x, {}).output; }

 private:
  [[nodiscard]] LSTMOutput run(const Tensor& x, const LSTMState& state) const;
  RecurrentOptions options_;
};

}  // namespace gradus::nn
