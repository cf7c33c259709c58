#include "autograd/array/distributions.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <utility>
#include <vector>

#include "autograd/array/random_words.h"
#include "autograd/array/rows.h"
#include "autograd/base/error.h"

namespace gradus {

namespace {

using detail::portable_exp;
using detail::portable_log;
using detail::Words;

/// Element i is made by f out of its own stream.
template <class F>
Array from_streams(const Shape& shape, const Key& key, DType dtype, F&& f) {
  Array out = Array::uninitialized(shape, dtype);
  dispatch(dtype, [&](auto zero) {
    using T = decltype(zero);
    T* numbers = out.mutable_data<T>();
    detail::spread(out.size(), 128, [&](std::int64_t i) {
      Words stream(key.part(static_cast<std::uint64_t>(i)));
      numbers[i] = static_cast<T>(f(stream));
    });
  });
  return out;
}

// log x of the gamma distribution.  Marsaglia and Tsang: A simple method for generating gamma variables (2000).  Below 1
// the concentration is raised by 1, and the number multiplied by u^(1/concentration): in logarithms nothing underflows.
double log_gamma_number(double concentration, Words& stream) {
  const double raised = concentration < 1.0 ? concentration + 1.0 : concentration;
  const double d = raised - 1.0 / 3.0;
  const double c = 1.0 / std::sqrt(9.0 * d);
  for (;;) {
    const double z = stream.normal();
    const double u = stream.uniform();
    const double root = 1.0 + c * z;
    if (root <= 0.0) continue;
    const double v = root * root * root;
    const double log_v = portable_log(v);
    if (portable_log(u) >= 0.5 * z * z + d * ((1.0 - v) + log_v)) continue;
    const double log_x = portable_log(d) + log_v;
    return concentration < 1.0 ? log_x + portable_log(stream.uniform()) / concentration : log_x;
  }
}

// ln k! − ((k + ½) ln k − k + ½ ln 2π), what Stirling's formula leaves out.
double stirling_error(double k) {
  if (k >= 10.0) {
    const double square = k * k;
    return (1.0 / 12 - (1.0 / 360 - (1.0 / 1260 - 1.0 / 1680 / square) / square) / square) / k;
  }
  double factorial = 1.0;
  for (double j = 2.0; j <= k; j += 1.0) factorial *= j;
  return portable_log(factorial) - ((k + 0.5) * portable_log(k) - k + 0.5 * portable_log(2.0 * std::numbers::pi));
}

// k ln(k/rate) + rate − k, which does not cancel where the two are near.
double deviance(double k, double rate) {
  const double v = (k - rate) / (k + rate);
  if (std::abs(v) > 0.1) return k * portable_log(k / rate) + rate - k;
  double sum = (k - rate) * v;
  double term = 2.0 * k * v;
  for (int j = 1; j < 1000; ++j) {
    term *= v * v;
    const double next = sum + term / (2.0 * j + 1.0);
    if (next == sum) break;
    sum = next;
  }
  return sum;
}

// ln of the probability of k events.  Loader: Fast and accurate computation of binomial probabilities (2000).
double log_poisson(double k, double rate) {
  if (k == 0.0) return -rate;
  return -stirling_error(k) - deviance(k, rate) - 0.5 * portable_log(2.0 * std::numbers::pi * k);
}

// Hörmann: The transformed rejection method for generating Poisson random variables (1993).
double poisson_of_large(double rate, Words& stream) {
  const double b = 0.931 + 2.53 * std::sqrt(rate);
  const double a = -0.059 + 0.02483 * b;
  const double log_inverse_alpha = portable_log(1.1239 + 1.1328 / (b - 3.4));
  const double v_r = 0.9277 - 3.6224 / (b - 2.0);
  for (;;) {
    const double u = stream.uniform() - 0.5;
    const double v = stream.uniform();
    const double us = 0.5 - std::abs(u);
    const double k = std::floor((2.0 * a / us + b) * u + rate + 0.43);
    if (us >= 0.07 && v <= v_r) return k;
    if (k < 0.0 || (us < 0.013 && v > us)) continue;
    if (portable_log(v) + log_inverse_alpha - portable_log(a / (us * us) + b) <= log_poisson(k, rate)) return k;
  }
}

double poisson_of_small(double rate, Words& stream) {
  double rest = stream.uniform();
  double probability = portable_exp(-rate);
  double k = 0.0;
  while (rest > probability && k < 200.0) {
    rest -= probability;
    k += 1.0;
    probability *= rate / k;
  }
  return k;
}

// The normal distribution in [low, high] with high > 0.  Robert: Simulation of truncated normal variables (1995).
double normal_within(double low, double high, Words& stream) {
  if (low < 0.0 && high - low > 2.5) {
    for (;;) {
      const double z = stream.normal();
      if (z >= low && z <= high) return z;
    }
  }
  const double peak = std::max(low, 0.0);
  const double slope = 0.5 * (peak + std::sqrt(peak * peak + 4.0));
  const bool by_exponential = low >= 0.0 && slope * (high - low) > 1.0;
  for (;;) {
    const double u = stream.uniform();
    const double z = by_exponential ? low - portable_log(u) / slope : low + (high - low) * u;
    const double beyond = by_exponential ? z - slope : z;
    const double most = by_exponential ? 0.0 : peak;
    if (z <= high && portable_log(stream.uniform()) <= 0.5 * (most - beyond) * (most + beyond)) return z;
  }
}

/// The place of a number in [0, 1) among running sums of weights, which ends with their total.
std::int64_t place_among(const std::vector<double>& sums, double u) {
  const auto found = std::upper_bound(sums.begin(), sums.end(), u * sums.back());
  if (found != sums.end()) return found - sums.begin();
  return std::lower_bound(sums.begin(), sums.end(), sums.back()) - sums.begin();  // the last that has a weight
}

}  // namespace

Indices randint(const Shape& shape, std::int64_t low, std::int64_t high, const Key& key) {
  if (low >= high) throw ValueError(fmt::format("[randint] there is no whole number from {} up to {}", low, high));
  const std::uint64_t range = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low);
  std::vector<std::int64_t> numbers(static_cast<std::size_t>(shape.size()));
  detail::spread(shape.size(), 64, [&](std::int64_t i) {
    Words stream(key.part(static_cast<std::uint64_t>(i)));
    numbers[static_cast<std::size_t>(i)] =
        static_cast<std::int64_t>(static_cast<std::uint64_t>(low) + stream.below(range));
  });
  return Indices(shape, std::move(numbers));
}

