// The small workloads: each written once, for any number type.  A call takes the inputs and returns the output.
#pragma once
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "tests/bench/scalar/bench_number.h"
#include "tests/bench/scalar/bench_random.h"

namespace bench::scalar {

/// x₁ · x₂ · … · xₙ
struct Product {
  std::vector<double> inputs = Random(1).uniforms(1000, 0.9, 1.1);

  template <class T>
  T operator()(std::span<const T> x) const {
    T p = x[0];
    for (std::size_t i = 1; i < x.size(); ++i) p = p * x[i];
    return p;
  }
};

/// log Σ exp xᵢ
struct LogSumExp {
  std::vector<double> inputs = Random(2).uniforms(1000, -2.0, 2.0);

  template <class T>
  T operator()(std::span<const T> x) const {
    T sum = exp(x[0]);
    for (std::size_t i = 1; i < x.size(); ++i) sum = sum + exp(x[i]);
    return log(sum);
  }
};

/// Extended Rosenbrock: Σ 100 (x₂ᵢ − x₂ᵢ₋₁²)² + (1 − x₂ᵢ₋₁)²
struct Rosenbrock {
  std::vector<double> inputs = Random(3).uniforms(1000, -1.5, 1.5);

  template <class T>
  T operator()(std::span<const T> x) const {
    T sum = 0.0;
    for (std::size_t i = 0; i < x.size(); i += 2) {
      const T a = x[i + 1] - x[i] * x[i];
      const T b = 1.0 - x[i];
      sum = sum + (100.0 * a * a + b * b);
    }
    return sum;
  }
};

/// The distribution function of the normal distribution: written out, or the engine's own where it has one.
template <bool own, class T>
T normal_cdf(const T& x) {
  constexpr double root_half = 0.70710678118654752440;
  if constexpr (own && requires { norm_cdf(x); }) {
    return norm_cdf(x);
  } else if constexpr (own && requires { Phi(x); }) {
    return Phi(x);
  } else {
    return 0.5 * erfc(-x * root_half);
  }
}

/// The price of a European call: 26 operations.  x: spot, strike, rate, volatility, years.
template <bool own, class T>
T black_scholes(const T* x) {
  const T& spot = x[0];
  const T& strike = x[1];
  const T& rate = x[2];
  const T& volatility = x[3];
  const T& years = x[4];
  const T deviation = volatility * sqrt(years);
  const T d1 = (log(spot / strike) + (rate + 0.5 * volatility * volatility) * years) / deviation;
  const T d2 = d1 - deviation;
  return spot * normal_cdf<own, T>(d1) - strike * exp(-rate * years) * normal_cdf<own, T>(d2);
}

/// One option.
struct BlackScholes {
  static constexpr std::size_t fixed_inputs = 5;
  std::vector<double> inputs = {100.0, 105.0, 0.03, 0.25, 1.5};

  template <class T>
  T operator()(std::span<const T> x) const {
    return black_scholes<false>(x.data());
  }
};

/// Many options: what a book of them is worth.
struct BlackScholesBook {
  bool own_functions = false;  // whether an engine may use its own normal_cdf
  std::vector<double> inputs = options(10'000);

  static std::vector<double> options(std::size_t count) {
    Random random(4);
    std::vector<double> out;
    for (std::size_t i = 0; i < count; ++i) {
      out.push_back(random.uniform(80.0, 120.0));
      out.push_back(random.uniform(80.0, 120.0));
      out.push_back(random.uniform(0.01, 0.05));
      out.push_back(random.uniform(0.1, 0.5));
      out.push_back(random.uniform(0.25, 3.0));
    }
    return out;
  }

  template <class T>
  T operator()(std::span<const T> x) const {
    return own_functions ? sum<true>(x) : sum<false>(x);
  }
  template <bool own, class T>
  T sum(std::span<const T> x) const {
    T total = 0.0;
    for (std::size_t i = 0; i < x.size(); i += 5) total = total + black_scholes<own>(&x[i]);
    return total;
  }
};

/// Ten layers h ← tanh(W h + b) of 32 by 32 in plain loops, and the sum of the last.  Inputs: each layer's W and b, then
/// what goes into the first.
struct TanhLayers {
  static constexpr std::size_t layers = 10;
  static constexpr std::size_t width = 32;
  std::vector<double> inputs = Random(5).uniforms(layers * (width * width + width) + width, -0.3, 0.3);

  template <class T>
  T operator()(std::span<const T> x) const {
    std::vector<T> h(x.end() - width, x.end());
    std::vector<T> next(width);
    const T* w = x.data();
    for (std::size_t layer = 0; layer < layers; ++layer) {
      const T* b = w + width * width;
      for (std::size_t i = 0; i < width; ++i) {
        T sum = b[i];
        for (std::size_t j = 0; j < width; ++j) sum = sum + w[i * width + j] * h[j];
        next[i] = tanh(sum);
      }
      std::swap(h, next);
      w = b + width;
    }
    T sum = h[0];
    for (std::size_t i = 1; i < width; ++i) sum = sum + h[i];
    return sum;
  }
};

/// s ← a s + b − s², over and over: four operations a step, as many as asked for.
struct Chain {
  std::size_t steps = 1000;
  std::vector<double> inputs = {0.5, 0.9, 0.1};

  template <class T>
  T operator()(std::span<const T> x) const {
    T s = x[0];
    for (std::size_t k = 0; k < steps; ++k) s = x[1] * s + x[2] - s * s;
    return s;
  }
};

}  // namespace bench::scalar
