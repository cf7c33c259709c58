#include "nn/training/batched_prediction.h"

#include "autograd/tensor/ops/joining.h"

namespace gradus::nn::detail {

Tensor joined(const std::vector<Tensor>& parts) { return parts.size() == 1 ? parts.front() : concat(parts, 0); }

std::vector<double> values_of(const std::vector<Metric>& metrics, const Tensor& prediction, const Dataset& rows) {
  const NoGrad off;
  std::vector<double> values;
  for (const Metric& one : metrics) values.push_back(one.value(prediction, rows));
  return values;
}

}  // namespace gradus::nn::detail
