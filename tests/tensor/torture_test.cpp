// The edge points of torture.json, value and gradients: each case is an id there and an expression here.
#include "tests/reference/torture.h"

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/tensor/gradient.h"
#include "autograd/tensor/softmax.h"
#include "autograd/tensor/structural.h"
#include "tests/catch.h"

using namespace gradus;
using namespace gradus::reference;

namespace {

/// A constant of a shape that holds 1, 2, 3, …
Tensor counted(const Shape& shape) {
  std::vector<double> numbers;
  for (std::int64_t k = 1; k <= shape.size(); ++k) numbers.push_back(static_cast<double>(k));
  return Tensor(Array(shape, numbers));
}

Tensor weighted(const Tensor& x) { return sum(x * counted(x.shape())); }
Tensor product(const Inputs& in) { return in["a"] * in["b"]; }
Tensor sum_of_product(const Inputs& in) { return sum(in["a"] * in["b"]); }

Tensor repeat(int times, Tensor y, Tensor (*f)(const Tensor&)) {
  for (int k = 0; k < times; ++k) y = f(y);
  return y;
}

/// The expression of micrograd's README.
Tensor micrograd(const Inputs& in) {
  const Tensor& a = in["a"];
  const Tensor& b = in["b"];
  Tensor c = a + b;
  Tensor d = a * b + pow(b, 3);
  c = c + (c + 1);
  c = c + (1 + c + (-a));
  d = d + (d * 2 + relu(b + a));
  d = d + (3 * d + relu(b - a));
  const Tensor f = pow(c - d, 2);
  return f / 2 + 10 / f;
}

Table elementary() {
  return {
      {"reg-square", [](const Inputs& in) { return in["x"] * in["x"]; }},
      {"reg-reciprocal", [](const Inputs& in) { return 1 / in["x"]; }},
      {"reg-tanh", [](const Inputs& in) { return tanh(in["x"]); }},
      {"relu-at-0", [](const Inputs& in) { return relu(in["x"]); }},
      {"log-at-0", [](const Inputs& in) { return log(in["x"]); }},
      {"log-neg", [](const Inputs& in) { return log(in["x"]); }},
      {"log-inf", [](const Inputs& in) { return log(in["x"]); }},
      {"exp-overflow", [](const Inputs& in) { return exp(in["x"]); }},
      {"tanh-inf", [](const Inputs& in) { return tanh(in["x"]); }},
      {"div-huge-huge", [](const Inputs& in) { return in["x"] / in["y"]; }},
      {"powconst-0-0", [](const Inputs& in) { return pow(in["x"], 0); }},
      {"powconst-0-1", [](const Inputs& in) { return pow(in["x"], 1); }},
      {"powconst-0-2", [](const Inputs& in) { return pow(in["x"], 2); }},
      {"powconst-neg-int", [](const Inputs& in) { return pow(in["x"], 3); }},
      {"acc-tanh-20", [](const Inputs& in) { return tanh(in["x"]); }},
      {"acc-sigmoid-20", [](const Inputs& in) { return sigmoid(in["x"]); }},
      {"acc-sigmoid-40", [](const Inputs& in) { return sigmoid(in["x"]); }},
      {"acc-sigmoid-350", [](const Inputs& in) { return sigmoid(in["x"]); }},
      {"acc-tanhshrink", [](const Inputs& in) { return in["x"] - tanh(in["x"]); }},
      {"acc-no-fma-contraction", [](const Inputs& in) { return in["x"] * in["x"] - in["y"]; }},
      {"acc-denormal-sum", [](const Inputs& in) { return in["x"] + in["y"]; }},
      {"acc-sum-cancel", [](const Inputs& in) { return sum(in["x"]); }},
      {"acc-logsumexp-neg", [](const Inputs& in) { return logsumexp(in["x"]); }},
      {"logsumexp-empty", [](const Inputs& in) { return logsumexp(in["x"]); }},
      {"logsumexp-all-neginf", [](const Inputs& in) { return logsumexp(in["x"]); }},
  };
}

Table shapes() {
  return {
      {"bc-scalar-matrix", sum_of_product},
      {"bc-1-matrix", sum_of_product},
      {"bc-col-row", sum_of_product},
      {"bc-lead", sum_of_product},
      {"bc-mid", sum_of_product},
      {"bc-both", sum_of_product},
      {"bc-ones", sum_of_product},
      {"bc-empty-scalar", sum_of_product},
      {"bc-bias", [](const Inputs& in) { return sum(matmul(in["w"], in["x"]) + in["b"]); }},
      {"sum-axes-all", [](const Inputs& in) { return weighted(sum(in["x"])); }},
      {"sum-axes-neg3-keep", [](const Inputs& in) { return weighted(sum(in["x"], -3, true)); }},
      {"sum-axes-01",
       [](const Inputs& in) {
         return weighted(sum(in["x"], {0, 1}));
       }},
      {"sum-axes-empty-axes", [](const Inputs& in) { return weighted(sum(in["x"], Axes(std::span<const int>()))); }},
      {"empty-sum", [](const Inputs& in) { return sum(in["x"]); }},
      {"empty-mean", [](const Inputs& in) { return mean(in["x"]); }},
      {"empty-sum-axis0", [](const Inputs& in) { return sum(in["x"], 0); }},
      {"matmul-22", [](const Inputs& in) { return sum(matmul(in["a"], in["b"])); }},
      {"matmul-rows0", [](const Inputs& in) { return sum(matmul(in["a"], in["b"])); }},
      {"matmul-inf-zero", [](const Inputs& in) { return matmul(in["a"], in["b"]); }},
      {"reshape-grad",
       [](const Inputs& in) {
         return weighted(reshape(in["x"], {3, 2}));
       }},
      {"expand-grad", [](const Inputs& in) { return sum(broadcast_to(in["x"], {1000})); }},
  };
}

Table graphs() {
  return {
      {"micrograd-readme", micrograd},
      {"micrograd-68",
       [](const Inputs& in) {
         const Tensor c = in["a"] + in["b"];
         const Tensor d = in["a"] * in["b"];
         return (c + d) + (c * d);
       }},
      {"micrograd-64", [](const Inputs& in) { return repeat(2, in["a"], [](const Tensor& y) { return y + y; }); }},
      {"ctensor-5",
       [](const Inputs& in) {
         const Tensor& x = in["x"];
         const Tensor a(1.0);
         return x * (x * a) + (x * x) * a + x * (x * a);
       }},
      {"self-mul", [](const Inputs& in) { return in["x"] * in["x"]; }},
      {"self-div", [](const Inputs& in) { return in["x"] / in["x"]; }},
      {"self-sub", [](const Inputs& in) { return in["x"] - in["x"]; }},
      {"stop-gradient", [](const Inputs& in) { return in["x"] * in["x"].detach(); }},
      {"disconnected", [](const Inputs& in) { return in["x"] * in["x"]; }},
      {"zero-times", [](const Inputs& in) { return 0 * in["x"] + in["y"]; }},
      {"diamond-60", [](const Inputs& in) { return repeat(60, in["x"], [](const Tensor& y) { return y + y; }); }},
      {"diamond-mul-5", [](const Inputs& in) { return repeat(5, in["x"], [](const Tensor& y) { return y * y; }); }},
  };
}

Table errors() {
  return {
      {"bc-mismatch-1", product},
      {"bc-mismatch-2", product},
      {"bc-mismatch-3", product},
      {"axis-bad-1", [](const Inputs& in) { return sum(in["x"], -4); }},
      {"matmul-rank0", [](const Inputs& in) { return matmul(in["a"], in["b"]); }},
      {"reshape-mismatch",
       [](const Inputs& in) {
         return reshape(in["x"], {4, 2});
       }},
      {"permute-dup",
       [](const Inputs& in) {
         return permute(in["x"], std::vector<int>{0, 0, 1});
       }},
  };
}

}  // namespace

TEST_CASE("torture: elementary functions at their edges", "[torture]") {
  for (const auto& [id, expression] : elementary()) check_case(id, expression);
}

TEST_CASE("torture: shapes that broadcast, are empty, or are summed away", "[torture]") {
  for (const auto& [id, expression] : shapes()) check_case(id, expression);
}

TEST_CASE("torture: values that are used more than once, or not at all", "[torture]") {
  for (const auto& [id, expression] : graphs()) check_case(id, expression);
}

TEST_CASE("torture: shapes that do not fit are refused", "[torture]") {
  for (const auto& [id, expression] : errors()) check_error(id, expression);
}
