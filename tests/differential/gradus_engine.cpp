#include <fmt/format.h>

#include <map>
#include <stdexcept>
#include <string_view>

#include "autograd/autograd.h"
#include "tests/differential/engines.h"
#include "tests/reference/op_table.h"

namespace gradus::differential {

namespace {

using Operands = std::vector<Tensor>;
using Call = Tensor (*)(const Operands& x, const Step& step);

Shape shape_of(const Step& step) { return Shape(step.shape); }

/// Axes in `whole`, from place `first` on.
Axes axes_of(const Step& step, std::size_t first) {
  const std::vector<int> axes(step.whole.begin() + static_cast<std::ptrdiff_t>(first), step.whole.end());
  return Axes(std::span<const int>(axes));
}

/// A reduction: whole = {keepdims, axes…}.
template <Tensor (*op)(const Tensor&, const Axes&, bool)>
Tensor reduce(const Operands& x, const Step& step) {
  return op(x[0], axes_of(step, 1), step.whole[0] != 0);
}

Tensor permuted(const Operands& x, const Step& step) {
  const std::vector<int> order(step.whole.begin(), step.whole.end());
  return permute(x[0], order);
}

const std::map<std::string, Call, std::less<>>& calls() {
  static const std::map<std::string, Call, std::less<>> table{
      {"reshape", [](const Operands& x, const Step& s) { return reshape(x[0], shape_of(s)); }},
      {"permute", permuted},
      {"broadcast_to", [](const Operands& x, const Step& s) { return broadcast_to(x[0], shape_of(s)); }},
      {"sum", reduce<sum>},
      {"mean", reduce<mean>},
      {"logsumexp", reduce<logsumexp>},
      {"matmul", [](const Operands& x, const Step&) { return matmul(x[0], x[1]); }},
  };
  return table;
}

Tensor call(const Step& step, const Operands& x) {
  if (step.is_elementwise()) return reference::op_cases()[static_cast<std::size_t>(step.setting)]->apply(x);
  return calls().find(step.op)->second(x, step);
}

}  // namespace

bool gradus_has(const std::string& op) { return calls().find(op) != calls().end(); }

Outcome run_gradus(const Program& program) {
  const DType dtype = program.single ? DType::float32 : DType::float64;
  const auto array = [&](const Sizes& shape, const std::vector<double>& numbers) {
    return Array(Shape(shape), numbers).to(dtype);
  };
  std::vector<Tensor> values;
  std::vector<Tensor> leaves;
  Tensor result(Array::scalar(0.0, dtype));
  for (std::size_t k = 0; k < program.steps.size(); ++k) {
    const Step& step = program.steps[k];
    if (step.is_given()) {
      values.push_back(step.is_leaf() ? variable(array(step.shape, step.real)) : Tensor(array(step.shape, step.real)));
      if (step.is_leaf()) leaves.push_back(values.back());
    } else {
      Operands x;
      for (const std::size_t operand : step.operands) x.push_back(values[operand]);
      values.push_back(call(step, x));
    }
    if (values.back().shape() != Shape(step.shape) || values.back().dtype() != dtype) {
      throw std::runtime_error(
          fmt::format("step {}, {}: the result is {}", k, step.op, to_string(values.back().shape())));
    }
    if (!program.weights[k].empty()) {
      result = result + sum(Tensor(array(step.shape, program.weights[k])) * values.back());
    }
  }
  Outcome out;
  out.value = result.item();
  for (const Tensor& g : grad(result, leaves)) out.gradients.push_back(g.to_vector());
  return out;
}

}  // namespace gradus::differential
