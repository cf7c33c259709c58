// What a model made of batches, put together again.
#pragma once
#include <vector>

#include "fit.h"

namespace gradus::nn::detail {

/// The rows of all parts, one after the other.
[[nodiscard]] Tensor joined(const std::vector<Tensor>& parts);

[[nodiscard]] std::vector<double> values_of(const std::vector<Metric>& metrics, const Tensor& prediction,
                                            const Dataset& rows);

}  // namespace gradus::nn::detail