Array exponential_array(const Shape& shape, double scale, const Key& key, DType dtype) {
  if (!(scale >= 0.0) || !std::isfinite(scale)) throw ValueError(fmt::format("[exponential] {} is no scale", scale));
  return from_streams(shape, key, dtype, [&](Words& stream) { return -scale * portable_log(stream.uniform()); });
}

Array gamma_array(const Shape& shape, double concentration, double scale, const Key& key, DType dtype) {
  if (!(concentration > 0.0) || !std::isfinite(concentration)) {
    throw ValueError(fmt::format("[gamma] the concentration must be positive, not {}", concentration));
  }
  if (!(scale >= 0.0) || !std::isfinite(scale)) throw ValueError(fmt::format("[gamma] {} is no scale", scale));
  return from_streams(shape, key, dtype,
                      [&](Words& stream) { return scale * portable_exp(log_gamma_number(concentration, stream)); });
}

Array beta_array(const Shape& shape, double a, double b, const Key& key, DType dtype) {
  if (!(a > 0.0) || !(b > 0.0) || !std::isfinite(a) || !std::isfinite(b)) {
    throw ValueError(fmt::format("[beta] both parameters must be positive, not {} and {}", a, b));
  }
  return from_streams(shape, key, dtype, [&](Words& stream) {
    const double x = log_gamma_number(a, stream);
    const double y = log_gamma_number(b, stream);
    const double rest = portable_exp(-std::abs(x - y));
    return (x < y ? rest : 1.0) / (1.0 + rest);
  });
}

Array poisson_array(const Shape& shape, double rate, const Key& key, DType dtype) {
  if (!(rate >= 0.0 && rate <= 1e15))
    throw ValueError(fmt::format("[poisson] the rate must be in [0, 1e15], not {}", rate));
  return from_streams(shape, key, dtype, [&](Words& stream) {
    return rate < 10.0 ? poisson_of_small(rate, stream) : poisson_of_large(rate, stream);
  });
}

