#include "nn/layers/gate_layers.h"

#include <fmt/format.h>

#include "autograd/base/error.h"
#include "autograd/tensor/ops/joining.h"
#include "autograd/tensor/ops/logic.h"
#include "autograd/tensor/ops/reshape.h"
#include "nn/layers/layer_parts.h"

namespace gradus::nn {

PReLU::PReLU(std::int64_t num_parameters, double init) {
  check_sizes("prelu", {{"num_parameters", num_parameters}});
  add_parameter("weight", filled({num_parameters}, init), "a");
}

// y = x where x > 0, else a·x
Tensor PReLU::forward(const Tensor& x) {
  const Tensor& a = tensor("weight");
  return where(x > 0.0, x, (a.size() == 1 ? a : per_channel(a, x)) * x);
}

// y = a ⊙ σ(b)
Tensor GLU::forward(const Tensor& x) {
  const std::vector<Tensor> halves = split(x, 2, dim_);
  return halves[0] * sigmoid(halves[1]);
}

RBF::RBF(std::int64_t in_features, std::int64_t out_features, const Key& key) {
  check_sizes("rbf", {{"in_features", in_features}, {"out_features", out_features}});
  set_sizes(fmt::format("{} → {}", in_features, out_features));
  add_parameter("centers", normal_array({out_features, in_features}, 0.0, 1.0, key), "c");
  add_parameter("beta", filled({out_features}, 1.0), "β");
}

// yⱼ = exp(−βⱼ ‖x − cⱼ‖²)
Tensor RBF::forward(const Tensor& x) {
  const Tensor distance = sum(square(unsqueeze(x, -2) - tensor("centers")), -1);
  return exp(-tensor("beta") * distance);
}

}  // namespace gradus::nn
