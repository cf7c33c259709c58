#include "tests/torture/torture.h"

namespace gradus::torture {

namespace {

Tensor entry(const Inputs& in, std::int64_t k) { return ops::slice(in["x"], {Slice(k)}); }
Tensor sine(const Inputs& in) { return sin(in["x"]); }

Tensor quadratic_form(const Inputs& in) {
  const Tensor a(Array({2, 2}, {2.0, 1.0, 0.0, 4.0}));
  return 0.5 * dot(in["x"], matmul(a, in["x"]));
}

}  // namespace

Table higher_order() {
  return {
      {"d5-cube", [](const Inputs& in) { return pow(in["x"], 3); }},
      {"d4-sin", sine},
      {"d8-sin", sine},
      {"d10-sin-growth", sine},
      {"d3-tanh", [](const Inputs& in) { return tanh(in["x"]); }},
      {"d3-tanh-0", [](const Inputs& in) { return tanh(in["x"]); }},
      {"d3-sigmoid-0", [](const Inputs& in) { return sigmoid(in["x"]); }},
      {"d3-sigmoid", [](const Inputs& in) { return sigmoid(in["x"]); }},
      {"d4-log", [](const Inputs& in) { return log(in["x"]); }},
      {"d3-recip", [](const Inputs& in) { return 1 / in["x"]; }},
      {"d5-pow4-at-0", [](const Inputs& in) { return pow(in["x"], 4); }},
      {"d3-softplus", [](const Inputs& in) { return softplus(in["x"]); }},
      {"d3-xpowx", [](const Inputs& in) { return pow(in["x"], in["x"]); }},
      {"d3-sinexp", [](const Inputs& in) { return sin(exp(in["x"])); }},
      {"d2-gelu", [](const Inputs& in) { return gelu(in["x"]); }},
      {"d2-silu", [](const Inputs& in) { return silu(in["x"]); }},
      {"d2-abs", [](const Inputs& in) { return abs(in["x"]); }},
      {"d2-x-abs-x-0", [](const Inputs& in) { return in["x"] * abs(in["x"]); }},
      {"hess-rosenbrock-start",
       [](const Inputs& in) { return pow(1 - entry(in, 0), 2) + 100 * pow(entry(in, 1) - pow(entry(in, 0), 2), 2); }},
      {"hess-logsumexp", [](const Inputs& in) { return logsumexp(in["x"]); }},
      {"hess-norm", [](const Inputs& in) { return norm(in["x"]); }},
      {"hess-prod-2zeros", [](const Inputs& in) { return prod(in["x"]); }},
      {"hess-mixed", [](const Inputs& in) { return pow(entry(in, 0), 2) * pow(entry(in, 1), 3); }},
      {"hess-bilinear", [](const Inputs& in) { return entry(in, 0) * entry(in, 1); }},
      {"hess-div", [](const Inputs& in) { return entry(in, 0) / entry(in, 1); }},
      {"hess-max-notie", [](const Inputs& in) { return maximum(entry(in, 0), entry(in, 1)) * entry(in, 0); }},
      {"hess-matmul-quad", quadratic_form},
      {"hess-where-unselected",
       [](const Inputs& in) {
         const Tensor y = entry(in, 1);
         return where(ops::greater(entry(in, 0), 0.0), y * y, exp(y));
       }},
  };
}

}  // namespace gradus::torture