Array truncated_normal_array(const Shape& shape, double mean, double deviation, double low, double high, const Key& key,
                             DType dtype) {
  if (!std::isfinite(mean) || !std::isfinite(deviation) || deviation <= 0.0) {
    throw ValueError(
        fmt::format("[truncated_normal] there is no distribution of mean {} and deviation {}", mean, deviation));
  }
  if (!(low < high)) throw ValueError(fmt::format("[truncated_normal] {} to {} is not a range", low, high));
  const double a = (low - mean) / deviation;
  const double b = (high - mean) / deviation;
  const bool mirrored = b <= 0.0;
  return from_streams(shape, key, dtype, [&](Words& stream) {
    const double z = mirrored ? -normal_within(-b, -a, stream) : normal_within(a, b, stream);
    return std::clamp(mean + deviation * z, low, high);
  });
}

Indices categorical_places(const Array& logits, const Key& key, int axis) {
  const std::uint32_t mask = 1U << normalize_axis(axis, logits.shape().rank(), "categorical");
  const Rows rows(logits.shape(), mask);
  const std::vector<double> numbers = rows.gather(logits.to(DType::float64)).to_vector();
  const Shape shape = reduced(logits.shape(), mask, false);
  std::vector<std::int64_t> places;
  std::vector<double> sums(static_cast<std::size_t>(rows.length()));
  for (std::int64_t r = 0; r < shape.size(); ++r) {
    const double* row = numbers.data() + r * rows.length();
    double most = -std::numeric_limits<double>::infinity();
    bool has_nan = false;
    for (std::int64_t k = 0; k < rows.length(); ++k) {
      has_nan = has_nan || std::isnan(row[k]);
      most = std::max(most, row[k]);
    }
    if (has_nan || !std::isfinite(most)) {
      throw ValueError(fmt::format("[categorical] row {} has no probabilities: {}", r,
                                   has_nan    ? "a logit is NaN"
                                   : most > 0 ? "a logit is ∞"
                                              : "no logit is above −∞"));
    }
    double sum = 0.0;
    for (std::int64_t k = 0; k < rows.length(); ++k) {
      sum += portable_exp(row[k] - most);
      sums[static_cast<std::size_t>(k)] = sum;
    }
    Words stream(key.part(static_cast<std::uint64_t>(r)));
    places.push_back(place_among(sums, stream.uniform()));
  }
  return Indices(shape, std::move(places));
}

Array multinomial_array(std::int64_t n, const Array& probabilities, const Key& key) {
  const int rank = probabilities.shape().rank();
  if (n < 0) throw ValueError(fmt::format("[multinomial] {} is no number of trials", n));
  if (rank == 0) throw ShapeError("[multinomial] probabilities along an axis are needed, not a single number");
  const std::int64_t count = probabilities.shape()[-1];
  const std::vector<double> numbers = probabilities.to_vector();
  std::vector<double> counts(numbers.size());
  std::vector<double> sums(static_cast<std::size_t>(count));
  const std::int64_t row_count = reduced(probabilities.shape(), 1U << (rank - 1), false).size();
  for (std::int64_t r = 0; r < row_count; ++r) {
    double sum = 0.0;
    bool valid = true;
    for (std::int64_t k = 0; k < count; ++k) {
      const double p = numbers[static_cast<std::size_t>(r * count + k)];
      valid = valid && p >= 0.0;
      sum += p;
      sums[static_cast<std::size_t>(k)] = sum;
    }
    if (!valid || !(std::abs(sum - 1.0) <= 1e-6)) {
      throw ValueError(valid ? fmt::format("[multinomial] the probabilities of row {} have the sum {}, not 1", r, sum)
                             : fmt::format("[multinomial] row {} has what is no probability", r));
    }
    Words stream(key.part(static_cast<std::uint64_t>(r)));
    for (std::int64_t k = 0; k < n; ++k)
      ++counts[static_cast<std::size_t>(r * count + place_among(sums, stream.uniform()))];
  }
  return Array(probabilities.shape(), counts).to(probabilities.dtype());
}

}  // namespace gradus
