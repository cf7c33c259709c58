#include "nn/layers/dropout.h"

#include <fmt/format.h>

#include "autograd/base/error.h"
#include "nn/layers/layer_parts.h"

namespace gradus::nn {

namespace {

double probability(double p) {
  if (!(p >= 0.0 && p <= 1.0))
    throw ValueError(fmt::format("[dropout] the probability is {}: it must be in [0, 1]", p));
  return p;
}

}  // namespace

// y = x ⊙ m / (1 − p), m = 0 with probability p, else 1
Tensor dropout(const Tensor& x, double p, const Key& key) {
  if (probability(p) == 0.0) return x;
  const double kept = 1.0 - p;
  const Array mask = bernoulli_array(x.shape(), kept, key);
  return x * beside(x, kept == 0.0 ? mask : mask / kept);
}

Dropout::Dropout(double p, const Key& key) : p_(probability(p)) {
  set_sizes(fmt::format("p = {}", p));
  draw_from(key);
}

Tensor Dropout::forward(const Tensor& x) { return training() ? dropout(x, p_, next_key()) : x; }

}  // namespace gradus::nn
