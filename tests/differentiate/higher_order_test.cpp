// Gradients of gradients against exact numbers: the higher-order cases of torture.json.
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "autograd/differentiate/gradient.h"
#include "autograd/math/ops.h"
#include "autograd/tensor/ops/softmax.h"
#include "autograd/tensor/ops/structural.h"
#include "tests/catch.h"
#include "tests/reference/cases.h"
#include "tests/reference/tolerance.h"

using namespace gradus;
using namespace gradus::reference;

namespace {

using Function = std::function<Tensor(const Tensor&)>;

/// Element k of a vector, as a number.
Tensor pick(const Tensor& x, std::int64_t k) {
  Array mask = Array::zeros(x.shape());
  mask.mutable_data<double>()[k] = 1.0;
  return sum(x * Tensor(mask));
}

Tensor rosenbrock(const Tensor& x) {
  const Tensor x0 = pick(x, 0);
  const Tensor x1 = pick(x, 1);
  return pow(1 - x0, 2) + 100 * pow(x1 - pow(x0, 2), 2);
}

Tensor quadratic_form(const Tensor& x) {
  const Tensor a(Array({2, 2}, {2, 1, 0, 4}));
  const Tensor column = reshape(x, {2, 1});
  return 0.5 * sum(column * matmul(a, column));
}

const std::vector<std::pair<std::string, Function>> derivative_cases = {
    {"d5-cube", [](const Tensor& x) { return pow(x, 3); }},
    {"d3-tanh", [](const Tensor& x) { return tanh(x); }},
    {"d3-tanh-0", [](const Tensor& x) { return tanh(x); }},
    {"d3-sigmoid", [](const Tensor& x) { return sigmoid(x); }},
    {"d3-sigmoid-0", [](const Tensor& x) { return sigmoid(x); }},
    {"d4-log", [](const Tensor& x) { return log(x); }},
    {"d3-recip", [](const Tensor& x) { return 1 / x; }},
    {"d5-pow4-at-0", [](const Tensor& x) { return pow(x, 4); }},
};

const std::vector<std::pair<std::string, Function>> hessian_cases = {
    {"hess-rosenbrock-start", rosenbrock},
    {"hess-logsumexp", [](const Tensor& x) { return logsumexp(x); }},
    {"hess-mixed", [](const Tensor& x) { return pow(pick(x, 0), 2) * pow(pick(x, 1), 3); }},
    {"hess-bilinear", [](const Tensor& x) { return pick(x, 0) * pick(x, 1); }},
    {"hess-div", [](const Tensor& x) { return pick(x, 0) / pick(x, 1); }},
    {"hess-matmul-quad", quadratic_form},
};

Tensor input_of(const Json& c) { return variable(array_of(c.at("inputs").at("x")), "x"); }

}  // namespace

TEST_CASE("higher order: the derivatives of one number, each recorded and differentiated again", "[higher]") {
  for (const auto& [id, f] : derivative_cases) {
    REQUIRE(torture_cases().contains(id));
    const Json& c = torture_cases().at(id);
    const Tolerance tolerance(c.at("tolerance").get<std::string>());
    const Tensor x = input_of(c);
    Tensor y = f(x);
    std::size_t order = 0;
    for (const double expected : numbers_of(c.at("expected").at("derivatives"))) {
      INFO(id << ", derivative " << order++);
      CHECK(tolerance.of_value(y.to_vector(), {expected}) == "");
      // The plain walk and the recorded one are two ways to the same number.
      const Tensor next = recorded_grad(y, {x})[0];
      CHECK(difference(next.value(), grad(y, {x})[0].value()) == "");
      y = next;
    }
  }
}

TEST_CASE("higher order: Hessians, row by row", "[higher]") {
  for (const auto& [id, f] : hessian_cases) {
    REQUIRE(torture_cases().contains(id));
    const Json& c = torture_cases().at(id);
    const Tolerance tolerance(c.at("tolerance").get<std::string>());
    const Tensor x = input_of(c);
    const Tensor g = recorded_grad(f(x), {x})[0];
    INFO(id);
    CHECK(tolerance.of_value(g.to_vector(), numbers_of(c.at("expected").at("grad"))) == "");
    std::vector<double> hessian;
    for (std::int64_t k = 0; k < x.size(); ++k) {
      for (const double v : grad(pick(g, k), {x})[0].to_vector()) hessian.push_back(v);
    }
    CHECK(tolerance.of_value(hessian, numbers_of(c.at("expected").at("hessian"))) == "");
  }
}

TEST_CASE("higher order: a Hessian times a vector, without the Hessian", "[higher]") {
  const Json& c = torture_cases().at("hvp");
  const Tensor x = variable(Array({2}, {1, 1}));
  const Tensor v(Array({2}, {1, 2}));
  const Tensor g = recorded_grad(rosenbrock(x), {x})[0];
  CHECK(grad(sum(g * v), {x})[0].to_vector() == numbers_of(c.at("expected").at("hv")));
}
