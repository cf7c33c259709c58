#include "tests/torture/torture.h"

namespace gradus::torture {

namespace {

Tensor max_of_all(const Inputs& in) { return max(in["x"]); }
Tensor norm_of_all(const Inputs& in) { return norm(in["x"]); }
Tensor product_of_all(const Inputs& in) { return prod(in["x"]); }
Tensor population_variance(const Inputs& in) { return var(in["x"], {}, 0); }
Tensor sum_of_all(const Inputs& in) { return sum(in["x"]); }
Tensor logsumexp_of_all(const Inputs& in) { return logsumexp(in["x"]); }

}  // namespace

Table reductions() {
  return {
      {"amax-tie", max_of_all},
      {"amax-all-tie", max_of_all},
      {"norm-at-0", norm_of_all},
      {"norm-huge", norm_of_all},
      {"prod-two-zeros", product_of_all},
      {"prod-negzero", product_of_all},
      {"empty-prod", product_of_all},
      {"var-const", population_variance},
      {"var-shifted", population_variance},
      {"std-const", [](const Inputs& in) { return stddev(in["x"], {}, 0); }},
      {"acc-sum-cancel", sum_of_all},
      {"empty-sum", sum_of_all},
      {"empty-mean", [](const Inputs& in) { return mean(in["x"]); }},
      {"empty-sum-axis0", [](const Inputs& in) { return sum(in["x"], 0); }},
      {"empty-max-other-axis", [](const Inputs& in) { return max(in["x"], Axes(1)); }},
      {"acc-logsumexp-neg", logsumexp_of_all},
      {"logsumexp-empty", logsumexp_of_all},
      {"logsumexp-all-neginf", logsumexp_of_all},
  };
}

}  // namespace gradus::torture
