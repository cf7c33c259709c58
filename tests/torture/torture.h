// The cases of torture.json that are computed: each is an id there and an expression here.
#pragma once
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "autograd/autograd.h"
#include "tests/reference/cases.h"

namespace gradus::torture {

/// What a case is given: tensors by name, as variables, and plain numbers.
class Inputs {
 public:
  explicit Inputs(const reference::Json& c) {
    for (const auto& [name, array] : c.at("inputs").items()) {
      by_name_.emplace(name, variable(reference::array_of(array), name));
    }
    if (c.contains("params")) parameters_ = c.at("params");
  }
  const Tensor& operator[](const std::string& name) const { return by_name_.at(name); }
  [[nodiscard]] double parameter(const std::string& name, std::size_t k = 0) const {
    return reference::numbers_of(parameters_.at(name)).at(k);
  }

 private:
  std::map<std::string, Tensor> by_name_;
  reference::Json parameters_;
};

using Expression = std::function<Tensor(const Inputs&)>;
using Table = std::vector<std::pair<std::string, Expression>>;

Table elementary();
Table reductions();
Table losses();
Table shapes();
Table graphs();
Table higher_order();
/// Expressions that are refused.
Table errors();

/// A constant of a shape that holds 1, 2, 3, …
inline Tensor counted(const Shape& shape) {
  std::vector<double> numbers;
  for (std::int64_t k = 1; k <= shape.size(); ++k) numbers.push_back(static_cast<double>(k));
  return Tensor(Array(shape, numbers));
}

}  // namespace gradus::torture
