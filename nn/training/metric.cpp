#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "autograd/base/error.h"
#include "autograd/base/suggest.h"
#include "nn/loss.h"
#include "nn/metrics.h"
#include "nn/training/fit.h"

namespace gradus::nn {

namespace {

Average average_for(const Dataset& rows) { return rows.classes <= 2 ? Average::binary : Average::macro; }

struct NamedMetric {
  std::string_view name;
  double (*value)(const Tensor& prediction, const Dataset& rows, double threshold);
};

constexpr NamedMetric named_metrics[] = {
    {"accuracy", [](const Tensor& p, const Dataset& rows,
                    double threshold) { return accuracy_score(rows.labels, predicted_classes(p, threshold)); }},
    {"f1",
     [](const Tensor& p, const Dataset& rows, double threshold) {
       return f1_score(rows.labels, predicted_classes(p, threshold), {.average = average_for(rows)});
     }},
    {"roc_auc", [](const Tensor& p, const Dataset& rows, double) { return roc_auc_score(rows.labels, p); }},
    {"mean_absolute_error",
     [](const Tensor& p, const Dataset& rows, double) { return mean_absolute_error(rows.y, p); }},
    {"root_mean_squared_error",
     [](const Tensor& p, const Dataset& rows, double) { return root_mean_squared_error(rows.y, p); }},
    {"r2", [](const Tensor& p, const Dataset& rows, double) { return r2_score(rows.y, p); }},
};

}  // namespace

Tensor default_loss(const Tensor& prediction, const Dataset& batch) {
  if (batch.classes == 0) return mse_loss(prediction, batch.y);
  const bool one_logit = batch.classes <= 2 && prediction.size(-1) == 1;
  return one_logit ? bce_with_logits_loss(prediction, batch.y) : cross_entropy(prediction, batch.labels);
}

Metric metric(std::string_view name, double threshold) {
  const auto* found = std::ranges::find(named_metrics, name, &NamedMetric::name);
  if (found == std::end(named_metrics)) {
    std::vector<std::string_view> known;
    for (const NamedMetric& one : named_metrics) known.push_back(one.name);
    throw ValueError(fmt::format("[metric] '{}' is not known{}", name, did_you_mean(name, known)));
  }
  return {std::string(name), [found, threshold](const Tensor& prediction, const Dataset& rows) {
            return found->value(prediction, rows, threshold);
          }};
}

}  // namespace gradus::nn
