#include "nn/layers/dropout.h"

#include <fmt/format.h>

#include "autograd/tensor/ops/creation.h"
#include "nn/layers/layer_parts.h"

namespace gradus::nn {

// y = x ⊙ m / (1 − p), m = 0 with probability p, else 1
Tensor dropout(const Tensor& x, double p, const Key& key) {
  if (probability(p, "dropout") == 0.0) return x;
  const Tensor m = bernoulli(x.shape(), 1.0 - p, key).set_name("m");
  return p < 1.0 ? x * beside(x, m) / (1.0 - p) : x * beside(x, m);
}

Dropout::Dropout(double p, const Key& key) : p_(probability(p, "dropout")) {
  set_sizes(fmt::format("p = {}", p));
  draw_from(key);
}

Tensor Dropout::forward(const Tensor& x) { return training() ? dropout(x, p_, next_key()) : x; }

}  // namespace gradus::nn
