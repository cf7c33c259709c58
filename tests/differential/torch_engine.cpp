#include <torch/torch.h>

#include <map>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "tests/differential/engines.h"

namespace gradus::differential {

namespace {

using torch::Tensor;
using Operands = std::vector<Tensor>;
using Call = Tensor (*)(const Operands& x, const Step& step);

// ------------------------------------------------------------------------------------------------------- elementwise

template <Tensor (*op)(const Tensor&)>
Tensor unary(const Operands& x, const Step&) {
  return op(x[0]);
}
template <Tensor (*op)(const Tensor&, const Tensor&)>
Tensor binary(const Operands& x, const Step&) {
  return op(x[0], x[1]);
}
/// A comparison gives 0 and 1 of the operands' type.
template <Tensor (*op)(const Tensor&, const Tensor&)>
Tensor compare(const Operands& x, const Step&) {
  return op(x[0], x[1]).to(x[0].scalar_type());
}

/// By name and number of operands.
const std::map<std::pair<std::string, std::size_t>, Call>& elementwise() {
  static const std::map<std::pair<std::string, std::size_t>, Call> table{
      {{"neg", 1}, unary<at::neg>},
      {{"abs", 1}, unary<at::abs>},
      {{"sign", 1}, unary<at::sign>},
      {{"square", 1}, unary<at::square>},
      {{"sqrt", 1}, unary<at::sqrt>},
      {{"rsqrt", 1}, unary<at::rsqrt>},
      {{"reciprocal", 1}, unary<at::reciprocal>},
      {{"exp", 1}, unary<at::exp>},
      {{"exp2", 1}, unary<at::exp2>},
      {{"expm1", 1}, unary<at::expm1>},
      {{"log", 1}, unary<at::log>},
      {{"log2", 1}, unary<at::log2>},
      {{"log10", 1}, unary<at::log10>},
      {{"log1p", 1}, unary<at::log1p>},
      {{"sin", 1}, unary<at::sin>},
      {{"cos", 1}, unary<at::cos>},
      {{"tan", 1}, unary<at::tan>},
      {{"asin", 1}, unary<at::asin>},
      {{"acos", 1}, unary<at::acos>},
      {{"atan", 1}, unary<at::atan>},
      {{"sinh", 1}, unary<at::sinh>},
      {{"cosh", 1}, unary<at::cosh>},
      {{"tanh", 1}, unary<at::tanh>},
      {{"asinh", 1}, unary<at::asinh>},
      {{"acosh", 1}, unary<at::acosh>},
      {{"atanh", 1}, unary<at::atanh>},
      {{"erf", 1}, unary<at::erf>},
      {{"erfc", 1}, unary<at::erfc>},
      {{"floor", 1}, unary<at::floor>},
      {{"ceil", 1}, unary<at::ceil>},
      {{"round", 1}, unary<at::round>},
      {{"pow", 1}, [](const Operands& x, const Step& s) { return s.real[1] * at::pow(x[0], s.real[0]); }},
      {{"add", 2}, [](const Operands& x, const Step&) { return x[0] + x[1]; }},
      {{"sub", 2}, [](const Operands& x, const Step&) { return x[0] - x[1]; }},
      {{"mul", 2}, binary<at::mul>},
      {{"div", 2}, binary<at::div>},
      {{"pow", 2}, binary<at::pow>},
      {{"atan2", 2}, binary<at::atan2>},
      {{"hypot", 2}, binary<at::hypot>},
      {{"max", 2}, binary<at::maximum>},
      {{"min", 2}, binary<at::minimum>},
      {{"logaddexp", 2}, binary<at::logaddexp>},
      {{"xlogy", 2}, binary<at::xlogy>},
      {{"less", 2}, compare<at::lt>},
      {{"less_equal", 2}, compare<at::le>},
      {{"greater", 2}, compare<at::gt>},
      {{"greater_equal", 2}, compare<at::ge>},
      {{"equal", 2}, compare<at::eq>},
      {{"not_equal", 2}, compare<at::ne>},
      {{"where", 3}, [](const Operands& x, const Step&) { return at::where(x[0] != 0, x[1], x[2]); }},
      // Its backward pass does not broadcast.
      {{"clamp", 3},
       [](const Operands& x, const Step&) {
         const auto same = at::broadcast_tensors({x[0], x[1], x[2]});
         return at::clamp(same[0], same[1], same[2]);
       }},
      {{"identity", 1}, [](const Operands& x, const Step&) { return x[0]; }},
      {{"step", 1}, [](const Operands& x, const Step&) { return (x[0] > 0).to(x[0].scalar_type()); }},
      {{"sigmoid", 1}, unary<at::sigmoid>},
      {{"relu", 1}, unary<at::relu>},
      {{"relu6", 1}, unary<at::relu6>},
      {{"leaky_relu", 1}, [](const Operands& x, const Step& s) { return at::leaky_relu(x[0], s.real[0]); }},
      {{"elu", 1}, [](const Operands& x, const Step& s) { return at::elu(x[0], s.real[0]); }},
      {{"selu", 1}, unary<at::selu>},
      {{"celu", 1}, [](const Operands& x, const Step& s) { return at::celu(x[0], s.real[0]); }},
      {{"gelu", 1}, [](const Operands& x, const Step&) { return at::gelu(x[0]); }},
      {{"gelu_tanh", 1}, [](const Operands& x, const Step&) { return at::gelu(x[0], "tanh"); }},
      {{"silu", 1}, unary<at::silu>},
      {{"mish", 1}, unary<at::mish>},
      {{"softplus", 1}, [](const Operands& x, const Step& s) { return at::softplus(x[0], s.real[0]); }},
      {{"softsign", 1}, [](const Operands& x, const Step&) { return x[0] / (1.0 + x[0].abs()); }},
      {{"hard_sigmoid", 1}, unary<at::hardsigmoid>},
      {{"hard_tanh", 1}, [](const Operands& x, const Step& s) { return at::hardtanh(x[0], s.real[0], s.real[1]); }},
      {{"hard_swish", 1}, unary<at::hardswish>},
      {{"log_sigmoid", 1}, unary<at::log_sigmoid>},
  };
  return table;
}

// -------------------------------------------------------------------------------------------------------- structural

/// The integers in `whole`, from place `first` on.
std::vector<std::int64_t> rest(const Step& step, std::size_t first) {
  return {step.whole.begin() + static_cast<std::ptrdiff_t>(first), step.whole.end()};
}
Tensor indices(const Step& step) { return torch::tensor(rest(step, 1), torch::kInt64); }

/// A reduction: whole = {keepdims, axes…}.
template <Tensor (*op)(const Tensor&, at::IntArrayRef, bool)>
Tensor reduce(const Operands& x, const Step& step) {
  return op(x[0], rest(step, 1), step.whole[0] != 0);
}
Tensor sum(const Operands& x, const Step& step) { return at::sum(x[0], rest(step, 1), step.whole[0] != 0); }
Tensor mean(const Operands& x, const Step& step) { return at::mean(x[0], rest(step, 1), step.whole[0] != 0); }
/// One axis at a time, from the last.
Tensor prod(const Operands& x, const Step& step) {
  Tensor y = x[0];
  for (std::size_t k = step.whole.size(); k-- > 1;) y = at::prod(y, step.whole[k], step.whole[0] != 0);
  return y;
}
Tensor var(const Operands& x, const Step& step) {
  return at::var(x[0], rest(step, 1), step.real[0] == 1.0, step.whole[0] != 0);
}
Tensor deviation(const Operands& x, const Step& step) {
  return at::std(x[0], rest(step, 1), step.real[0] == 1.0, step.whole[0] != 0);
}
Tensor norm(const Operands& x, const Step& step) {
  return at::linalg_vector_norm(x[0], step.real[0], rest(step, 1), step.whole[0] != 0);
}
Tensor slice(const Operands& x, const Step& step) {
  Tensor y = x[0];
  for (std::size_t k = 0; 3 * k < step.whole.size(); ++k) {
    y = at::slice(y, static_cast<std::int64_t>(k), step.whole[3 * k], step.whole[3 * k + 1], step.whole[3 * k + 2]);
  }
  return y;
}
Tensor scatter_add(const Operands& x, const Step& step) {
  return at::scatter_add(x[0], step.whole[0], indices(step).reshape(x[1].sizes()), x[1]);
}
/// Not at::trace for a matrix with more rows than columns: its gradient (1.13) then wraps around and puts ones below the
/// diagonal.
Tensor trace(const Operands& x, const Step&) {
  return x[0].size(0) > x[0].size(1) ? at::diagonal(x[0]).sum() : at::trace(x[0]);
}

/// Height and width, or the width alone, from place k of `whole` on.
at::IntArrayRef pair(const Step& step, std::size_t k) { return at::IntArrayRef(step.whole).slice(k, 2); }
at::IntArrayRef width(const Step& step, std::size_t k) { return at::IntArrayRef(step.whole).slice(k + 1, 1); }

Tensor conv1d(const Operands& x, const Step& s) {
  return at::conv1d(x[0], x[1], {}, width(s, 0), width(s, 2), width(s, 4), s.whole[6]);
}
Tensor conv2d(const Operands& x, const Step& s) {
  return at::conv2d(x[0], x[1], {}, pair(s, 0), pair(s, 2), pair(s, 4), s.whole[6]);
}
Tensor conv_transpose1d(const Operands& x, const Step& s) {
  return at::conv_transpose1d(x[0], x[1], {}, width(s, 0), width(s, 2), width(s, 7), s.whole[6], width(s, 4));
}
Tensor conv_transpose2d(const Operands& x, const Step& s) {
  return at::conv_transpose2d(x[0], x[1], {}, pair(s, 0), pair(s, 2), pair(s, 7), s.whole[6], pair(s, 4));
}
Tensor max_pool1d(const Operands& x, const Step& s) {
  return at::max_pool1d(x[0], width(s, 6), width(s, 0), width(s, 2), width(s, 4), s.whole[8] != 0);
}
Tensor max_pool2d(const Operands& x, const Step& s) {
  return at::max_pool2d(x[0], pair(s, 6), pair(s, 0), pair(s, 2), pair(s, 4), s.whole[8] != 0);
}
Tensor avg_pool1d(const Operands& x, const Step& s) {
  return at::avg_pool1d(x[0], width(s, 6), width(s, 0), width(s, 2), s.whole[8] != 0, s.whole[9] != 0);
}
Tensor avg_pool2d(const Operands& x, const Step& s) {
  return at::avg_pool2d(x[0], pair(s, 6), pair(s, 0), pair(s, 2), s.whole[8] != 0, s.whole[9] != 0);
}

const std::map<std::string, Call>& structural() {
  static const std::map<std::string, Call> table{
      {"reshape", [](const Operands& x, const Step& s) { return at::reshape(x[0], s.shape); }},
      {"unsqueeze", [](const Operands& x, const Step& s) { return at::unsqueeze(x[0], s.whole[0]); }},
      {"squeeze", [](const Operands& x, const Step&) { return at::squeeze(x[0]); }},
      {"permute", [](const Operands& x, const Step& s) { return at::permute(x[0], s.whole); }},
      {"flip", [](const Operands& x, const Step& s) { return at::flip(x[0], s.whole); }},
      {"roll", [](const Operands& x, const Step& s) { return at::roll(x[0], s.whole[0], s.whole[1]); }},
      {"broadcast_to", [](const Operands& x, const Step& s) { return at::broadcast_to(x[0], s.shape); }},
      {"repeat", [](const Operands& x, const Step& s) { return x[0].repeat(s.whole); }},
      {"repeat_interleave",
       [](const Operands& x, const Step& s) { return at::repeat_interleave(x[0], s.whole[0], s.whole[1]); }},
      {"sum", sum},
      {"mean", mean},
      {"cumsum", [](const Operands& x, const Step& s) { return at::cumsum(x[0], s.whole[0]); }},
      {"slice", slice},
      {"take", [](const Operands& x, const Step& s) { return at::index_select(x[0], s.whole[0], indices(s)); }},
      {"gather",
       [](const Operands& x, const Step& s) { return at::gather(x[0], s.whole[0], indices(s).reshape(s.shape)); }},
      {"scatter_add", scatter_add},
      {"diagonal", [](const Operands& x, const Step& s) { return at::diagonal(x[0], s.whole[0]); }},
      {"trace", trace},
      {"diag", [](const Operands& x, const Step& s) { return at::diag(x[0], s.whole[0]); }},
      {"triu", [](const Operands& x, const Step& s) { return at::triu(x[0], s.whole[0]); }},
      {"tril", [](const Operands& x, const Step& s) { return at::tril(x[0], s.whole[0]); }},
      {"concat", [](const Operands& x, const Step& s) { return at::cat(x, s.whole[0]); }},
      {"stack", [](const Operands& x, const Step& s) { return at::stack(x, s.whole[0]); }},
      {"pad", [](const Operands& x, const Step& s) { return at::constant_pad_nd(x[0], s.whole); }},
      {"matmul", [](const Operands& x, const Step&) { return at::matmul(x[0], x[1]); }},
      {"matmul_batched", [](const Operands& x, const Step&) { return at::matmul(x[0], x[1]); }},
      {"dot", [](const Operands& x, const Step&) { return at::dot(x[0], x[1]); }},
      {"outer", [](const Operands& x, const Step&) { return at::outer(x[0], x[1]); }},
      {"einsum", [](const Operands& x, const Step& s) { return at::einsum(s.spec, x); }},
      {"conv1d", conv1d},
      {"conv2d", conv2d},
      {"conv_transpose1d", conv_transpose1d},
      {"conv_transpose2d", conv_transpose2d},
      {"max_pool1d", max_pool1d},
      {"max_pool2d", max_pool2d},
      {"avg_pool1d", avg_pool1d},
      {"avg_pool2d", avg_pool2d},
      {"amax", reduce<at::amax>},
      {"amin", reduce<at::amin>},
      {"prod", prod},
      {"var", var},
      {"std", deviation},
      {"norm", norm},
      {"logsumexp", reduce<at::logsumexp>},
      {"cumprod", [](const Operands& x, const Step& s) { return at::cumprod(x[0], s.whole[0]); }},
      {"softmax", [](const Operands& x, const Step& s) { return at::softmax(x[0], s.whole[0]); }},
      {"log_softmax", [](const Operands& x, const Step& s) { return at::log_softmax(x[0], s.whole[0]); }},
  };
  return table;
}

Tensor call(const Step& step, const Operands& x) {
  if (step.is_elementwise()) return elementwise().at({step.op, x.size()})(x, step);
  return structural().at(step.op)(x, step);
}

Tensor array(const Sizes& shape, const std::vector<double>& numbers, torch::ScalarType dtype) {
  return torch::tensor(numbers, torch::kFloat64).reshape(shape).to(dtype).contiguous();
}

std::vector<double> numbers_of(const Tensor& x) {
  const Tensor packed = x.to(torch::kFloat64).contiguous();
  return {packed.data_ptr<double>(), packed.data_ptr<double>() + packed.numel()};
}

void check_shape(const Step& step, const Tensor& value) {
  if (value.sizes() == at::IntArrayRef(step.shape)) return;
  std::ostringstream message;
  message << step.op << ": the result is " << value.sizes();
  throw std::runtime_error(message.str());
}

}  // namespace

bool torch_has(const std::string& op, std::size_t operands) {
  return operands == 0 ? structural().count(op) != 0 : elementwise().count({op, operands}) != 0;
}

Outcome run_torch(const Program& program) {
  static const bool one_thread = (at::set_num_threads(1), true);
  static_cast<void>(one_thread);
  const auto dtype = program.single ? torch::kFloat32 : torch::kFloat64;
  std::vector<Tensor> values;
  std::vector<Tensor> leaves;
  Tensor result = torch::zeros({}, dtype);
  for (std::size_t k = 0; k < program.steps.size(); ++k) {
    const Step& step = program.steps[k];
    if (step.is_given()) {
      values.push_back(array(step.shape, step.real, dtype).set_requires_grad(step.is_leaf()));
      if (step.is_leaf()) leaves.push_back(values.back());
    } else {
      Operands x;
      for (const std::size_t operand : step.operands) x.push_back(values[operand]);
      values.push_back(call(step, x));
    }
    check_shape(step, values.back());
    if (!program.weights[k].empty()) {
      result = result + at::sum(array(step.shape, program.weights[k], dtype) * values.back());
    }
  }
  Outcome out;
  out.value = result.item<double>();
  // A leaf that the result does not depend on has no gradient: zeros.
  std::vector<Tensor> gradients(leaves.size());
  if (result.requires_grad() && !leaves.empty()) {
    gradients = torch::autograd::grad({result}, leaves, {}, c10::nullopt, false, /*allow_unused=*/true);
  }
  for (std::size_t k = 0; k < leaves.size(); ++k) {
    out.gradients.push_back(numbers_of(gradients[k].defined() ? gradients[k] : at::zeros_like(leaves[k])));
  }
  return out;
}

}  // namespace gradus::differential
