// The edge points of torture.json about reductions, the softmax family and losses.
#include <algorithm>
#include <cmath>
#include <string>

#include "autograd/tensor/losses.h"
#include "autograd/tensor/reductions.h"
#include "autograd/tensor/softmax.h"
#include "tests/catch.h"
#include "tests/reference/same.h"
#include "tests/reference/torture.h"

using namespace gradus;
using namespace gradus::reference;

namespace {

Table reductions() {
  return {
      {"amax-tie", [](const Inputs& in) { return max(in["x"]); }},
      {"amax-all-tie", [](const Inputs& in) { return max(in["x"]); }},
      {"norm-at-0", [](const Inputs& in) { return norm(in["x"]); }},
      {"norm-huge", [](const Inputs& in) { return norm(in["x"]); }},
      {"prod-two-zeros", [](const Inputs& in) { return prod(in["x"]); }},
      {"prod-negzero", [](const Inputs& in) { return prod(in["x"]); }},
      {"var-const", [](const Inputs& in) { return var(in["x"]); }},
      {"std-const", [](const Inputs& in) { return stddev(in["x"]); }},
      {"var-shifted", [](const Inputs& in) { return var(in["x"]); }},
      {"empty-prod", [](const Inputs& in) { return prod(in["x"]); }},
      {"empty-max-other-axis", [](const Inputs& in) { return max(in["x"], 1); }},
  };
}

Table softmax_family() {
  return {
      {"softmax-1e4", [](const Inputs& in) { return element_of(softmax(in["x"]), 0); }},
      {"softmax-all-neginf", [](const Inputs& in) { return softmax(in["x"]); }},
      {"log-softmax-1e4", [](const Inputs& in) { return element_of(log_softmax(in["x"]), 1); }},
      {"empty-softmax", [](const Inputs& in) { return sum(softmax(in["x"])); }},
      {"acc-logsumexp-neg", [](const Inputs& in) { return logsumexp(in["x"]); }},
      {"logsumexp-all-neginf", [](const Inputs& in) { return logsumexp(in["x"]); }},
      {"logsumexp-empty", [](const Inputs& in) { return logsumexp(in["x"]); }},
      {"ce-forge", [](const Inputs& in) { return cross_entropy(in["x"], Indices(Shape{}, {2})); }},
      {"huber-at-delta", [](const Inputs& in) { return huber(in["x"], Tensor(Array::zeros(in["x"].shape()))); }},
  };
}

bool all_are(float value, const Array& array) {
  const Array packed = array.packed();
  return std::all_of(packed.data<float>(), packed.data<float>() + packed.size(), [&](float v) { return v == value; });
}

}  // namespace

TEST_CASE("torture: reductions at their edges", "[torture]") {
  for (const auto& [id, expression] : reductions()) check_case(id, expression);
}

TEST_CASE("torture: softmax and losses at their edges", "[torture]") {
  for (const auto& [id, expression] : softmax_family()) check_case(id, expression);
}

TEST_CASE("torture: the sign of a product with −0", "[torture]") {
  CHECK(std::signbit(prod(Tensor(array_of(torture_cases().at("prod-negzero").at("inputs").at("x")))).item()));
}

TEST_CASE("torture: binary cross-entropy of logits in the tails", "[torture]") {
  for (const char* id : {"acc-bce-logits-100-t1", "acc-bce-logits--100-t1", "acc-bce-logits--100-t0",
                         "acc-bce-logits-0-t1", "acc-bce-logits-10000-t1", "acc-bce-logits-3-t0.25"}) {
    REQUIRE(torture_cases().contains(id));
    const Tensor target(number_of(torture_cases().at(id).at("params").at("t")));
    check_case(id, [&](const Inputs& in) { return bce_with_logits(in["x"], target); });
    check_case(id, [&](const Inputs& in) { return bce_with_logits(in["x"], target, Tensor(1.0)); });
  }
}

TEST_CASE("torture: an empty reduction without a neutral element is refused", "[torture]") {
  check_error("empty-max", [](const Inputs& in) { return max(in["x"]); });
  check_error("empty-min", [](const Inputs& in) { return min(in["x"]); });
  check_error("mse-shape-mismatch", [](const Inputs& in) { return mse(in["x"], in["y"]); });
}

TEST_CASE("torture: Hessians of reductions", "[torture]") {
  check_hessian("hess-norm", [](const Tensor& x) { return norm(x); });
  check_hessian("hess-prod-2zeros", [](const Tensor& x) { return prod(x); });
  check_hessian("hess-max-notie", [](const Tensor& x) { return max(x) * element_of(x, 0); });
  check_hessian("hess-logsumexp", [](const Tensor& x) { return logsumexp(x); });
}

TEST_CASE("torture: ten million float32 numbers", "[torture]") {
  const Json& expected = torture_cases().at("acc-sum-1e7-f32").at("expected");
  const Tensor x = variable(Array::full({10'000'000}, 0.1, DType::float32));
  CHECK(std::abs(sum(x).item() - number_of(expected.at("exact_sum"))) <= 0.0625);
  CHECK(ulp_distance(static_cast<float>(mean(x).item()), static_cast<float>(number_of(expected.at("mean")))) <= 1);
  CHECK(all_are(1.0F, grad(sum(x), {x})[0].value()));
  CHECK(all_are(1e-7F, grad(mean(x), {x})[0].value()));
}
