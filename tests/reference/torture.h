// Checks a case of torture.json: its id there, its expression here.
#pragma once
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/tensor/gradient.h"
#include "autograd/tensor/structural.h"
#include "tests/catch.h"
#include "tests/reference/cases.h"
#include "tests/reference/tolerance.h"

namespace gradus::reference {

/// The inputs of a case by name.
class Inputs {
 public:
  explicit Inputs(const Json& inputs) {
    for (const auto& [name, array] : inputs.items()) by_name_.emplace(name, variable(array_of(array), name));
  }
  const Tensor& operator[](const std::string& name) const { return by_name_.at(name); }

 private:
  std::map<std::string, Tensor> by_name_;
};

using Expression = std::function<Tensor(const Inputs&)>;
using Table = std::vector<std::pair<std::string, Expression>>;

/// The gradients of every input, in the order of the case, for a cotangent of ones.
inline std::vector<Array> gradients(const Tensor& y, const std::vector<Tensor>& x) {
  std::vector<Array> out;
  for (const Tensor& g : grad(y, x, Array::full(y.shape(), 1.0))) out.push_back(g.value());
  return out;
}

inline void check_case(const std::string& id, const Expression& expression) {
  INFO(id);
  REQUIRE(torture_cases().contains(id));
  const Json& c = torture_cases().at(id);
  REQUIRE(c.at("kind") == "grad");
  const Tolerance tolerance(c.at("tolerance").get<std::string>());
  const Inputs inputs(c.at("inputs"));
  const Tensor y = expression(inputs);
  const Array expected = array_of(c.at("expected").at("value"));
  CHECK(y.shape() == expected.shape());
  CHECK(tolerance.of_value(y.to_vector(), expected.to_vector()) == "");
  std::vector<Tensor> x;
  std::vector<Array> expected_gradients;
  for (const auto& [name, array] : c.at("expected").at("grads").items()) {
    x.push_back(inputs[name]);
    expected_gradients.push_back(array_of(array));
  }
  const std::vector<Array> got = gradients(y, x);
  for (std::size_t k = 0; k < x.size(); ++k) {
    INFO("gradient of " << x[k].name());
    CHECK(got[k].shape() == expected_gradients[k].shape());
    CHECK(tolerance.of_gradient(got[k].to_vector(), expected_gradients[k].to_vector()) == "");
  }
}

inline void check_error(const std::string& id, const Expression& expression) {
  INFO(id);
  REQUIRE(torture_cases().contains(id));
  const Json& c = torture_cases().at(id);
  REQUIRE(c.at("error_kind") == "ShapeError");
  const Inputs inputs(c.at("inputs"));
  CHECK_THROWS_AS(expression(inputs), ShapeError);
}

/// Element k of a vector, as a number.
inline Tensor element_of(const Tensor& x, std::int64_t k) {
  Array mask = Array::zeros(x.shape());
  mask.mutable_data<double>()[k] = 1.0;
  return sum(chain_product(Tensor(mask), x));
}

/// Checks gradient and Hessian of a function of a vector.
inline void check_hessian(const std::string& id, const std::function<Tensor(const Tensor&)>& f) {
  INFO(id);
  REQUIRE(torture_cases().contains(id));
  const Json& c = torture_cases().at(id);
  REQUIRE(c.at("kind") == "hessian");
  const Tolerance tolerance(c.at("tolerance").get<std::string>());
  const Tensor x = variable(array_of(c.at("inputs").at("x")), "x");
  const Tensor g = recorded_grad(f(x), {x})[0];
  CHECK(tolerance.of_value(g.to_vector(), numbers_of(c.at("expected").at("grad"))) == "");
  std::vector<double> hessian;
  for (std::int64_t k = 0; k < x.size(); ++k) {
    for (const double v : grad(element_of(g, k), {x})[0].to_vector()) hessian.push_back(v);
  }
  CHECK(tolerance.of_value(hessian, numbers_of(c.at("expected").at("hessian"))) == "");
}

}  // namespace gradus::reference
