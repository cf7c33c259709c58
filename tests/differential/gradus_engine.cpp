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

/// The integers in `whole` behind the first, as indices of a shape.
Indices indices(const Step& step, const Shape& shape) {
  return Indices(shape, std::vector<std::int64_t>(step.whole.begin() + 1, step.whole.end()));
}

int axis(const Step& step, std::size_t k) { return static_cast<int>(step.whole[k]); }

Tensor sliced(const Operands& x, const Step& step) {
  std::vector<Slice> slices;
  for (std::size_t k = 0; k < step.whole.size(); k += 3) {
    slices.emplace_back(step.whole[k], step.whole[k + 1], step.whole[k + 2]);
  }
  return ops::slice(x[0], slices);
}

/// Two neighbours in `whole`, height and width; along one axis the width alone.
Pair pair(const Step& step, std::size_t k) {
  return {step.op.ends_with("1d") ? step.whole[k + 1] : step.whole[k], step.whole[k + 1]};
}

ConvOptions conv_options(const Step& s) { return {pair(s, 0), pair(s, 2), pair(s, 4), s.whole[6]}; }
ConvTransposeOptions conv_transpose_options(const Step& s) {
  return {pair(s, 0), pair(s, 2), pair(s, 7), s.whole[6], pair(s, 4)};
}
MaxPoolOptions max_pool_options(const Step& s) { return {pair(s, 0), pair(s, 2), pair(s, 4), s.whole[8] != 0}; }
AvgPoolOptions avg_pool_options(const Step& s) { return {pair(s, 0), pair(s, 2), s.whole[8] != 0, s.whole[9] != 0}; }

const std::map<std::string, Call, std::less<>>& calls() {
  using X = const Operands&;
  using S = const Step&;
  static const std::map<std::string, Call, std::less<>> table{
      {"reshape", [](X x, S s) { return reshape(x[0], shape_of(s)); }},
      {"unsqueeze", [](X x, S s) { return unsqueeze(x[0], axis(s, 0)); }},
      {"squeeze", [](X x, S) { return squeeze(x[0]); }},
      {"permute", permuted},
      {"flip", [](X x, S s) { return flip(x[0], axes_of(s, 0)); }},
      {"roll", [](X x, S s) { return roll(x[0], s.whole[0], axis(s, 1)); }},
      {"broadcast_to", [](X x, S s) { return broadcast_to(x[0], shape_of(s)); }},
      {"repeat", [](X x, S s) { return repeat(x[0], s.whole); }},
      {"repeat_interleave", [](X x, S s) { return repeat_interleave(x[0], s.whole[0], axis(s, 1)); }},
      {"sum", reduce<sum>},
      {"mean", reduce<mean>},
      {"cumsum", [](X x, S s) { return cumsum(x[0], axis(s, 0)); }},
      {"slice", sliced},
      {"take", [](X x, S s) { return take(x[0], indices(s, {std::ssize(s.whole) - 1}), axis(s, 0)); }},
      {"gather", [](X x, S s) { return gather(x[0], axis(s, 0), indices(s, shape_of(s))); }},
      {"scatter_add", [](X x, S s) { return scatter_add(x[0], axis(s, 0), indices(s, x[1].shape()), x[1]); }},
      {"diagonal", [](X x, S s) { return diagonal(x[0], s.whole[0]); }},
      {"trace", [](X x, S) { return trace(x[0]); }},
      {"diag", [](X x, S s) { return diag(x[0], s.whole[0]); }},
      {"triu", [](X x, S s) { return triu(x[0], s.whole[0]); }},
      {"tril", [](X x, S s) { return tril(x[0], s.whole[0]); }},
      {"concat", [](X x, S s) { return concat(x, axis(s, 0)); }},
      {"stack", [](X x, S s) { return ops::stack(x, axis(s, 0)); }},
      {"pad", [](X x, S s) { return pad(x[0], s.whole); }},
      {"matmul", [](X x, S) { return matmul(x[0], x[1]); }},
      {"matmul_batched", [](X x, S) { return matmul(x[0], x[1]); }},
      {"dot", [](X x, S) { return dot(x[0], x[1]); }},
      {"outer", [](X x, S) { return outer(x[0], x[1]); }},
      {"einsum", [](X x, S s) { return einsum(s.spec, x); }},
      {"conv1d", [](X x, S s) { return conv1d(x[0], x[1], {}, conv_options(s)); }},
      {"conv2d", [](X x, S s) { return conv2d(x[0], x[1], {}, conv_options(s)); }},
      {"conv_transpose1d", [](X x, S s) { return conv_transpose1d(x[0], x[1], {}, conv_transpose_options(s)); }},
      {"conv_transpose2d", [](X x, S s) { return conv_transpose2d(x[0], x[1], {}, conv_transpose_options(s)); }},
      {"max_pool1d", [](X x, S s) { return max_pool1d(x[0], s.whole[7], max_pool_options(s)); }},
      {"max_pool2d", [](X x, S s) { return max_pool2d(x[0], pair(s, 6), max_pool_options(s)); }},
      {"avg_pool1d", [](X x, S s) { return avg_pool1d(x[0], s.whole[7], avg_pool_options(s)); }},
      {"avg_pool2d", [](X x, S s) { return avg_pool2d(x[0], pair(s, 6), avg_pool_options(s)); }},
      {"amax", reduce<max>},
      {"amin", reduce<min>},
      {"prod", reduce<prod>},
      {"var", [](X x, S s) { return var(x[0], axes_of(s, 1), s.whole[0] != 0, s.real[0]); }},
      {"std", [](X x, S s) { return stddev(x[0], axes_of(s, 1), s.whole[0] != 0, s.real[0]); }},
      {"norm", [](X x, S s) { return norm(x[0], s.real[0], axes_of(s, 1), s.whole[0] != 0); }},
      {"logsumexp", reduce<logsumexp>},
      {"cumprod", [](X x, S s) { return cumprod(x[0], axis(s, 0)); }},
      {"softmax", [](X x, S s) { return softmax(x[0], axis(s, 0)); }},
      {"log_softmax", [](X x, S s) { return log_softmax(x[0], axis(s, 0)); }},
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
