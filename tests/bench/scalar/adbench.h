// The Gaussian mixture and the LSTM of ADBench (Šrajer, Kukelova, Fitzgibbon 2018, and its repository), written from
// their formulas, on data made from a key.  The data goes through ADBench's text format: write() and read() are of it.
#pragma once
#include <cmath>
#include <cstddef>
#include <iosfwd>
#include <span>
#include <vector>

#include "tests/bench/scalar/bench_number.h"

namespace bench::scalar {

/// The log-posterior of a mixture of Gaussians, Σᵢ log Σₖ exp(αₖ + Σ qₖ − ½ |Qₖ (xᵢ − μₖ)|²) − n log Σₖ exp αₖ, with a
/// Wishart prior on the inverse factors Qₖ, lower triangular with exp q on their diagonals.
/// Inputs: α (K), μ (K × d), then of each component q (d) and the columns below the diagonal (d (d − 1) / 2).
struct Mixture {
  std::size_t d, components, n;
  double wishart_gamma;
  int wishart_m;
  std::vector<double> points;  // n × d
  std::vector<double> inputs;

  static Mixture generate(std::size_t d, std::size_t components, std::size_t n);
  static Mixture read(std::istream& in);
  void write(std::ostream& out) const;

  /// What depends on no input.
  [[nodiscard]] double constant() const;

  template <class T>
  T operator()(std::span<const T> x) const;
};

/// log Σ exp xᵢ, shifted by the largest.
template <class T>
T shifted_log_sum_exp(std::span<const T> x) {
  std::size_t largest = 0;
  for (std::size_t i = 1; i < x.size(); ++i) {
    if (plain(x[largest]) < plain(x[i])) largest = i;
  }
  const T m = x[largest];
  T sum = exp(x[0] - m);
  for (std::size_t i = 1; i < x.size(); ++i) sum = sum + exp(x[i] - m);
  return log(sum) + m;
}

template <class T>
T Mixture::operator()(std::span<const T> x) const {
  const auto alphas = x.first(components);
  const auto means = x.subspan(components, components * d);
  const auto factors = x.subspan(components + components * d);
  const std::size_t factor_size = d * (d + 1) / 2;

  std::vector<T> diagonals(components * d);
  std::vector<T> log_determinants(components);
  for (std::size_t k = 0; k < components; ++k) {
    const T* q = &factors[k * factor_size];
    T sum = q[0];
    for (std::size_t i = 1; i < d; ++i) sum = sum + q[i];
    log_determinants[k] = sum;
    for (std::size_t i = 0; i < d; ++i) diagonals[k * d + i] = exp(q[i]);
  }

  T total = 0.0;
  std::vector<T> centred(d);
  std::vector<T> scaled(d);
  std::vector<T> terms(components);
  for (std::size_t point = 0; point < n; ++point) {
    for (std::size_t k = 0; k < components; ++k) {
      for (std::size_t i = 0; i < d; ++i) centred[i] = points[point * d + i] - means[k * d + i];
      for (std::size_t i = 0; i < d; ++i) scaled[i] = diagonals[k * d + i] * centred[i];
      const T* below = &factors[k * factor_size + d];
      for (std::size_t i = 0; i < d; ++i) {
        for (std::size_t j = i + 1; j < d; ++j) scaled[j] = scaled[j] + *below++ * centred[i];
      }
      T norm = scaled[0] * scaled[0];
      for (std::size_t i = 1; i < d; ++i) norm = norm + scaled[i] * scaled[i];
      terms[k] = alphas[k] + log_determinants[k] - 0.5 * norm;
    }
    total = total + shifted_log_sum_exp<T>(terms);
  }
  total = total - static_cast<double>(n) * shifted_log_sum_exp<T>(alphas);

  for (std::size_t k = 0; k < components; ++k) {
    const T* below = &factors[k * factor_size + d];
    T norm = diagonals[k * d] * diagonals[k * d];
    for (std::size_t i = 1; i < d; ++i) norm = norm + diagonals[k * d + i] * diagonals[k * d + i];
    for (std::size_t i = 0; i < factor_size - d; ++i) norm = norm + below[i] * below[i];
    total = total + (0.5 * wishart_gamma * wishart_gamma * norm - static_cast<double>(wishart_m) * log_determinants[k]);
  }
  return total + constant();
}

/// The loss of ADBench's LSTM, whose weight matrices are diagonal, over a sequence of one-hot characters.
/// Inputs: of each layer weights and biases (4 b each), then of the ends: scale in, scale out, offset out (b each).
struct Lstm {
  std::size_t layers, length, bits;
  std::vector<double> state;     // of each layer hidden and cell (b each)
  std::vector<double> sequence;  // length × b
  std::vector<double> inputs;
  bool own_functions = false;  // whether an engine may use its own sigmoid

  static Lstm generate(std::size_t layers, std::size_t length, std::size_t bits);
  static Lstm read(std::istream& in);
  void write(std::ostream& out) const;

  template <class T>
  T operator()(std::span<const T> x) const {
    return own_functions ? loss<true>(x) : loss<false>(x);
  }
  template <bool own, class T>
  T loss(std::span<const T> x) const;
};

/// Written out, or the engine's own where it has one.
template <bool own, class T>
T logistic(const T& x) {
  if constexpr (own && requires { sigmoid(x); }) {
    return sigmoid(x);
  } else if constexpr (own && requires { inv_logit(x); }) {
    return inv_logit(x);
  } else {
    return 1.0 / (1.0 + exp(-x));
  }
}

/// One layer for one character: updates its state.  `w` are its weights, then its biases, for the gates forget, input,
/// output and change.
template <bool own, class T>
void lstm_layer(std::size_t b, const T* w, T* hidden, T* cell, const T* input) {
  const T* bias = w + 4 * b;
  for (std::size_t i = 0; i < b; ++i) {
    const T forget = logistic<own, T>(input[i] * w[i] + bias[i]);
    const T in = logistic<own, T>(hidden[i] * w[b + i] + bias[b + i]);
    const T out = logistic<own, T>(input[i] * w[2 * b + i] + bias[2 * b + i]);
    const T change = tanh(hidden[i] * w[3 * b + i] + bias[3 * b + i]);
    cell[i] = cell[i] * forget + in * change;
    hidden[i] = out * tanh(cell[i]);
  }
}

template <bool own, class T>
T Lstm::loss(std::span<const T> x) const {
  const std::size_t b = bits;
  const T* ends = &x[layers * 8 * b];
  std::vector<T> now(state.begin(), state.end());
  std::vector<T> character(b);
  std::vector<T> guess(b);
  T total = 0.0;
  for (std::size_t t = 0; t + 1 < length; ++t) {
    for (std::size_t i = 0; i < b; ++i) character[i] = sequence[t * b + i] * ends[i];
    const T* input = character.data();
    for (std::size_t layer = 0; layer < layers; ++layer) {
      T* hidden = &now[2 * layer * b];
      lstm_layer<own>(b, &x[layer * 8 * b], hidden, hidden + b, input);
      input = hidden;
    }
    for (std::size_t i = 0; i < b; ++i) guess[i] = input[i] * ends[b + i] + ends[2 * b + i];
    T sum = exp(guess[0]);
    for (std::size_t i = 1; i < b; ++i) sum = sum + exp(guess[i]);
    const T normalizer = log(sum + 2.0);
    for (std::size_t i = 0; i < b; ++i) total = total + sequence[(t + 1) * b + i] * (guess[i] - normalizer);
  }
  return -total / static_cast<double>((length - 1) * b);
}

}  // namespace bench::scalar
